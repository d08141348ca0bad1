//! [Imports](https://developer.mixpanel.com/reference/import-events): one event, or the events that a batch stands for,
//! in as many requests as Mixpanel's limits ask for.

use waystation_kit::multistatus::{Entry, Ledger, Shown, ShownBody, ShownSent, Slot};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::Mixpanel;
use crate::answer::{self, Complaint};
use crate::event::Import;

/// Gives each item of a batch a result of its own.
const ITEM_RESULTS: &str = "mixpanel-multistatus";

/// Opens the Import API with the project token.
const PROJECT_TOKEN_OPENS_IMPORTS: &str = "actions-mixpanel-project-token-auth";

/// The most events of a request.
const MOST_EVENTS: usize = 2000;
/// The most bytes of a request, before it is compressed.
const MOST_BYTES: usize = 10_000_000;
/// The most bytes of an event.
const MOST_EVENT_BYTES: usize = 1_000_000;

/// Imports what one payload stands for.
///
/// # Errors
/// Mixpanel refuses it, does not answer or does not say, or it is too large.
pub async fn import(cx: &Context<Mixpanel>, import: Import) -> Result<Output> {
    let json = Written::new(&import)?;
    let sent = import.events().len();
    let answer = request(cx, [&json]).send().await.map_err(in_words)?;
    if let Some(refusal) = refusal(&answer::complaints(&answer).iter().collect::<Vec<_>>()) {
        return Err(Error::integration(refusal.message, refusal.code, refusal.status));
    }
    answer::taken(&answer)?;
    let warning = answer::warning(&answer, sent);
    let output = if cx.has_feature(ITEM_RESULTS) {
        let result = ItemOutcome::from(ItemSuccess::new(json!(import), answer::status(&answer).into()));
        json!({"responses": [{"data": result.to_node()}]}).into()
    } else {
        Output::from(answer)
    };
    Ok(match warning {
        Some(warning) => output.with_warning(warning),
        None => output,
    })
}

/// Mixpanel's words about the event, where the failure has some.
fn in_words(failure: Error) -> Error {
    let complaints = failure.response().map(answer::complaints).unwrap_or_default();
    match refusal(&complaints.iter().collect::<Vec<_>>()) {
        Some(refusal) => Error::integration(refusal.message, refusal.code, refusal.status),
        None => failure,
    }
}

/// Imports what the payloads of a batch stand for. `to_import` says what that is.
///
/// # Errors
/// Mixpanel refuses the whole batch, does not answer or does not say.
pub async fn import_batch<P>(
    cx: &Context<Mixpanel>,
    batch: Batch<P>,
    to_import: impl Fn(P) -> Result<Import>,
) -> Result<BatchOutput> {
    let tells_items_apart = cx.has_feature(ITEM_RESULTS);
    let (ledger, entries) = Ledger::open(batch);
    let mut ledger = ledger.showing(Shown {
        taken_sent: if tells_items_apart {
            ShownSent::Sent
        } else {
            ShownSent::Given
        },
        refused_sent: ShownSent::Sent,
        refused_body: ShownBody::Answer,
    });
    let mut parts = vec![Part::default()];
    for Entry { slot, payload, .. } in entries {
        match to_import(payload).and_then(|import| Ok((Written::new(&import)?, import))) {
            Ok((json, import)) => {
                ledger.sent(slot, json!(import));
                Part::add(&mut parts, slot, import.events().len(), json);
            }
            Err(error) => ledger.refuse(slot, error),
        }
    }
    for part in parts.into_iter().filter(|part| !part.slots.is_empty()) {
        let answer = request(cx, &part.written).tolerate_failing_status().send().await;
        part.settle(&mut ledger, answer, tells_items_apart);
    }
    ledger.finish().map(Into::into)
}

fn request<'json>(
    cx: &Context<Mixpanel>,
    written: impl IntoIterator<Item = &'json Written>,
) -> RequestBuilder {
    let settings = cx.settings();
    let strict_mode = settings.strict_mode.unwrap_or_default().name();
    let events: Vec<&[u8]> = written.into_iter().map(|written| &written.0[..]).collect();
    cx.post(settings.url("/import"))
        .query([("strict", strict_mode)])
        .basic(credential(cx).clone(), "")
        .json_bytes([&b"["[..], &events.join(&b','), b"]"].concat())
}

/// The secret key, or without one the project token.
fn credential(cx: &Context<Mixpanel>) -> &Secret {
    let settings = cx.settings();
    match &settings.api_secret {
        Some(secret) if !cx.has_feature(PROJECT_TOKEN_OPENS_IMPORTS) => secret,
        _ => &settings.project_token,
    }
}

/// The events of an import as JSON, with commas between them: what is measured is what is sent.
#[derive(Debug)]
struct Written(Vec<u8>);

