//! Forms of tables.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::findings::Findings;
use super::form::{Definitions, Form, wrong_type};
use super::reference::Reference;
use super::section::{Section, Setting, read_table, schema_of, shown, shown_schema};
use super::tree::{Kind, Tree};

/// A table of settings.
pub(crate) enum Table {}

impl<S: Section> Form<S> for Table {
    const IS_TABLE: bool = true;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<S> {
        let Kind::Table(_) = &tree.kind else {
            return wrong_type(tree, "a table", findings);
        };
        let mut section = S::default();
        read_table(&mut section, &[tree], &[], findings);
        Some(section)
    }

    fn read(value: &mut S, layers: &[&Tree], findings: &mut Findings<'_>) {
        read_table(value, layers, &[], findings);
    }

    fn written(_: &S) -> Option<Value> {
        None
    }

    fn schema(definitions: &mut Definitions) -> Value {
        schema_of::<S>(false, definitions)
    }

    fn shown(value: &S) -> Option<Value> {
        Some(shown(value))
    }

    fn shown_schema() -> Option<Value> {
        Some(shown_schema::<S>())
    }

    fn blank() -> Option<S> {
        Some(S::default())
    }

    fn reference(value: &S, setting: &Setting, reference: &mut Reference) {
        reference.table(value, setting, None);
    }
}

/// The key that switches a part off.
pub(crate) const ENABLED: &str = "enabled";

/// A part that is switched on by being written, and off by `enabled = false`. What one layer says in it is kept in
/// the next, also while it is off.
pub(crate) enum Switched {}

impl<S: Section> Form<Option<S>> for Switched {
    const IS_TABLE: bool = true;
    const MAY_BE_ABSENT: bool = true;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Option<S>> {
        let mut part = None;
        Self::read(&mut part, &[tree], findings);
        Some(part)
    }

    fn read(value: &mut Option<S>, layers: &[&Tree], findings: &mut Findings<'_>) {
        let Some(last) = layers.last() else { return };
        let mut part = value.take().unwrap_or_default();
        read_table(&mut part, layers, &[ENABLED], findings);
        for layer in layers {
            if let Some(tree) = layer.get(ENABLED)
                && !matches!(tree.kind, Kind::Boolean(_))
            {
                wrong_type::<()>(tree, "true or false", findings);
            }
        }
        let is_off = matches!(
            last.get(ENABLED).map(|tree| &tree.kind),
            Some(Kind::Boolean(false))
        );
        *value = (!is_off).then_some(part);
    }

    fn written(_: &Option<S>) -> Option<Value> {
        None
    }

    fn schema(definitions: &mut Definitions) -> Value {
        schema_of::<S>(true, definitions)
    }

    fn shown(value: &Option<S>) -> Option<Value> {
        value.as_ref().map(shown)
    }

    fn shown_schema() -> Option<Value> {
        Some(shown_schema::<S>())
    }

    fn reference(value: &Option<S>, setting: &Setting, reference: &mut Reference) {
        let is_on = value.is_some();
        match value {
            Some(part) => reference.table(part, setting, Some(is_on)),
            None => reference.table(&S::default(), setting, Some(is_on)),
        }
    }
}

/// A table that is read later, when the layers below it are known; until then it is kept as it was written.
pub(crate) struct Layer<S>(PhantomData<S>);

impl<S: Section> Form<Option<Tree>> for Layer<S> {
    const IS_TABLE: bool = true;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Option<Tree>> {
        match &tree.kind {
            Kind::Table(_) => Some(Some(tree.clone())),
            _ => wrong_type(tree, "a table", findings),
        }
    }

    fn written(_: &Option<Tree>) -> Option<Value> {
        None
    }

    fn schema(definitions: &mut Definitions) -> Value {
        schema_of::<S>(false, definitions)
    }

    fn reference(_: &Option<Tree>, setting: &Setting, reference: &mut Reference) {
        match reference.is_commented() || reference.is_nested() {
            true => reference.mention(setting),
            false => reference.table(&S::default(), setting, None),
        }
    }
}

/// A value with any content, kept as it was written.
macro_rules! raw {
    ($($(#[$doc:meta])* $name:ident: $expected:literal, $kinds:pat, $types:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        impl Form<Tree> for $name {
            fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Tree> {
                match tree.kind {
                    $kinds => Some(tree.clone()),
                    _ => wrong_type(tree, $expected, findings),
                }
            }

            fn written(_: &Tree) -> Option<Value> {
                None
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({"type": $types})
            }
        }
    )*};
}

raw! {
    /// A table with any keys.
    AnyTable: "a table", Kind::Table(_), "object";
    /// A table with any keys, or JSON as text.
    TableOrJson: "a table or a text with JSON", Kind::Table(_) | Kind::Text(_), ["object", "string"];
}
