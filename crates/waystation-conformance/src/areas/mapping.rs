//! The area `mapping`.