impl Written {
    /// # Errors
    /// No request could hold them.
    fn new(import: &Import) -> Result<Self> {
        let mut json = Vec::new();
        for event in import.events() {
            if !json.is_empty() {
                json.push(b',');
            }
            let start = json.len();
            serde_json::to_writer(&mut json, event).map_err(|error| Error::payload(error.to_string()))?;
            if json.len() - start > MOST_EVENT_BYTES {
                return Err(too_large(&format!("an event may take {MOST_EVENT_BYTES} bytes")));
            }
        }
        if import.events().len() > MOST_EVENTS {
            return Err(too_large(&format!("a request may hold {MOST_EVENTS} events")));
        }
        if json.len() + 2 > MOST_BYTES {
            return Err(too_large(&format!("a request may take {MOST_BYTES} bytes")));
        }
        Ok(Self(json))
    }
}

fn too_large(limit: &str) -> Error {
    let message = format!("The event or the order is too large: at Mixpanel, {limit}");
    Error::integration(message, ErrorCode::from_status(413), 413)
}

/// The items of one request.
#[derive(Debug, Default)]
struct Part {
    slots: Vec<Slot>,
    written: Vec<Written>,
    /// For each event of the request, which of the slots it belongs to.
    owners: Vec<usize>,
    bytes: usize,
}

impl Part {
    /// Adds an item to the last part, or to a new one if the last has no room.
    fn add(parts: &mut Vec<Self>, slot: Slot, events: usize, json: Written) {
        let has_room = parts.last().is_some_and(|part| {
            part.owners.len() + events <= MOST_EVENTS && part.bytes + json.0.len() + 3 <= MOST_BYTES
        });
        if !has_room {
            parts.push(Self::default());
        }
        if let Some(part) = parts.last_mut() {
            part.owners.extend(std::iter::repeat_n(part.slots.len(), events));
            part.bytes += json.0.len() + 1;
            part.slots.push(slot);
            part.written.push(json);
        }
    }

    fn settle(self, ledger: &mut Ledger, answer: Result<Response>, tells_items_apart: bool) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return ledger.fail(self.slots, error),
        };
        let complaints = answer::complaints(&answer);
        if !complaints.is_empty() {
            self.refuse_some(ledger, &answer, &complaints);
        } else if answer.is_success() {
            self.succeed(ledger, &answer, tells_items_apart);
        } else {
            self.refuse_all(ledger, answer, tells_items_apart);
        }
    }

    fn succeed(self, ledger: &mut Ledger, answer: &Response, tells_items_apart: bool) {
        if let Err(error) = answer::taken(answer) {
            return ledger.fail(self.slots, error);
        }
        let body = if tells_items_apart {
            answer::status(answer).into()
        } else {
            answer.data_or_text()
        };
        let warning = answer::warning(answer, self.owners.len());
        for slot in self.slots {
            ledger.succeed(slot, 200, body.clone());
            if let Some(warning) = &warning {
                ledger.warn(slot, warning.as_str());
            }
        }
    }

    /// Errors for the items whose events are named, success for the others.
    fn refuse_some(self, ledger: &mut Ledger, answer: &Response, complaints: &[Complaint]) {
        let mut of_items: Vec<Vec<&Complaint>> = vec![Vec::new(); self.slots.len()];
        let mut unplaced = Vec::new();
        for complaint in complaints {
            match complaint.place.and_then(|place| self.owners.get(place)) {
                Some(item) => of_items[*item].push(complaint),
                None => unplaced.push(complaint.message.as_str()),
            }
        }
        for (slot, complaints) in self.slots.into_iter().zip(of_items) {
            match refusal(&complaints) {
                Some(refusal) => ledger.refuse(slot, refusal),
                None if unplaced.is_empty() => ledger.succeed(slot, 200, Value::from(answer::status(answer))),
                None => {
                    let words = format!(
                        "Mixpanel refuses events that are none of the import: {}",
                        unplaced.join("; ")
                    );
                    ledger.fail([slot], answer.not_understood(words));
                }
            }
        }
    }

    /// An answer about the request as a whole. Without the feature, it is the failure of the batch.
    fn refuse_all(self, ledger: &mut Ledger, answer: Response, tells_items_apart: bool) {
        let failure = Error::Http(Box::new(answer));
        if !tells_items_apart || failure.is_retryable() {
            return ledger.fail(self.slots, failure);
        }
        let words = failure
            .response_data()
            .and_then(|said| said.get("error")?.as_str());
        let mut refusal = ItemError::from_error(&failure).of_whole_request();
        refusal.body = words.map(Value::from);
        for slot in self.slots {
            ledger.refuse(slot, refusal.clone());
        }
    }
}

/// What complaints about the events of one item come to.
fn refusal(complaints: &[&Complaint]) -> Option<ItemError> {
    let messages: Vec<&str> = complaints
        .iter()
        .map(|complaint| complaint.message.as_str())
        .collect();
    let mut refusal = ItemError::new(400, messages.join("; "));
    refusal.body = Some(complaints.first()?.record.clone());
    Some(refusal)
}
