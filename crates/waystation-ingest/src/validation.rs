//! Whether an event can be delivered to anybody.

use serde_json::Value;
use waystation_json::JsonObject;

use crate::event_type::EventType;
use crate::rejected::Rejected;

/// The most properties, or traits, of an event: Segment's documented limit.
const MAX_PROPERTIES: usize = 10_000;

/// Message ids must be shorter, in characters: Segment's documented limit.
const MESSAGE_ID_LIMIT: usize = 100;

/// What the tracking API documents of events, beyond their size.
pub(crate) fn check(event: &Value) -> Result<(), Rejected> {
    let event_type = type_of(event)?;
    if !is_id(event, "userId") && !is_id(event, "anonymousId") {
        return Err(Rejected::NoIdentity);
    }
    match event_type {
        EventType::Track if !is_text(event, "event") => return Err(Rejected::NoEventName),
        EventType::Group if !is_id(event, "groupId") => return Err(Rejected::NoGroupId),
        EventType::Alias if !is_id(event, "userId") => return Err(Rejected::NoUserId),
        EventType::Alias if !is_id(event, "previousId") => return Err(Rejected::NoPreviousId),
        _ => {}
    }
    check_count(event, "properties")?;
    check_count(event, "traits")?;
    check_message_id(event)
}

fn type_of(event: &Value) -> Result<EventType, Rejected> {
    match event.get("type") {
        None | Some(Value::Null) => Err(Rejected::NoType),
        Some(Value::String(name)) => {
            EventType::named(name).ok_or_else(|| Rejected::UnknownType { found: name.clone() })
        }
        Some(other) => Err(Rejected::UnknownType {
            found: other.to_string(),
        }),
    }
}

/// Ids are texts; numbers are put up with, as destinations see them as texts anyway.
fn is_id(event: &Value, name: &str) -> bool {
    is_text(event, name) || matches!(event.get(name), Some(Value::Number(_)))
}

fn is_text(event: &Value, name: &str) -> bool {
    matches!(event.get(name), Some(Value::String(text)) if !text.is_empty())
}

fn check_count(event: &Value, field: &'static str) -> Result<(), Rejected> {
    let count = event
        .get(field)
        .and_then(Value::as_object)
        .map_or(0, JsonObject::len);
    match count <= MAX_PROPERTIES {
        true => Ok(()),
        false => Err(Rejected::TooManyProperties {
            field,
            count,
            limit: MAX_PROPERTIES,
        }),
    }
}

fn check_message_id(event: &Value) -> Result<(), Rejected> {
    let id = event.get("messageId").and_then(Value::as_str).unwrap_or_default();
    let length = if id.len() < MESSAGE_ID_LIMIT {
        id.len()
    } else {
        id.chars().count()
    };
    match length < MESSAGE_ID_LIMIT {
        true => Ok(()),
        false => Err(Rejected::MessageIdTooLong {
            length,
            limit: MESSAGE_ID_LIMIT,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(event: &Value) -> &'static str {
        check(event).map_or_else(|rejected| rejected.code(), |()| "fine")
    }

    #[test]
    fn every_type_has_what_it_needs() {
        let table = [
            (json!({"type": "identify", "userId": "u"}), "fine"),
            (json!({"type": "identify", "anonymousId": "a"}), "fine"),
            (json!({"type": "page", "userId": 7}), "fine"),
            (
                json!({"type": "screen", "anonymousId": "a", "userId": null}),
                "fine",
            ),
            (json!({"type": "page"}), "no_user_anon_id"),
            (
                json!({"type": "page", "userId": "", "anonymousId": null}),
                "no_user_anon_id",
            ),
            (
                json!({"type": "page", "userId": {"id": 1}, "anonymousId": true}),
                "no_user_anon_id",
            ),
            (json!({"type": "track", "userId": "u", "event": "Bought"}), "fine"),
            (json!({"type": "track", "userId": "u"}), "no_event_name"),
            (
                json!({"type": "track", "userId": "u", "event": ""}),
                "no_event_name",
            ),
            (
                json!({"type": "track", "userId": "u", "event": 1}),
                "no_event_name",
            ),
            (json!({"type": "track", "event": "Bought"}), "no_user_anon_id"),
            (json!({"type": "group", "userId": "u", "groupId": "g"}), "fine"),
            (json!({"type": "group", "userId": "u"}), "no_group_id"),
            (json!({"type": "alias", "userId": "u", "previousId": "p"}), "fine"),
            (json!({"type": "alias", "userId": "u"}), "no_previous_id"),
            (
                json!({"type": "alias", "anonymousId": "a", "previousId": "p"}),
                "no_user_id",
            ),
            (json!({"userId": "u"}), "no_type"),
            (json!({"type": null, "userId": "u"}), "no_type"),
            (json!({"type": "Track", "userId": "u"}), "unknown_type"),
            (json!({"type": 1, "userId": "u"}), "unknown_type"),
        ];
        for (event, expected) in table {
            assert_eq!(code(&event), expected, "{event}");
        }
    }

    #[test]
    fn limits_are_met_at_the_limit_and_passed_beyond() {
        let properties = |count: usize| {
            let properties: serde_json::Map<String, Value> =
                (0..count).map(|index| (index.to_string(), json!(1))).collect();
            json!({"type": "page", "userId": "u", "properties": properties})
        };
        assert_eq!(code(&properties(10_000)), "fine");
        assert_eq!(code(&properties(10_001)), "too_many_properties");

        let message_id = |length| json!({"type": "page", "userId": "u", "messageId": "ä".repeat(length)});
        assert_eq!(code(&message_id(99)), "fine");
        assert_eq!(code(&message_id(100)), "message_id_too_long");
    }
}
