//! The four times of an event.

use waystation_json::date::{clip, parse_js_date, to_iso_string};

use crate::fields::{Fields, quoted, unquoted};

/// When a request came.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// In milliseconds since 1970, UTC.
    pub(crate) millis: i64,
    /// As JSON text.
    text: String,
}

impl Arrival {
    pub(crate) fn at(millis: i64) -> Self {
        Self {
            millis,
            text: json_time(millis),
        }
    }

    /// Gives an event its times: what was sent as `timestamp` becomes `originalTimestamp`, and `timestamp`
    /// becomes the sender's time by our clock. A time that cannot be read stays as it was sent.
    pub(crate) fn stamp<'text>(&self, event: &mut Fields<'text>, batch_sent_at: Option<&'text str>) {
        if let (None, Some(sent_at)) = (event.given("sentAt"), batch_sent_at) {
            event.set("sentAt", sent_at);
        }
        if let Some(timestamp) = event.given("timestamp").cloned() {
            event.set("originalTimestamp", timestamp);
        }
        let original = event.given("originalTimestamp").map(|text| millis(text));
        let sent_at = event.given("sentAt").and_then(|text| millis(text));
        match original {
            Some(Some(original)) => {
                event.set("timestamp", json_time(corrected(self.millis, sent_at, original)));
            }
            Some(None) if event.given("timestamp").is_some() => {}
            _ => event.set("timestamp", self.text.clone()),
        }
        event.set("receivedAt", self.text.clone());
    }
}

/// The time of an event by our clock: the sender's clock stood at `sent_at` when ours stood at `received_at`.
/// Without a `sent_at`, or if the result is no date, the sender's time has to do.
pub(crate) fn corrected(received_at: i64, sent_at: Option<i64>, original: i64) -> i64 {
    sent_at
        .and_then(|sent_at| sent_at.checked_sub(original))
        .and_then(|age| received_at.checked_sub(age))
        .and_then(clip)
        .unwrap_or(original)
}

/// The time that a JSON text stands for, if it is one.
fn millis(json: &str) -> Option<i64> {
    parse_js_date(&unquoted(json)?)
}

