//! `@json`: a value as JSON text, or the value that JSON text stands for.

use serde_json::Value;
use waystation_json::read::from_str;

use super::json_text::push_json;
use super::{compile_boxed, options, required, resolve_option};
use crate::allowance::Allowance;
use crate::check::{self, Checker};
use crate::error::ResolveProblem;
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

const MODES: &[&str] = &["encode", "decode"];

/// A compiled `@json`.
#[derive(Debug)]
pub(crate) struct Json {
    mode: Mode,
    value: Box<Node>,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Encode,
    Decode,
    /// Gives nothing, as does a known mode in other letter case.
    Unknown,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            check::required("value", Checker::mapping),
            check::required("mode", |checker, value| checker.one_of(value, MODES)),
        ],
    );
}

pub(super) fn compile(body: &Value) -> Result<Json, ResolveProblem> {
    let options = options(body)?;
    let mode = match required(options, "mode")?.as_str() {
        Some("encode") => Mode::Encode,
        Some("decode") => Mode::Decode,
        _ => Mode::Unknown,
    };
    Ok(Json {
        mode,
        value: compile_boxed(required(options, "value")?),
    })
}

impl Json {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let value = resolve_option("value", &self.value, scope)?;
        Ok(match self.mode {
            Mode::Encode => encode(&value, scope.allowance())?,
            Mode::Decode => decode(value),
            Mode::Unknown => Resolved::Nothing,
        })
    }
}

fn encode<'a>(value: &Resolved<'_>, allowance: &Allowance) -> Result<Resolved<'a>, ResolveProblem> {
    if *value == Resolved::Nothing {
        return Ok(Resolved::Nothing);
    }
    allowance.charge_parts(value)?;
    let mut text = String::new();
    match value {
        Resolved::Json(json) => push_json(&mut text, json),
        parts => push_json(&mut text, &parts.reborrow().into_json().unwrap_or_default()),
    }
    allowance.charge(text.len())?;
    Ok(Resolved::text(text))
}

/// What is no text, and text that is no JSON, stays as it is.
fn decode(value: Resolved<'_>) -> Resolved<'_> {
    let decoded: Option<Value> = value.as_text().and_then(|text| from_str(text).ok());
    decoded.map_or(value, Resolved::owned)
}
