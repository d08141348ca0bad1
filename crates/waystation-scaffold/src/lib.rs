//! Writes crates of destinations, so that an author begins with something that compiles, is registered and passes
//! its tests.
//!
//! The way of a crate: a [`Blueprint`] says what the destination consists of, made up from a name and a few actions
//! ([`Blueprint::new`]) or read from a manifest ([`Blueprint::from_manifest`]); [`render`] writes its files;
//! [`Workspace`] puts them where they belong and registers the crate.
//!
//! From a manifest everything is taken over that a program reads: keys, types, requirements, conditions, defaults,
//! choices, presets, hooks. What people read is not: labels and descriptions are made from the keys, for the author to
//! put into words of their own.
#![forbid(unsafe_code)]

pub mod blueprint;
mod error;
mod names;
mod registration;
mod rust;
mod rustfmt;
mod workspace;

pub use blueprint::{Authentication, Blueprint, Credentials};
pub use error::ScaffoldError;
pub use rust::{SourceFile, render, render_action};
pub use workspace::{Added, Workspace, write_crate};
