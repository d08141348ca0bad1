//! A file as it was written: values that know their places, read one by one so that no fault hides another.

mod findings;
mod form;
mod json;
mod plain;
mod reference;
mod section;
mod source;
mod spot;
mod tables;
mod tree;

pub(crate) use findings::Findings;
pub(crate) use form::{At, ByName, Definitions, Form, List, Maybe, Named, Opt, wrong_type};
pub(crate) use json::to_json;
pub(crate) use plain::{
    Bytes, Choice, Count, Detour, Flag, HostAndPort, Number, Pause, Portion, Range, Status, Text, Time,
    WebAddress, Word,
};
pub(crate) use reference::Reference;
pub(crate) use section::{
    Section, Setting, Visitor, describes, object_schema, read_table, required, settings, shown, shown_schema,
};
pub(crate) use source::Source;
pub(crate) use spot::{Located, Spot};
pub(crate) use tables::{AnyTable, Layer, Switched, Table, TableOrJson};
pub(crate) use tree::{Entry, Kind, Tree, parse};
