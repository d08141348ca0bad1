//! The condition tree as JSON, in the form Segment's user interface keeps it.
//!
//! ```json
//! {"type": "group", "operator": "and", "children": [
//!     {"type": "event-type", "operator": "=", "value": "track"},
//!     {"type": "event-property", "name": "plan", "operator": "exists"}]}
//! ```
//! An empty group is `null`, and so is a number that cannot be read. A negated condition, which that form
//! does not have, is `{"type": "not", "condition": …}`.

use serde_json::{Map, Value, json};
use waystation_json::{number::as_f64, number_from_f64};

use crate::{
    parse::MAX_DEPTH,
    path::Path,
    tree::{Condition, Conjunction, Group, Literal, Spelling, Subject, Test},
};

/// Why a JSON value is no condition tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The tree records that its text could not be parsed.
    #[error("the tree records a parse error: {message}")]
    RecordedError {
        /// What it records.
        message: String,
    },
    /// A part of the tree is not what it must be.
    #[error("expected {expected} at {path}, found {found}")]
    Unexpected {
        /// Which part, from the root `$`.
        path: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
}

/// Writes a level.
pub(crate) fn group_to_json(group: &Group) -> Value {
    let children: Vec<Value> = group.conditions.iter().map(condition_to_json).collect();
    json!({ "type": "group", "operator": group.conjunction.name(), "children": children })
}

fn condition_to_json(condition: &Condition) -> Value {
    match condition {
        Condition::Test(subject, test) => test_to_json(subject, test),
        Condition::Group(group) => group_to_json(group),
        Condition::Not(condition) => json!({ "type": "not", "condition": condition_to_json(condition) }),
        Condition::Empty => Value::Null,
    }
}

fn test_to_json(subject: &Subject, test: &Test) -> Value {
    let (kind, path) = match subject {
        Subject::Type => ("event-type", None),
        Subject::Event => ("event", None),
        Subject::Name => ("name", None),
        Subject::UserId => ("userId", None),
        Subject::Property(path) => ("event-property", Some(path)),
        Subject::Trait(path) => ("event-trait", Some(path)),
        Subject::Context(path) => ("event-context", Some(path)),
    };
    let mut members = Map::new();
    members.insert("type".to_owned(), kind.into());
    if let Some(path) = path {
        members.insert("name".to_owned(), path.text().into());
    }
    members.insert("operator".to_owned(), test.name().into());
    if let Some(value) = test.operand().and_then(literal_to_json) {
        members.insert("value".to_owned(), value);
    }
    Value::Object(members)
}

fn literal_to_json(literal: &Literal) -> Option<Value> {
    match literal.spelling() {
        Spelling::Text => Some(literal.text().into()),
        Spelling::Number => Some(number_from_f64(literal.number())),
        Spelling::Bool => Some((literal.text() == "true").into()),
        Spelling::Absent => None,
    }
}

/// Reads the whole tree.
pub(crate) fn group_from_json(tree: &Value) -> Result<Group, TreeError> {
    if let Some(error) = tree.get("error") {
        let message = error
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("no message");
        return Err(TreeError::RecordedError {
            message: message.to_owned(),
        });
    }
    match condition_from_json(tree, "$", 0)? {
        Condition::Group(group) => Ok(group),
        _ => Err(unexpected("$", "a group", tree)),
    }
}

fn condition_from_json(tree: &Value, path: &str, depth: usize) -> Result<Condition, TreeError> {
    if tree.is_null() {
        return Ok(Condition::Empty);
    }
    match text_member(tree, path, "type")? {
        "group" | "not" if depth > MAX_DEPTH => Err(unexpected(
            path,
            "at most 64 groups and negations within each other",
            tree,
        )),
        "group" => group_members(tree, path, depth).map(Condition::Group),
        "not" => {
            let inner = condition_from_json(&tree["condition"], &format!("{path}.condition"), depth + 1)?;
            Ok(Condition::Not(Box::new(inner)))
        }
        kind => {
            let subject = subject_from_json(kind, tree, path)?;
            let operand = literal_from_json(tree.get("value"), path)?;
            Ok(Condition::Test(
                subject,
                Test::named(text_member(tree, path, "operator")?, operand),
            ))
        }
    }
}

