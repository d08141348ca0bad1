//! The events that are sent: those of `tests/bench/events.jsonl`, each time with a message id of their own.

use serde_json::{Value, json};

use crate::stage::configuration::WRITE_KEY;

/// As long as a number with leading zeros gets in [`Template::event`].
const DIGITS: usize = 20;

/// All events of the input, one a line.
pub(crate) fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../../../tests/bench/events.jsonl").lines()
}

/// The track events of the input.
pub(crate) fn track_events() -> Vec<Value> {
    let events = lines().filter_map(|line| serde_json::from_str(line).ok());
    events.filter(|event: &Value| event["type"] == "track").collect()
}

/// Track events as text with gaps for the message id and the time.
#[derive(Debug)]
pub(crate) struct Template {
    events: Vec<[String; 3]>,
}

impl Template {
    /// The input's track events, all of them named so.
    pub(crate) fn named(name: &str) -> Self {
        let events = track_events().into_iter().map(|mut event| {
            event["event"] = name.into();
            event["messageId"] = "<id>".into();
            event["properties"]["madeAt"] = json!("<at>");
            let text = event.to_string();
            let (head, rest) = text.split_once("<id>").unwrap_or_default();
            let (middle, tail) = rest.split_once("\"<at>\"").unwrap_or_default();
            [head, middle, tail].map(str::to_owned)
        });
        Self {
            events: events.collect(),
        }
    }

    /// The event with this number, made at this time.
    pub(crate) fn event(&self, number: u64, made_at: u64, into: &mut String) {
        use std::fmt::Write;
        let place = usize::try_from(number).unwrap_or_default() % self.events.len().max(1);
        let Some([head, middle, tail]) = self.events.get(place) else {
            return;
        };
        // Writing to a text does not fail.
        let _ = write!(into, "{head}{number:0DIGITS$}{middle}{made_at}{tail}");
    }

    /// The body of a request to `/v1/batch` with so many events.
    pub(crate) fn batch(&self, first: u64, count: u64, made_at: u64) -> String {
        let mut body = format!(r#"{{"writeKey":"{WRITE_KEY}","batch":"#);
        body.push_str(&self.list(first, count, made_at));
        body.push('}');
        body
    }

    /// A list of so many events.
    pub(crate) fn list(&self, first: u64, count: u64, made_at: u64) -> String {
        let mut body = String::from("[");
        for number in first..first + count {
            if number > first {
                body.push(',');
            }
            self.event(number, made_at, &mut body);
        }
        body.push(']');
        body
    }
}
