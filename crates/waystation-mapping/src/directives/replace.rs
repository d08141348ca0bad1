//! `@replace`: a text with one or two patterns replaced.

use serde_json::Value;
use waystation_json::{JsonObject, js_string, utf16_len};

use super::substitution::Substitution;
use super::{compile_boxed, options, required, resolve_option, truthy};
use crate::allowance::Allowance;
use crate::check::{self, Checker, optional};
use crate::error::ResolveProblem;
use crate::fault::Problem;
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

/// The greatest length of patterns and replacements, in UTF-16 units.
const MAX_LENGTH: usize = 10;

/// A compiled `@replace`.
#[derive(Debug)]
pub(crate) struct Replace {
    value: Option<Box<Node>>,
    /// The replacements in their order, those that are too long as the problem that a text will meet;
    /// `None` when an option has a type that makes every value resolve to the empty text.
    substitutions: Option<Vec<Result<Substitution, ResolveProblem>>>,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            check::required("pattern", check_pattern),
            optional("replacement", |checker, value| {
                checker.short_text(value, MAX_LENGTH);
            }),
            check::required("value", Checker::text_or_directive),
            optional("ignorecase", Checker::boolean),
            optional("global", Checker::boolean),
        ],
    );
}

fn check_pattern(checker: &mut Checker, value: &Value) {
    if checker.short_text(value, MAX_LENGTH) == Some("") {
        checker.fault(Problem::EmptyText);
    }
}

pub(super) fn compile(body: &Value) -> Result<Replace, ResolveProblem> {
    let options = options(body)?;
    required(options, "pattern")?;
    Ok(Replace {
        value: truthy(options, "value").map(compile_boxed),
        substitutions: compile_substitutions(options),
    })
}

fn compile_substitutions(options: &JsonObject) -> Option<Vec<Result<Substitution, ResolveProblem>>> {
    let ignore_case = boolean_option(options, "ignorecase", false)?;
    let all = boolean_option(options, "global", true)?;
    let pair = |pattern, replacement| {
        let (pattern, replacement) = (
            options.get(pattern)?.as_str()?,
            text_option(options, replacement)?,
        );
        Some(compile_pair(pattern, replacement, ignore_case, all))
    };
    let mut substitutions = vec![pair("pattern", "replacement")?];
    if truthy(options, "pattern2").is_some() {
        substitutions.extend(pair("pattern2", "replacement2"));
    }
    Some(substitutions)
}

fn compile_pair(
    pattern: &str,
    replacement: &str,
    ignore_case: bool,
    all: bool,
) -> Result<Substitution, ResolveProblem> {
    for (name, text) in [("pattern", pattern), ("replacement", replacement)] {
        if utf16_len(text) > MAX_LENGTH {
            return Err(ResolveProblem::OptionTooLong {
                name,
                limit: MAX_LENGTH,
            });
        }
    }
    Ok(Substitution::new(pattern, replacement, ignore_case, all))
}

/// A switch, with its default where it is left out or null; `None` if it is of another type.
fn boolean_option(options: &JsonObject, name: &str, default: bool) -> Option<bool> {
    options
        .get(name)
        .filter(|value| !value.is_null())
        .map_or(Some(default), Value::as_bool)
}

/// A text, empty where it is left out or null; `None` if it is of another type.
fn text_option<'v>(options: &'v JsonObject, name: &str) -> Option<&'v str> {
    options
        .get(name)
        .filter(|value| !value.is_null())
        .map_or(Some(""), Value::as_str)
}

impl Replace {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let Some(value) = &self.value else {
            return Ok(Resolved::Nothing);
        };
        let value = resolve_option("value", value, scope)?;
        let Some(substitutions) = &self.substitutions else {
            return Ok(Resolved::text(String::new()));
        };
        let replaced = match &value {
            Resolved::Json(json) => match &**json {
                Value::String(text) => replace(substitutions, text, scope.allowance())?,
                scalar @ (Value::Bool(_) | Value::Number(_)) => {
                    replace(substitutions, &js_string(scalar), scope.allowance())?
                }
                Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
            },
            _ => String::new(),
        };
        Ok(Resolved::text(replaced))
    }
}

fn replace(
    substitutions: &[Result<Substitution, ResolveProblem>],
    text: &str,
    allowance: &Allowance,
) -> Result<String, ResolveProblem> {
    let mut replaced: Option<String> = None;
    for substitution in substitutions {
        let substitution = substitution.as_ref().map_err(Clone::clone)?;
        replaced = Some(substitution.apply(replaced.as_deref().unwrap_or(text), allowance)?);
    }
    Ok(replaced.unwrap_or_default())
}
