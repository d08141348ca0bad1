//! `@merge`: the members of several objects in one.

use std::borrow::Cow;

use serde_json::Value;

use super::{compile_boxed, options, required, resolve_option};
use crate::check::{self, Checker, optional};
use crate::error::{At, ResolveProblem};
use crate::fault::Kind;
use crate::gathered::Gathered;
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

const DIRECTIONS: &[&str] = &["left", "right"];

/// A compiled `@merge`.
#[derive(Debug)]
pub(crate) struct Merge {
    direction: Box<Node>,
    objects: Vec<Node>,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            optional("direction", |checker, value| checker.one_of(value, DIRECTIONS)),
            check::required("objects", check_objects),
        ],
    );
}

fn check_objects(checker: &mut Checker, value: &Value) {
    for (index, object) in checker.array(value).into_iter().flatten().enumerate() {
        checker.within(&index.to_string(), |checker| checker.object_or_directive(object));
    }
}

pub(super) fn compile(body: &Value) -> Result<Merge, ResolveProblem> {
    let options = options(body)?;
    let direction = compile_boxed(required(options, "direction")?);
    let objects = required(options, "objects")?;
    let Value::Array(objects) = objects else {
        let found = Kind::of_mapping(objects);
        return Err(ResolveProblem::WrongArguments {
            expected: "an array as the option objects",
            found,
        });
    };
    Ok(Merge {
        direction,
        objects: objects.iter().map(Node::compile).collect(),
    })
}

impl Merge {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        // Only this exact spelling lets the first object win; in every other the last one does.
        let first_wins = resolve_option("direction", &self.direction, scope)?.as_text() == Some("left");
        let mut sources = Vec::with_capacity(self.objects.len());
        for (index, object) in self.objects.iter().enumerate() {
            sources.push(object.resolve(scope).at_index(index).at("objects")?);
        }
        if first_wins {
            sources.reverse();
        }
        let mut merged = Gathered::new(scope.allowance());
        for source in sources {
            assign(&mut merged, source)?;
        }
        Ok(merged.into_resolved())
    }
}

/// Copies the members of a source as `Object.assign` does: lists and texts give their items and
/// characters by index, other values that are no objects give nothing.
fn assign(target: &mut Gathered<'_>, source: Resolved<'_>) -> Result<(), ResolveProblem> {
    match source {
        Resolved::Nothing => Ok(()),
        Resolved::Json(Cow::Owned(Value::Object(members))) => members
            .into_iter()
            .try_for_each(|(key, value)| target.set(key, Some(value))),
        Resolved::Json(json) => assign_json(target, &json),
        Resolved::List(items) => {
            let mut items = items.into_iter().enumerate();
            items.try_for_each(|(index, item)| target.set_copy(index.to_string(), &item))
        }
        Resolved::Object(members) => members
            .into_iter()
            .try_for_each(|(key, member)| target.set_copy(key.into_owned(), &member)),
    }
}

fn assign_json(target: &mut Gathered<'_>, source: &Value) -> Result<(), ResolveProblem> {
    match source {
        Value::Object(members) => members
            .iter()
            .try_for_each(|(key, value)| target.set(key.clone(), Some(value.clone()))),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| target.set(index.to_string(), Some(item.clone())))
        }
        Value::String(text) => {
            let mut characters = text.chars().enumerate();
            characters.try_for_each(|(index, character)| {
                target.set(index.to_string(), Some(character.to_string().into()))
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