fn json_time(millis: i64) -> String {
    quoted(&to_iso_string(millis))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// 2026-11-22T10:00:00.000Z
    const RECEIVED: i64 = 1_795_341_600_000;

    fn stamped(event: &Value, batch_sent_at: Option<&str>) -> Value {
        let text = event.to_string();
        let mut fields = Fields::parse(&text).unwrap();
        Arrival::at(RECEIVED).stamp(&mut fields, batch_sent_at);
        serde_json::from_str(&fields.to_text()).unwrap()
    }

    #[test]
    fn a_clock_that_is_an_hour_slow_is_corrected() {
        insta::assert_json_snapshot!(stamped(
            &json!({"timestamp": "2026-11-22T08:59:30.250Z", "sentAt": "2026-11-22T09:00:00.000Z"}),
            None
        ), @r#"
        {
          "timestamp": "2026-11-22T09:59:30.250Z",
          "sentAt": "2026-11-22T09:00:00.000Z",
          "originalTimestamp": "2026-11-22T08:59:30.250Z",
          "receivedAt": "2026-11-22T10:00:00.000Z"
        }
        "#);
    }

    #[test]
    fn the_time_of_the_batch_counts_for_items_without_one() {
        let batch_sent_at = Some("\"2026-11-22T09:00:00.000Z\"");
        insta::assert_json_snapshot!([
            stamped(&json!({"timestamp": "2026-11-22T08:59:00.000Z"}), batch_sent_at),
            stamped(&json!({"timestamp": "2026-11-22T08:59:00.000Z", "sentAt": "2026-11-22T09:30:00.000Z"}), batch_sent_at),
        ], @r#"
        [
          {
            "timestamp": "2026-11-22T09:59:00.000Z",
            "sentAt": "2026-11-22T09:00:00.000Z",
            "originalTimestamp": "2026-11-22T08:59:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "timestamp": "2026-11-22T09:29:00.000Z",
            "sentAt": "2026-11-22T09:30:00.000Z",
            "originalTimestamp": "2026-11-22T08:59:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          }
        ]
        "#);
    }

    #[test]
    fn without_a_time_of_sending_the_time_of_the_event_stands() {
        insta::assert_json_snapshot!(stamped(&json!({"timestamp": "2015-02-02T01:30:08.276123+01:00"}), None), @r#"
        {
          "timestamp": "2015-02-02T00:30:08.276Z",
          "originalTimestamp": "2015-02-02T01:30:08.276123+01:00",
          "receivedAt": "2026-11-22T10:00:00.000Z"
        }
        "#);
    }

    #[test]
    fn without_any_time_the_arrival_counts() {
        insta::assert_json_snapshot!([
            stamped(&json!({}), None),
            stamped(&json!({"timestamp": null, "sentAt": "2026-11-22T09:00:00.000Z", "receivedAt": "2001-01-01T00:00:00.000Z"}), None),
        ], @r#"
        [
          {
            "timestamp": "2026-11-22T10:00:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "timestamp": "2026-11-22T10:00:00.000Z",
            "sentAt": "2026-11-22T09:00:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          }
        ]
        "#);
    }

    #[test]
    fn an_original_timestamp_counts_if_there_is_no_timestamp() {
        insta::assert_json_snapshot!([
            stamped(&json!({"originalTimestamp": "2026-11-22T08:59:00Z", "sentAt": "2026-11-22T09:00:00Z"}), None),
            stamped(&json!({"originalTimestamp": "2001-01-01T00:00:00Z", "timestamp": "2026-11-22T08:59:00Z", "sentAt": "2026-11-22T09:00:00Z"}), None),
        ], @r#"
        [
          {
            "originalTimestamp": "2026-11-22T08:59:00Z",
            "sentAt": "2026-11-22T09:00:00Z",
            "timestamp": "2026-11-22T09:59:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "originalTimestamp": "2026-11-22T08:59:00Z",
            "timestamp": "2026-11-22T09:59:00.000Z",
            "sentAt": "2026-11-22T09:00:00Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          }
        ]
        "#);
    }

    #[test]
    fn times_that_cannot_be_read_stay() {
        insta::assert_json_snapshot!([
            stamped(&json!({"timestamp": "yesterday", "sentAt": "2026-11-22T09:00:00Z"}), None),
            stamped(&json!({"timestamp": 1_795_341_600, "sentAt": {"at": "noon"}}), None),
            stamped(&json!({"timestamp": "2026-11-22T08:59:00Z", "sentAt": "noon"}), None),
            stamped(&json!({"originalTimestamp": "yesterday"}), None),
        ], @r#"
        [
          {
            "timestamp": "yesterday",
            "sentAt": "2026-11-22T09:00:00Z",
            "originalTimestamp": "yesterday",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "timestamp": 1795341600,
            "sentAt": {
              "at": "noon"
            },
            "originalTimestamp": 1795341600,
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "timestamp": "2026-11-22T08:59:00.000Z",
            "sentAt": "noon",
            "originalTimestamp": "2026-11-22T08:59:00Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          },
          {
            "originalTimestamp": "yesterday",
            "timestamp": "2026-11-22T10:00:00.000Z",
            "receivedAt": "2026-11-22T10:00:00.000Z"
          }
        ]
        "#);
    }

    proptest! {
        #[test]
        fn a_wrong_clock_makes_no_difference(skew in -100_000_000_000_i64..100_000_000_000, age in 0_i64..1_000_000_000) {
            let original = RECEIVED + skew - age;
            let sent_at = RECEIVED + skew;
            prop_assert_eq!(corrected(RECEIVED, Some(sent_at), original), RECEIVED - age);
        }

        #[test]
        fn any_times_give_a_time(received_at: i64, sent_at: Option<i64>, original: i64) {
            let time = corrected(received_at, sent_at, original);
            prop_assert!(time == original || clip(time).is_some());
        }

        #[test]
        fn any_texts_lose_nothing(timestamp in ".{0,30}", sent_at in ".{0,30}") {
            let event = stamped(&json!({"timestamp": timestamp, "sentAt": sent_at, "properties": {"kept": 1}}), None);
            prop_assert_eq!(&event["originalTimestamp"], &json!(timestamp));
            prop_assert_eq!(&event["sentAt"], &json!(sent_at));
            prop_assert_eq!(&event["properties"], &json!({"kept": 1}));
            prop_assert!(event["timestamp"].is_string());
        }
    }
}
