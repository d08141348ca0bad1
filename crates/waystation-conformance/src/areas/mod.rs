//! One module an area of the corpus; each judges a single case by its content alone.

pub mod fql;
pub mod mapping;
pub mod schema;
