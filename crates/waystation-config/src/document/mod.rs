//! A file as it was written: values that know their places, read one by one so that no fault hides another.

mod choice;
mod findings;
mod json;
mod read;
mod section;
mod source;
mod spelled;
mod spot;
mod tree;

pub(crate) use choice::{Choice, choice_schema, choices, read_choice};
pub(crate) use findings::Findings;
pub(crate) use json::to_json;
pub(crate) use read::{Named, Read, wrong_type};
pub(crate) use section::{TableReader, required, section};
pub(crate) use source::Source;
pub(crate) use spelled::{Bytes, Detour, HostAndPort, Pause, Portion, Range, Time, WebAddress};
pub(crate) use spot::{Located, Spot};
pub(crate) use tree::{Entry, Kind, Tree, parse};
