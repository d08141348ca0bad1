//! Events that were rejected, read again.

use serde_json::Value;
use waystation_json::read::from_slice;
use waystation_json::type_name;

use crate::acceptor::Ingested;
use crate::fields::Fields;
use crate::normaliser::Normaliser;
use crate::rejected::Rejected;
use crate::shared::Shared;
use crate::times::Arrival;

/// By how many bytes an event may have grown when it got its form: ids and times.
const GROWTH: usize = 1024;

/// An event that was rejected once, as it was kept.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The body that was handed to the acceptor.
    pub body: &'a [u8],
    /// The id that it has.
    pub message_id: &'a str,
    /// When it came, in milliseconds since 1970, UTC.
    pub received_at: i64,
}

/// Reads an event that was rejected by the rules that hold now. Its times stay those of its arrival.
///
/// # Errors
/// It is still not valid.
pub fn read_again(kept: Kept<'_>, max_event: usize) -> Result<Ingested, Rejected> {
    let unreadable = |error: serde_json::Error| Rejected::Unreadable {
        reason: error.to_string(),
    };
    let normaliser = Normaliser {
        arrival: Arrival::at(kept.received_at),
        sender: None,
        from_device: false,
        max_event: max_event.saturating_add(GROWTH),
    };
    let ingested = match from_slice(kept.body).map_err(unreadable)? {
        // It has its form already.
        event @ Value::Object(_) => normaliser.formed(event, kept.message_id, kept.body),
        // What could not be read went on as a text.
        Value::String(text) => {
            let fields = Fields::parse(&text).map_err(unreadable)?;
            let size = fields.size();
            normaliser.event(fields, &Shared::default(), size)
        }
        other => {
            let found = type_name(&other);
            return Err(Rejected::NotAnObject { found });
        }
    };
    match ingested.verdict {
        Ok(()) => Ok(ingested),
        Err(rejected) => Err(rejected),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value, max_event: usize) -> Result<Ingested, Rejected> {
        let body = body.to_string();
        let kept = Kept {
            body: body.as_bytes(),
            message_id: "m-1",
            received_at: 1_795_341_600_000,
        };
        read_again(kept, max_event)
    }

    #[test]
    fn an_event_is_valid_as_soon_as_the_rules_allow_it_and_stays_as_it_was() {
        let event = json!({
            "type": "track", "event": "x", "userId": "ada", "messageId": "m-1", "sentAt": "2026-11-22T09:00:00.000Z",
            "originalTimestamp": "2026-11-22T08:59:30.250Z", "timestamp": "2026-11-22T09:59:30.250Z",
            "receivedAt": "2026-11-22T10:00:00.000Z", "properties": {"text": "a".repeat(4_000)},
        });
        assert!(matches!(read(&event, 2_000), Err(Rejected::TooLarge { .. })));
        let read = read(&event, 4_000).unwrap();
        assert_eq!(read.event, event);
        assert_eq!(read.body, event.to_string().as_bytes());
        assert_eq!(
            (read.message_id.as_str(), read.user.as_deref()),
            ("m-1", Some("ada"))
        );
    }

    #[test]
    fn what_is_not_valid_still_is_told_with_its_reason() {
        let nobody = json!({"type": "track", "event": "x", "messageId": "m-1"});
        assert_eq!(read(&nobody, 4_000), Err(Rejected::NoIdentity));
        assert_eq!(
            read(&json!(7), 4_000),
            Err(Rejected::NotAnObject { found: "number" })
        );
        assert!(matches!(
            read(&json!("{"), 4_000),
            Err(Rejected::Unreadable { .. })
        ));
    }

    #[test]
    fn what_went_on_as_a_text_gets_its_form() {
        let sent = json!({"type": "identify", "userId": "ada", "messageId": "own"});
        let read = read(&json!(sent.to_string()), 4_000).unwrap();
        assert_eq!(read.message_id, "own");
        assert_eq!(read.event["receivedAt"], "2026-11-22T10:00:00.000Z");
        assert_eq!(from_slice(&read.body).unwrap(), read.event);
    }
}
