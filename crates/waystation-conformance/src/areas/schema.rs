//! The area `schema`.
