//! What the tests of this crate share.

pub(crate) mod json_schema;
pub(crate) mod strategies;
