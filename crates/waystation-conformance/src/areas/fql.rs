//! The area `fql`.