fn group_members(tree: &Value, path: &str, depth: usize) -> Result<Group, TreeError> {
    let conjunction = match text_member(tree, path, "operator")? {
        "and" => Conjunction::And,
        "or" => Conjunction::Or,
        _ => {
            return Err(unexpected(
                &format!("{path}.operator"),
                "`and` or `or`",
                &tree["operator"],
            ));
        }
    };
    let Some(children) = tree.get("children").and_then(Value::as_array) else {
        return Err(unexpected(
            &format!("{path}.children"),
            "a list",
            &tree["children"],
        ));
    };
    let conditions = children
        .iter()
        .enumerate()
        .map(|(index, child)| condition_from_json(child, &format!("{path}.children[{index}]"), depth + 1));
    Ok(Group {
        conjunction,
        conditions: conditions.collect::<Result<_, _>>()?,
    })
}

fn subject_from_json(kind: &str, tree: &Value, path: &str) -> Result<Subject, TreeError> {
    let name = || text_member(tree, path, "name").map(Path::new);
    match kind {
        "event-type" => Ok(Subject::Type),
        "event" => Ok(Subject::Event),
        "name" => Ok(Subject::Name),
        "userId" => Ok(Subject::UserId),
        "event-property" => name().map(Subject::Property),
        "event-trait" => name().map(Subject::Trait),
        "event-context" => name().map(Subject::Context),
        _ => Err(unexpected(
            &format!("{path}.type"),
            "the type of a condition",
            &tree["type"],
        )),
    }
}

fn literal_from_json(value: Option<&Value>, path: &str) -> Result<Literal, TreeError> {
    match value {
        None => Ok(Literal::absent()),
        Some(Value::Null) => Ok(Literal::from_number(f64::NAN)),
        Some(Value::Bool(truth)) => Ok(Literal::from_bool(*truth)),
        Some(Value::Number(number)) => Ok(Literal::from_number(as_f64(number))),
        Some(Value::String(text)) => Ok(Literal::from_text(text)),
        Some(other) => Err(unexpected(
            &format!("{path}.value"),
            "a text, a number or a truth value",
            other,
        )),
    }
}

fn text_member<'v>(tree: &'v Value, path: &str, key: &str) -> Result<&'v str, TreeError> {
    let member = tree.get(key).unwrap_or(&Value::Null);
    member
        .as_str()
        .ok_or_else(|| unexpected(&format!("{path}.{key}"), "a text", member))
}

fn unexpected(path: &str, expected: &'static str, found: &Value) -> TreeError {
    TreeError::Unexpected {
        path: path.to_owned(),
        expected,
        found: found.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subscription;

    #[test]
    fn every_kind_of_condition_survives_the_way_to_json_and_back() {
        let text =
            r#"type = "a" and (properties.n > 3 or !contains(event, "b")) and !(userId != null) and ()"#;
        let subscription = Subscription::parse(text).unwrap();
        assert_eq!(Subscription::from_json(&subscription.to_json()), Ok(subscription));
    }

    #[test]
    fn the_deepest_tree_survives_it_too() {
        let text = (0..MAX_DEPTH).fold("type = a".to_owned(), |inner, _| {
            format!("({inner}) and name = b")
        });
        let subscription = Subscription::parse(&text).unwrap();
        assert_eq!(Subscription::from_json(&subscription.to_json()), Ok(subscription));
    }

    #[test]
    fn what_is_wrong_with_a_tree_is_named() {
        let problem = |tree: Value| Subscription::from_json(&tree).unwrap_err().to_string();
        assert_eq!(
            problem(json!({"type": "group", "operator": "and", "children": [{"type": "event-plan"}]})),
            r#"expected the type of a condition at $.children[0].type, found "event-plan""#
        );
        assert_eq!(
            problem(json!({"type": "group", "operator": "xor", "children": []})),
            r#"expected `and` or `or` at $.operator, found "xor""#
        );
        assert_eq!(
            problem(json!({"type": "event", "operator": "="})),
            "expected a group at $, found \
            {\"type\":\"event\",\"operator\":\"=\"}"
        );
        assert_eq!(
            problem(json!({"error": {"message": "m"}})),
            "the tree records a parse error: m"
        );
        let nested = (0..100).fold(
            Value::Null,
            |inner, _| json!({"type": "group", "operator": "and", "children": [inner]}),
        );
        assert!(problem(nested).starts_with("expected at most 64 groups"));
    }
}
