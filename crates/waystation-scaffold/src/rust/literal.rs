//! Values as Rust writes them.

use serde_json::Value;
use waystation_kit::fields::{Condition, Conditions, Operator};

use waystation_kit::fields::Match;

/// How wide a line of an attribute may become before it is broken.
const WIDTH: usize = 92;

/// A text in quotes: raw where that spares escapes.
pub(crate) fn text(text: &str) -> String {
    let is_plain = text.chars().all(|c| !c.is_control());
    if is_plain && text.contains('"') && !text.contains("\"#") {
        return format!("r#\"{text}\"#");
    }
    if is_plain && text.contains('\\') && !text.contains('"') {
        return format!("r\"{text}\"");
    }
    format!("{text:?}")
}

/// A subscription; a long one is broken before its conjunctions.
pub(crate) fn subscription(fql: &str) -> String {
    let whole = text(fql);
    if whole.len() <= 80 || fql.contains(['\\', '\n']) {
        return whole;
    }
    let mut lines = vec![String::new()];
    let mut in_quotes = false;
    for word in fql.split_inclusive(' ') {
        let is_conjunction = !in_quotes && matches!(word.trim(), "and" | "or");
        if is_conjunction {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        in_quotes ^= word.matches('"').count() % 2 == 1;
    }
    let lines: Vec<String> = lines.iter().map(|line| line.replace('"', "\\\"")).collect();
    format!("\"{}\"", lines.join("\\\n         "))
}

/// An expression that converts into the JSON value.
pub(crate) fn value(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "Value::Null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_literal(number),
        Value::String(string) => text(string),
        Value::Array(_) | Value::Object(_) => format!("json!({})", json(value, indent)),
    }
}

/// A whole expression of type `Value`.
pub(crate) fn json_value(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "Value::Null".to_owned(),
        _ => format!("json!({})", json(value, indent)),
    }
}

/// What stands in `default = ...`.
pub(crate) fn default(default: &Value, indent: usize) -> String {
    if let Some(known) = directive(default) {
        return known.in_attribute();
    }
    match default {
        // A bare text that looks like a path is taken for one that was forgotten to be called so.
        Value::String(string) if looks_like_a_directive(string) => format!("json!({})", text(string)),
        other => value(other, indent),
    }
}

/// As the derive macro judges it.
fn looks_like_a_directive(text: &str) -> bool {
    text == "$" || text.starts_with("$.") || (text.contains("{{") && text.contains("}}"))
}

/// What a preset maps a field to.
pub(crate) fn mapping(mapping: &Value, indent: usize) -> String {
    directive(mapping).map_or_else(|| json_value(mapping, indent), |known| known.in_code())
}

/// The directives that have functions of their own.
enum Directive<'v> {
    Path(&'v str),
    Template(&'v str),
    FirstOf(Vec<&'v str>),
}

impl Directive<'_> {
    fn in_attribute(&self) -> String {
        match self {
            Self::Path(path) => format!("path({})", text(path)),
            Self::Template(template) => format!("template({})", text(template)),
            Self::FirstOf(paths) => format!("first_of({})", texts(paths)),
        }
    }

    fn in_code(&self) -> String {
        match self {
            Self::FirstOf(paths) => format!("directive::first_of(&[{}])", texts(paths)),
            other => format!("directive::{}", other.in_attribute()),
        }
    }
}

fn texts(texts: &[&str]) -> String {
    texts.iter().map(|one| text(one)).collect::<Vec<_>>().join(", ")
}

fn directive(value: &Value) -> Option<Directive<'_>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (key, argument) = object.iter().next()?;
    match (key.as_str(), argument) {
        ("@path", Value::String(path)) => is_path(path).then_some(Directive::Path(path)),
        ("@template", Value::String(template)) => {
            is_template(template).then_some(Directive::Template(template))
        }
        ("@if", _) => first_of(value)
            .filter(|paths| paths.len() > 1)
            .map(Directive::FirstOf),
        _ => None,
    }
}

/// The paths of `if a exists then a else if b exists then b else c`.
fn first_of(value: &Value) -> Option<Vec<&str>> {
    if let Some(path) = lone_path(value) {
        return Some(vec![path]);
    }
    let condition = value
        .as_object()
        .filter(|object| object.len() == 1)?
        .get("@if")?
        .as_object()?;
    let (exists, then) = (
        lone_path(condition.get("exists")?)?,
        lone_path(condition.get("then")?)?,
    );
    if exists != then || condition.len() != 3 {
        return None;
    }
    let mut paths = vec![exists];
    paths.extend(first_of(condition.get("else")?)?);
    Some(paths)
}

fn lone_path(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("@path")?.as_str().filter(|path| is_path(path))
}

fn is_path(path: &str) -> bool {
    path == "$"
        || path
            .strip_prefix("$.")
            .is_some_and(|keys| !keys.trim().is_empty())
}

