//! Why a subscription wants an event or not: each condition with whether it holds, and what the event has there.

use serde::Serialize;
use serde_json::{Value, json};
use waystation_fql::{ParseError, Position, Subscription};

/// A subscription as the page shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownSubscription {
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Remark>,
    /// What in it hardly means what it looks like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Remark>,
}

/// A remark about a place in the text.
#[derive(Debug, Serialize)]
struct Remark {
    /// In bytes from the beginning.
    offset: usize,
    message: String,
}

impl Remark {
    fn new(position: Position, message: String) -> Self {
        Self {
            offset: position.offset,
            message,
        }
    }
}

/// A condition of a subscription, asked of an event.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Asked {
    /// A question to one field.
    Test {
        /// As it is written.
        text: String,
        holds: bool,
        /// The field's place in the event, as a JSON pointer.
        pointer: String,
        /// What stands there; absent if nothing does.
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<Value>,
    },
    /// Several, joined.
    Group {
        /// `and` or `or`.
        operator: String,
        holds: bool,
        conditions: Vec<Asked>,
    },
    /// The opposite of another.
    Not { holds: bool, condition: Box<Asked> },
}

impl Asked {
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Test { holds, .. } | Self::Group { holds, .. } | Self::Not { holds, .. } => *holds,
        }
    }
}

/// Reads a subscription; `None` where there is none, which wants every event.
pub(super) fn read(text: Option<&str>) -> (ShownSubscription, Option<Subscription>) {
    let silent = ShownSubscription {
        error: None,
        warnings: Vec::new(),
    };
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return (silent, None);
    };
    match Subscription::parse_with_warnings(text) {
        Ok((subscription, warnings)) => {
            let warnings = warnings.into_iter();
            let warnings =
                warnings.map(|warning| Remark::new(warning.position, warning.suspicion.to_string()));
            let shown = ShownSubscription {
                warnings: warnings.collect(),
                ..silent
            };
            (shown, Some(subscription))
        }
        Err(ParseError { position, problem }) => {
            let shown = ShownSubscription {
                error: Some(Remark::new(position, problem.to_string())),
                ..silent
            };
            (shown, None)
        }
    }
}

impl ShownSubscription {
    pub(super) fn is_unreadable(&self) -> bool {
        self.error.is_some()
    }
}

/// Asks a subscription of an event, condition by condition.
pub(super) fn ask(subscription: &Subscription, event: &Value) -> Asked {
    ask_tree(&subscription.to_json(), event)
}

fn ask_tree(tree: &Value, event: &Value) -> Asked {
    match tree["type"].as_str() {
        Some("group") => {
            let children = tree["children"].as_array().map(Vec::as_slice).unwrap_or_default();
            Asked::Group {
                operator: tree["operator"].as_str().unwrap_or("and").to_owned(),
                holds: holds(tree, event),
                conditions: children.iter().map(|child| ask_tree(child, event)).collect(),
            }
        }
        Some("not") => Asked::Not {
            holds: holds(&alone(tree), event),
            condition: Box::new(ask_tree(&tree["condition"], event)),
        },
        kind => {
            let pointer = pointer(
                kind.unwrap_or_default(),
                tree["name"].as_str().unwrap_or_default(),
            );
            let alone = alone(tree);
            Asked::Test {
                text: Subscription::from_json(&alone)
                    .map_or_else(|_| "()".to_owned(), |test| test.to_string()),
                holds: holds(&alone, event),
                found: event.pointer(&pointer).cloned(),
                pointer,
            }
        }
    }
}

/// A subscription of this condition alone.
fn alone(condition: &Value) -> Value {
    json!({"type": "group", "operator": "and", "children": [condition]})
}

fn holds(group: &Value, event: &Value) -> bool {
    Subscription::from_json(group).is_ok_and(|subscription| subscription.matches(event))
}

/// Where the field of a condition stands in the event.
fn pointer(kind: &str, name: &str) -> String {
    let root = match kind {
        "event-type" => "type",
        "event-property" => "properties",
        "event-trait" => "traits",
        "event-context" => "context",
        field => field,
    };
    let parts = name.split(['.', '[', ']']).filter(|part| !part.is_empty());
    std::iter::once(root)
        .chain(parts)
        .fold(String::new(), |pointer, part| {
            format!("{pointer}/{}", super::origins::escaped(part))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_says_whether_it_holds_and_what_it_found() {
        let (shown, subscription) = read(Some(
            r#"type = "track" and (properties.total > 5 or !event = "A")"#,
        ));
        assert!(!shown.is_unreadable());
        let event = json!({"type": "track", "event": "A", "properties": {"total": 3}});
        let asked = ask(&subscription.unwrap(), &event);
        assert_eq!(
            serde_json::to_value(&asked).unwrap(),
            json!({"kind": "group", "operator": "and", "holds": false, "conditions": [
                {"kind": "test", "text": "type = \"track\"", "holds": true, "pointer": "/type", "found": "track"},
                {"kind": "group", "operator": "or", "holds": false, "conditions": [
                    {"kind": "test", "text": "properties.total > 5", "holds": false,
                     "pointer": "/properties/total", "found": 3},
                    {"kind": "not", "holds": false, "condition":
                        {"kind": "test", "text": "event = \"A\"", "holds": true, "pointer": "/event", "found": "A"}},
                ]},
            ]})
        );
    }

    #[test]
    fn a_text_that_is_no_subscription_says_where() {
        let (shown, subscription) = read(Some("type ~ \"track\""));
        assert!(subscription.is_none() && shown.is_unreadable());
        assert_eq!(serde_json::to_value(&shown).unwrap()["error"]["offset"], 5);
        let (shown, subscription) = read(Some("  "));
        assert!(subscription.is_none() && !shown.is_unreadable());
    }
}
