//! The mapping language: turns an event into an action's payload