/// Whether every placeholder has two braces on each side and a name, and no other brace stands about.
fn is_template(template: &str) -> bool {
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((name, after)) = inside.split_once("}}") else {
            return false;
        };
        if before.contains(['{', '}']) || name.contains(['{', '}']) || name.trim().is_empty() {
            return false;
        }
        rest = after;
    }
    !rest.contains(['{', '}'])
}

/// JSON as `json!` takes it, broken into lines where it is long.
fn json(value: &Value, indent: usize) -> String {
    let flat = flat(value);
    if flat.len() + indent <= WIDTH {
        return flat;
    }
    let (inner, outer) = (" ".repeat(indent + 4), " ".repeat(indent));
    let lines = |members: Vec<String>| {
        members
            .iter()
            .map(|member| format!("{inner}{member},\n"))
            .collect::<String>()
    };
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| json(item, indent + 4)).collect();
            format!("[\n{}{outer}]", lines(items))
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, member)| format!("{}: {}", text(key), json(member, indent + 4)));
            format!("{{\n{}{outer}}}", lines(members.collect()))
        }
        _ => flat,
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, member)| format!("{}: {}", text(key), flat(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::String(string) => text(string),
        Value::Number(number) => number_literal(number),
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
    }
}

fn number_literal(number: &serde_json::Number) -> String {
    match number.as_i64() {
        Some(small) if i32::try_from(small).is_ok() => small.to_string(),
        Some(large) => format!("{large}_i64"),
        None => number.to_string(),
    }
}

/// A limit as it is written in an attribute.
pub(crate) fn limit(limit: f64) -> String {
    format!("{limit}")
}

/// How deep macros call each other for the value: `json!` takes an object apart member by member.
pub(crate) fn macro_depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 2 * items.len() + 4 + items.iter().map(macro_depth).max().unwrap_or_default(),
        Value::Object(members) => {
            4 * members.len() + 6 + members.values().map(macro_depth).max().unwrap_or_default()
        }
        _ => 1,
    }
}

/// Conditions as an expression.
pub(crate) fn conditions(conditions: &Conditions) -> String {
    let each: Vec<String> = conditions.conditions.iter().map(condition).collect();
    let matching = match conditions.matching {
        Match::All => "all",
        Match::Any => "any",
    };
    format!("Conditions::{matching}([{}])", each.join(", "))
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Field(field) => {
            let key = text(&field.field_key);
            match (field.operator, &field.value) {
                (Operator::Is, None) => format!("Condition::is_unset({key})"),
                (Operator::IsNot, None) => format!("Condition::is_set({key})"),
                (Operator::Is, Some(known)) => format!("Condition::is({key}, {})", value(known, 0)),
                (Operator::IsNot, Some(known)) => format!("Condition::is_not({key}, {})", value(known, 0)),
            }
        }
        Condition::SyncMode { operator, value } => {
            let operator = match operator {
                Operator::Is => "Is",
                Operator::IsNot => "IsNot",
            };
            let value = value.as_ref().map_or("None".to_owned(), |known| {
                format!("Some({})", json_value(known, 0))
            });
            format!("Condition::SyncMode {{ operator: Operator::{operator}, value: {value} }}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_are_written_as_an_author_would() {
        let either = |a: Value, b: Value| json!({"@if": {"exists": a, "then": a, "else": b}});
        let path = |path: &str| json!({"@path": path});
        for (written, wanted) in [
            (path("$.userId"), r#"path("$.userId")"#),
            (path("userId"), r#"json!({"@path": "userId"})"#),
            (either(path("$.a"), path("$.b")), r#"first_of("$.a", "$.b")"#),
            (json!({"@template": "{{a}} b"}), r#"template("{{a}} b")"#),
            (json!({"@template": "{{a}"}), r#"json!({"@template": "{{a}"})"#),
            (json!("$.a"), r#"json!("$.a")"#),
            (json!("a"), r#""a""#),
            (json!("say \"a\""), r##"r#"say "a""#"##),
            (json!(5), "5"),
            (json!(5_000_000_000_i64), "5000000000_i64"),
            (json!(null), "Value::Null"),
            (json!([1, "b"]), r#"json!([1, "b"])"#),
        ] {
            assert_eq!(default(&written, 0), wanted);
        }
        assert_eq!(
            default(&either(path("$.a"), json!("x")), 0),
            r#"json!({"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": "x"}})"#
        );
    }

    #[test]
    fn long_subscriptions_are_broken_outside_of_texts() {
        let fql = "type = \"track\" and event != \"Here and there and everywhere in the world\" or event = \"Another one\"";
        assert_eq!(
            subscription(fql),
            "\"type = \\\"track\\\" \\\n         and event != \\\"Here and there and everywhere in the world\\\" \\\n         or event = \\\"Another one\\\"\""
        );
    }
}
