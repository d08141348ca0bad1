//! Tests of the crate as others see it.

mod catalogue;
mod page;
mod readme;
mod redaction;
mod support;
