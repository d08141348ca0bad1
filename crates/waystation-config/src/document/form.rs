//! Forms: how values are written, read, checked, described and shown.
//!
//! A [`Form`] is a type without values; a setting names its form beside its own type, for a [`Duration`](std::time::Duration)
//! may be a time that is more than nothing or one that may be nothing.

use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use super::findings::Findings;
use super::reference::Reference;
use super::section::Setting;
use super::spot::{Located, Spot};
use super::tree::{Kind, Tree};
use crate::fault::Problem;

/// The definitions that a JSON schema refers to, by their names.
pub(crate) type Definitions = Map<String, Value>;

/// How a value of the type `T` is written, read, checked, described and shown.
pub(crate) trait Form<T> {
    /// What is added to the key where the value is shown: its unit.
    const UNIT: &'static str = "";
    /// Whether it is written as a table of its own, which TOML wants after everything else.
    const IS_TABLE: bool = false;
    /// Whether there may be nothing to show.
    const MAY_BE_ABSENT: bool = false;

    /// Reads a value; `None` if it cannot be read, and then it has been told why.
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<T>;

    /// Reads what layers of settings say, from the general to the particular: the last one counts.
    fn read(value: &mut T, layers: &[&Tree], findings: &mut Findings<'_>) {
        for tree in layers {
            if let Some(read) = Self::one(tree, findings) {
                *value = read;
            }
        }
    }

    /// The value as it is written; `None` for nothing.
    fn written(value: &T) -> Option<Value>;

    /// The JSON schema of what is written.
    fn schema(definitions: &mut Definitions) -> Value;

    /// The value as the admin API shows it; `None` if it does not.
    fn shown(value: &T) -> Option<Value> {
        Self::written(value)
    }

    /// The JSON schema of what is shown; `None` if nothing ever is.
    fn shown_schema() -> Option<Value> {
        Some(Self::schema(&mut Definitions::new()))
    }

    /// A table with nothing written in it, for the reference to explain what could be.
    fn blank() -> Option<T> {
        None
    }

    /// Adds the setting to the reference.
    fn reference(value: &T, setting: &Setting, reference: &mut Reference) {
        reference.setting(setting, Self::written(value));
    }
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

/// A value, and where it was written.
pub(crate) struct At<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Located<T>> for At<F> {
    const UNIT: &'static str = F::UNIT;
    const IS_TABLE: bool = F::IS_TABLE;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Located<T>> {
        F::one(tree, findings).map(|value| Located::new(value, tree.spot.clone()))
    }

    fn written(value: &Located<T>) -> Option<Value> {
        F::written(&value.value)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        F::schema(definitions)
    }

    fn blank() -> Option<Located<T>> {
        F::blank().map(|value| Located::new(value, Spot::default()))
    }

    fn reference(value: &Located<T>, setting: &Setting, reference: &mut Reference) {
        F::reference(&value.value, setting, reference);
    }
}

/// A value that has no default.
pub(crate) struct Maybe<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Option<T>> for Maybe<F> {
    const UNIT: &'static str = F::UNIT;
    const IS_TABLE: bool = F::IS_TABLE;
    const MAY_BE_ABSENT: bool = true;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Option<T>> {
        F::one(tree, findings).map(Some)
    }

    fn written(value: &Option<T>) -> Option<Value> {
        value.as_ref().and_then(F::written)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        F::schema(definitions)
    }

    fn shown(value: &Option<T>) -> Option<Value> {
        value.as_ref().and_then(F::shown)
    }

    fn shown_schema() -> Option<Value> {
        F::shown_schema()
    }

    fn reference(value: &Option<T>, setting: &Setting, reference: &mut Reference) {
        match value {
            Some(value) => F::reference(value, setting, reference),
            None => match F::blank() {
                Some(blank) => reference.commented(|reference| F::reference(&blank, setting, reference)),
                None => reference.setting(setting, None),
            },
        }
    }
}

/// A value without default that knows where it was written.
pub(crate) type Opt<F> = Maybe<At<F>>;

/// A list.
pub(crate) struct List<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Vec<T>> for List<F> {
    const IS_TABLE: bool = F::IS_TABLE;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Vec<T>> {
        let Kind::List(items) = &tree.kind else {
            return wrong_type(tree, "a list", findings);
        };
        // What cannot be read has been told; the others are read nevertheless.
        Some(items.iter().filter_map(|item| F::one(item, findings)).collect())
    }

    fn written(value: &Vec<T>) -> Option<Value> {
        Some(value.iter().filter_map(F::written).collect())
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({"type": "array", "items": F::schema(definitions)})
    }

    fn shown(value: &Vec<T>) -> Option<Value> {
        Some(value.iter().filter_map(F::shown).collect())
    }

    fn shown_schema() -> Option<Value> {
        Some(json!({"type": "array", "items": F::shown_schema()?}))
    }

    fn blank() -> Option<Vec<T>> {
        F::blank().map(|_| Vec::new())
    }

    fn reference(value: &Vec<T>, setting: &Setting, reference: &mut Reference) {
        match F::blank() {
            Some(blank) => reference.commented(|reference| {
                reference.listed(|reference| F::reference(&blank, setting, reference));
            }),
            None => reference.setting(setting, Self::written(value)),
        }
    }
}

/// Tables or values by their names, as in `[sources.NAME]`, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named<T>(pub(crate) Vec<(Located<String>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// How [`Named`] values are written.
pub(crate) struct ByName<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Named<T>> for ByName<F> {
    const IS_TABLE: bool = F::IS_TABLE;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Named<T>> {
        let Kind::Table(entries) = &tree.kind else {
            return wrong_type(tree, "a table", findings);
        };
        let read = entries
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), F::one(&entry.value, findings)?)));
        Some(Named(read.collect()))
    }

    fn written(_: &Named<T>) -> Option<Value> {
        None
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({"type": "object", "additionalProperties": F::schema(definitions)})
    }

    fn reference(value: &Named<T>, setting: &Setting, reference: &mut Reference) {
        let Some(blank) = F::blank() else {
            return reference.setting(setting, None);
        };
        for (name, value) in &value.0 {
            reference.named(&name.value, |reference| F::reference(value, setting, reference));
        }
        if value.0.is_empty() {
            reference.commented(|reference| {
                reference.named("NAME", |reference| F::reference(&blank, setting, reference));
            });
        }
    }
}
