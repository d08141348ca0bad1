//! Reading single values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::findings::Findings;
use super::spot::Located;
use super::tree::{Kind, Tree};
use crate::fault::Problem;

/// A value that can be written in the file.
pub(crate) trait Read: Sized {
    /// Reads the value; `None` if it cannot be read, and then it has been told why.
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self>;
}

/// Tells that something else was wanted.
pub(crate) fn wrong_type<T>(tree: &Tree, expected: &'static str, findings: &mut Findings<'_>) -> Option<T> {
    let found = tree.kind.name();
    findings.add(&tree.spot, Problem::WrongType { expected, found });
    None
}

/// Tells that the value cannot be used; the reason is the end of a sentence.
pub(crate) fn unusable<T>(tree: &Tree, reason: impl Into<String>, findings: &mut Findings<'_>) -> Option<T> {
    let reason = reason.into();
    findings.add(&tree.spot, Problem::Unusable { reason });
    None
}

/// The text, or that one was wanted.
pub(crate) fn text<'t>(
    tree: &'t Tree,
    expected: &'static str,
    findings: &mut Findings<'_>,
) -> Option<&'t str> {
    match tree.text() {
        Some(text) => Some(text),
        None => wrong_type(tree, expected, findings),
    }
}

impl<T: Read> Read for Located<T> {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        T::read(tree, findings).map(|value| Self::new(value, tree.spot.clone()))
    }
}

/// In the schema, where a value was written makes no difference.
impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl Read for bool {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match tree.kind {
            Kind::Boolean(flag) => Some(flag),
            _ => wrong_type(tree, "true or false", findings),
        }
    }
}

impl Read for String {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        text(tree, "a text", findings).map(str::to_owned)
    }
}

impl Read for f64 {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match tree.kind {
            Kind::Float(number) => Some(number),
            #[allow(clippy::cast_precision_loss, reason = "beyond 2^53 nobody counts")]
            Kind::Integer(number) => Some(number as Self),
            _ => wrong_type(tree, "a number", findings),
        }
    }
}

macro_rules! whole_numbers {
    ($($type:ty: $least:literal to $most:expr, $convert:expr;)*) => {$(
        impl Read for $type {
            fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
                let Kind::Integer(number) = tree.kind else {
                    return wrong_type(tree, "a whole number", findings);
                };
                // No setting counts further than this.
                let small = u32::try_from(number).ok();
                small.and_then($convert).or_else(|| {
                    let reason = format!("must be between {} and {}", $least, $most);
                    unusable(tree, reason, findings)
                })
            }
        }
    )*};
}

whole_numbers! {
    u16: 0 to u16::MAX, |number| Self::try_from(number).ok();
    u32: 0 to u32::MAX, Some;
    NonZeroU32: 1 to u32::MAX, Self::new;
    NonZeroUsize: 1 to u32::MAX, |number| Self::new(usize::try_from(number).ok()?);
}

impl<T: Read> Read for Vec<T> {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        let Kind::List(items) = &tree.kind else {
            return wrong_type(tree, "a list", findings);
        };
        // What cannot be read has been told; the others are read nevertheless.
        Some(items.iter().filter_map(|item| T::read(item, findings)).collect())
    }
}

/// Tables by their names, as in `[sources.NAME]`, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Named<T>(pub(crate) Vec<(Located<String>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Read> Read for Named<T> {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        let Kind::Table(entries) = &tree.kind else {
            return wrong_type(tree, "a table", findings);
        };
        let read = entries
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), T::read(&entry.value, findings)?)));
        Some(Self(read.collect()))
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}
