//! Tests of the crate as others see it.

#![cfg(test)]

mod catalogue;
mod page;
mod readme;
mod support;
