//! Events in the form that destinations see.

use std::net::IpAddr;

use bytes::Bytes;
use serde_json::Value;
use ulid::Ulid;
use waystation_json::read::from_str;
use waystation_json::{number_text, type_name};

use crate::acceptor::Ingested;
use crate::envelope::{Envelope, Item};
use crate::fields::{Fields, quoted, unquoted};
use crate::rejected::Rejected;
use crate::shared::Shared;
use crate::times::Arrival;
use crate::validation;

/// Gives the events of one request their form.
#[derive(Debug)]
pub(crate) struct Normaliser {
    /// When the request came.
    pub(crate) arrival: Arrival,
    /// Where it came from, as far as that is known.
    pub(crate) sender: Option<IpAddr>,
    /// Whether it comes from the device of the person whose events it holds, whatever they say.
    pub(crate) from_device: bool,
    /// The largest item of a batch, in bytes as it was sent.
    pub(crate) max_event: usize,
}

impl Normaliser {
    /// All events of a request, valid or not, in their order.
    pub(crate) fn events(&self, envelope: Envelope<'_>) -> Vec<Ingested> {
        match envelope {
            Envelope::Single {
                event_type,
                mut fields,
            } => {
                let size = fields.size();
                fields.set("type", event_type.json());
                vec![self.event(fields, &Shared::default(), size)]
            }
            Envelope::Batch { items, shared, .. } => {
                items.into_iter().map(|item| self.item(item, &shared)).collect()
            }
        }
    }

    fn item<'text>(&self, item: Item<'text>, shared: &Shared<'text>) -> Ingested {
        match item {
            Item::Event(fields) => {
                let size = fields.size();
                self.event(fields, shared, size)
            }
            Item::Other(text) => self.no_event(text),
        }
    }

    /// An event that has its form already.
    pub(crate) fn formed(&self, event: Value, message_id: &str, body: &[u8]) -> Ingested {
        Ingested {
            message_id: message_id.to_owned(),
            user: user(&event),
            received_at: self.arrival.millis,
            verdict: self.check(&event, body.len()),
            event,
            body: Bytes::copy_from_slice(body),
        }
    }

    /// An event from its fields, which had so many bytes when it was sent.
    pub(crate) fn event<'text>(
        &self,
        mut fields: Fields<'text>,
        shared: &Shared<'text>,
        size: usize,
    ) -> Ingested {
        fields.remove("writeKey");
        let message_id = message_id(&mut fields);
        shared.merge_into(&mut fields);
        self.add_address(&mut fields);
        self.arrival.stamp(&mut fields, shared.sent_at);

        let body = fields.to_text();
        // Read from what goes on, so that both are the same event.
        match from_str(&body) {
            Ok(event) => Ingested {
                message_id,
                user: user(&event),
                received_at: self.arrival.millis,
                verdict: self.check(&event, size),
                event,
                body: Bytes::from(body),
            },
            Err(error) => self.unreadable(message_id, &body, &error),
        }
    }

    fn check(&self, event: &Value, size: usize) -> Result<(), Rejected> {
        if size > self.max_event {
            return Err(Rejected::TooLarge {
                size,
                limit: self.max_event,
            });
        }
        validation::check(event)
    }

    /// Fills in where the event comes from, if it comes straight from the device of its person.
    fn add_address(&self, event: &mut Fields<'_>) {
        let Some(sender) = self.sender else { return };
        let context = event.given("context").map_or("{}", |context| context);
        if !self.from_device && !context.contains("\"direct\"") {
            return;
        }
        let Ok(mut context) = Fields::parse(context) else {
            return;
        };
        let from_device = self.from_device || context.get("direct").is_some_and(|direct| direct == "true");
        let has_address = context.given("ip").is_some_and(|address| address != "\"\"");
        if from_device && !has_address {
            context.set("ip", quoted(&sender.to_string()));
            let context = context.to_text();
            event.set("context", context);
        }
    }

    /// An item that is no object.
    fn no_event(&self, text: &str) -> Ingested {
        match from_str(text) {
            Ok(value) => {
                let found = type_name(&value);
                self.rejected(new_message_id(), value, Rejected::NotAnObject { found })
            }
            Err(error) => self.unreadable(new_message_id(), text, &error),
        }
    }

    /// An item that is well-formed, but holds what no value can: a number out of range, say. It goes on as a
    /// text.
    fn unreadable(&self, message_id: String, text: &str, error: &serde_json::Error) -> Ingested {
        let reason = error.to_string();
        self.rejected(message_id, Value::from(text), Rejected::Unreadable { reason })
    }

    fn rejected(&self, message_id: String, event: Value, why: Rejected) -> Ingested {
        Ingested {
            message_id,
            user: None,
            received_at: self.arrival.millis,
            body: Bytes::from(event.to_string()),
            event,
            verdict: Err(why),
        }
    }
}

/// The sender's id of the event, or a new one that is put in.
fn message_id(event: &mut Fields<'_>) -> String {
    let sent = event.get("messageId");
    if let Some(id) = sent.and_then(|json| unquoted(json)).filter(|id| !id.is_empty()) {
        return id.into_owned();
    }
    let number = sent.filter(|json| json.starts_with(|first: char| first == '-' || first.is_ascii_digit()));
    let id = number.map_or_else(new_message_id, ToString::to_string);
    event.set("messageId", quoted(&id));
    id
}

fn new_message_id() -> String {
    format!("waystation-{}", Ulid::generate())
}

/// Whose event it is.
fn user(event: &Value) -> Option<String> {
    let id = |name: &str| match event.get(name)? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(number_text(id)),
        _ => None,
    };
    id("userId").or_else(|| id("anonymousId"))
}
