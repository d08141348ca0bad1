//! What answers show of exchanges and failures, in the form in which it is compared.

use serde_json::{Map, Value, json};

use super::partner::Exchange;
use crate::compare::json_equal;

/// Response headers that belong to the connection.
const TRANSPORT_HEADERS: [&str; 5] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
];

/// What stands in place of a secret.
const REDACTED: &str = "<redacted>";

/// An answer's body: exchanges without transport headers and with JSON bodies parsed, our user agent where
/// the reference's stands.
pub(super) fn normal(body: &Value) -> Value {
    match body {
        Value::Array(entries) => entries.iter().map(normal_entry).collect(),
        manifest if manifest["actions"].is_object() => without_optional(manifest),
        other => other.clone(),
    }
}

/// A manifest without the word that a field is optional, which all are that do not say otherwise.
fn without_optional(part: &Value) -> Value {
    match part {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, value)| *key != "required" || *value != false);
            Value::Object(
                kept.map(|(key, value)| (key.clone(), without_optional(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(without_optional).collect(),
        other => other.clone(),
    }
}

fn normal_entry(entry: &Value) -> Value {
    let mut entry = entry.clone();
    if is_exchange(&entry) {
        let body = entry["request"]["body"]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        if let Some(json) = body {
            entry["request"]["body"] = json;
        }
        let agent = entry["request"]["headers"].get_mut("user-agent");
        if let Some(agent) = agent.filter(|agent| is_ours(agent)) {
            *agent = "Segment (Actions)".into();
        }
        if let Some(headers) = entry["response"]["headers"].as_object_mut() {
            headers.retain(|name, _| !TRANSPORT_HEADERS.contains(&name.as_str()));
        }
    }
    entry
}

fn is_ours(agent: &Value) -> bool {
    agent
        .as_str()
        .is_some_and(|agent| agent.starts_with("Waystation/"))
}

pub(super) fn is_exchange(entry: &Value) -> bool {
    entry["request"]["url"].is_string() && entry["response"]["statusCode"].is_number()
}

/// A recorded body without the stack traces that ours leaves out.
pub(super) fn without_stacks(recorded: &Value) -> Value {
    let without = |entry: &Value| match entry {
        Value::Object(entry) => {
            let kept = entry.iter().filter(|(key, _)| *key != "stack");
            Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        other => other.clone(),
    };
    match recorded {
        Value::Array(entries) => entries.iter().map(without).collect(),
        other => other.clone(),
    }
}

/// Of all recorded exchanges, those of one call: the reference shows what belongs to others as well.
pub(super) fn own_exchanges(recorded: &[Value], exchanges: &[Exchange], step: usize) -> Value {
    let own = exchanges.iter().filter(|exchange| exchange.step == step);
    let shown = own.map(|exchange| {
        let found = recorded
            .iter()
            .find(|entry| is_of(&normal_entry(entry), exchange));
        found
            .cloned()
            .unwrap_or_else(|| json!({"not recorded": exchange.request.url.as_str()}))
    });
    shown.collect()
}

fn is_of(entry: &Value, exchange: &Exchange) -> bool {
    let request = &exchange.request;
    let sent = request.body.as_deref().unwrap_or_default();
    let sent = serde_json::from_slice(sent).unwrap_or_else(|_| String::from_utf8_lossy(sent).into());
    entry["request"]["url"] == request.url.as_str()
        && entry["request"]["method"] == request.method.as_str()
        && json_equal(&entry["request"]["body"], &sent)
}

/// A recorded body without what the reference shows of its own insides: of a response object, its content;
/// of an error that holds one, our form of an error with the status of the partner's last answer.
pub(super) fn without_insides(recorded: &[Value], status: Option<u16>) -> Value {
    let without = |entry: &Value| {
        if let Some(content) = insides(&entry["response"]["body"]) {
            let mut entry = entry.clone();
            entry["response"]["body"] = content.clone();
            return entry;
        }
        match insides(&entry["response"]) {
            Some(content) => json!({
                "statusCode": status,
                "message": entry["response"].get("data").unwrap_or(content),
                "requestError": true,
            }),
            None => entry.clone(),
        }
    };
    recorded.iter().map(without).collect()
}

/// The content of a response object of the reference's request client.
fn insides(value: &Value) -> Option<&Value> {
    value
        .get("options")
        .and(value.get("size"))
        .and(value.get("content"))
}

/// Our body with every redacted text replaced by the recorded one that it stands for.
pub(super) fn unredacted(expected: &Value, actual: &Value) -> Value {
    match (expected, actual) {
        (Value::String(clear), Value::String(hidden)) if is_redaction(clear, hidden) => expected.clone(),
        (Value::Object(left), Value::Object(right)) => {
            let restored = right.iter().map(|(key, value)| {
                let value = left
                    .get(key)
                    .map_or_else(|| value.clone(), |clear| unredacted(clear, value));
                (key.clone(), value)
            });
            Value::Object(restored.collect::<Map<_, _>>())
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .map(|(clear, value)| unredacted(clear, value))
            .collect(),
        _ => actual.clone(),
    }
}

/// Whether a text is another one with parts of it redacted.
fn is_redaction(clear: &str, hidden: &str) -> bool {
    let mut pieces = hidden.split(REDACTED);
    let (Some(first), Some(last)) = (pieces.next(), hidden.rsplit(REDACTED).next()) else {
        return false;
    };
    if !hidden.contains(REDACTED) || !clear.starts_with(first) || !clear.ends_with(last) {
        return false;
    }
    let mut rest = &clear[first.len()..];
    pieces.all(|piece| match rest.find(piece) {
        Some(place) => {
            rest = &rest[place + piece.len()..];
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::areas::runtime::compare::list;

    #[test]
    fn a_redaction_keeps_what_is_no_secret() {
        assert!(is_redaction("/r?key=secret&v=1", "/r?key=<redacted>&v=1"));
        assert!(!is_redaction("/r?key=secret&v=1", "/r?key=<redacted>&v=2"));
        assert!(
            !is_redaction("/r?key=secret", "/r?key=secret"),
            "nothing is hidden"
        );
        assert_eq!(
            unredacted(&json!(["a-b"]), &json!(["<redacted>-b"])),
            json!(["a-b"])
        );
    }

    #[test]
    fn of_insides_only_the_content_counts() {
        let insides = json!({"size": 0, "content": "x", "options": {}});
        let exchange = json!([{"request": {}, "response": {"statusCode": 200, "body": insides}}]);
        assert_eq!(
            without_insides(list(&exchange), None)[0]["response"],
            json!({"statusCode": 200, "body": "x"})
        );
        let error = json!([{"response": insides}]);
        assert_eq!(
            without_insides(list(&error), Some(400)),
            json!([{"statusCode": 400, "message": "x", "requestError": true}])
        );
    }
}
