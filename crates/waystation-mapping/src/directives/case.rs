//! `@case`: a text in upper or lower case; anything else passes as it is.

use serde_json::Value;

use super::{compile_boxed, options, required, resolve_option, truthy};
use crate::check::{Checker, optional};
use crate::error::ResolveProblem;
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

/// A compiled `@case`.
#[derive(Debug)]
pub(crate) struct Case {
    operator: Operator,
    value: Option<Box<Node>>,
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Lower,
    Upper,
    /// Fails, but only for a text.
    Unknown,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            optional("operator", |checker, value| {
                checker.text(value);
            }),
            optional("value", Checker::text_or_directive),
        ],
    );
}

pub(super) fn compile(body: &Value) -> Result<Case, ResolveProblem> {
    let options = options(body)?;
    let operator = match required(options, "operator")?.as_str() {
        Some("lower") => Operator::Lower,
        Some("upper") => Operator::Upper,
        _ => Operator::Unknown,
    };
    Ok(Case {
        operator,
        value: truthy(options, "value").map(compile_boxed),
    })
}

impl Case {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let Some(value) = &self.value else {
            return Ok(Resolved::Nothing);
        };
        let value = resolve_option("value", value, scope)?;
        let Some(text) = value.as_text() else {
            return Ok(value);
        };
        scope.allowance().charge(text.len())?;
        match self.operator {
            Operator::Lower => Ok(Resolved::text(text.to_lowercase())),
            Operator::Upper => Ok(Resolved::text(text.to_uppercase())),
            Operator::Unknown => Err(ResolveProblem::UnknownCaseOperator.into()),
        }
    }
}
