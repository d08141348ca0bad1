//! What becomes of a file: faults told, settings arrived, changes found.

#![cfg(test)]

mod changes;
mod connections;
mod faults;
mod panics;
mod reference;
mod schema;
mod secrets;
mod settings;
mod support;
