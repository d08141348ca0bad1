//! `@if`: one of two branches, by whether a value exists or is blank.

use serde_json::Value;
use waystation_json::number::as_f64;

use super::{compile_boxed, options, resolve_option, truthy};
use crate::check::{Checker, optional};
use crate::error::{At, ResolveError, ResolveProblem};
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

/// A compiled `@if`.
#[derive(Debug)]
pub(crate) struct If {
    test: Test,
    then: Option<Box<Node>>,
    otherwise: Option<Box<Node>>,
}

/// The condition under which the branch `then` is taken.
#[derive(Debug)]
enum Test {
    /// The value is neither nothing nor null.
    Exists(Box<Node>),
    /// The value is, besides, not blank.
    NotBlank(Box<Node>),
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            optional("exists", Checker::mapping),
            optional("then", Checker::mapping),
            optional("else", Checker::mapping),
        ],
    );
}

pub(super) fn compile(body: &Value) -> Result<If, ResolveProblem> {
    let options = options(body)?;
    if truthy(options, "exists").or(truthy(options, "blank")).is_none() {
        return Err(ResolveProblem::MissingOption {
            name: "\"exists\" or \"blank\"",
        });
    }
    let test = match (options.get("exists"), options.get("blank")) {
        (None, Some(blank)) => Test::NotBlank(compile_boxed(blank)),
        (exists, _) => Test::Exists(compile_boxed(exists.unwrap_or(&Value::Null))),
    };
    let then = options.get("then").map(compile_boxed);
    let otherwise = truthy(options, "else").map(compile_boxed);
    Ok(If {
        test,
        then,
        otherwise,
    })
}

impl If {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match self.branch(scope)? {
            Some((name, node)) => resolve_option(name, node, scope),
            None => Ok(Resolved::Nothing),
        }
    }

    pub(super) fn resolve_json(&self, scope: &Scope<'_>) -> Result<Option<Value>, ResolveError> {
        match self.branch(scope)? {
            Some((name, node)) => node.resolve_json(scope).at(name),
            None => Ok(None),
        }
    }

    fn branch(&self, scope: &Scope<'_>) -> Result<Option<(&'static str, &Node)>, ResolveError> {
        let branch = if self.test.holds(scope)? {
            ("then", &self.then)
        } else {
            ("else", &self.otherwise)
        };
        Ok(branch.1.as_deref().map(|node| (branch.0, node)))
    }
}

impl Test {
    fn holds(&self, scope: &Scope<'_>) -> Result<bool, ResolveError> {
        Ok(match self {
            Self::Exists(value) => !resolve_option("exists", value, scope)?.is_nothing_or_null(),
            Self::NotBlank(value) => !is_blank(&resolve_option("blank", value, scope)?),
        })
    }
}

/// Whether JavaScript's `==` takes the value for an empty text, or there is no value.
fn is_blank(value: &Resolved<'_>) -> bool {
    match value {
        Resolved::Nothing => true,
        Resolved::Json(value) => match &**value {
            Value::Null => true,
            Value::Bool(truth) => !truth,
            Value::Number(number) => as_f64(number) == 0.0,
            Value::String(_) | Value::Array(_) => has_empty_text(value),
            Value::Object(_) => false,
        },
        Resolved::List(items) => match items.as_slice() {
            [] | [Resolved::Nothing] => true,
            [Resolved::Json(item)] => has_empty_text(item),
            [item @ Resolved::List(_)] => is_blank(item),
            _ => false,
        },
        Resolved::Object(_) => false,
    }
}

/// Whether the value, as the only item of a list, leaves the list's text empty.
fn has_empty_text(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => match items.as_slice() {
            [] => true,
            [item] => has_empty_text(item),
            _ => false,
        },
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blank_is_what_javascript_takes_for_an_empty_text() {
        for (value, expected) in [
            (json!(null), true),
            (json!(false), true),
            (json!(0.0), true),
            (json!(""), true),
            (json!([]), true),
            (json!([[null]]), true),
            (json!([""]), true),
            (json!([0]), false),
            (json!([false]), false),
            (json!(["", ""]), false),
            (json!(" "), false),
            (json!("0"), false),
            (json!({}), false),
        ] {
            assert_eq!(is_blank(&Resolved::borrowed(&value)), expected, "{value}");
        }
    }
}
