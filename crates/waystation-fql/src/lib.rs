//! Subscriptions: the filter language that decides which action runs
