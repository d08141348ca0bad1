//! Something that a person did.

use serde_json::Number;
use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Klaviyo;
use crate::client::url;
use crate::events::{self, EventProfile};
use crate::fields::Batching;
use crate::report::{CountryCode, show_phone_number};
use crate::submission::{Shown, Submission};
use crate::wire::{document, resource};

/// An event of a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackEvent {
    /// Who did it. At least one of email address, phone number, external ID and anonymous ID is needed; other
    /// keys become attributes of the profile.
    #[field(label = "Profile", additional_properties)]
    pub profile: EventProfile,
    /// What the event is counted under, in fewer than 128 characters.
    #[field(label = "Metric name", default = path("$.event"))]
    pub metric_name: String,
    /// What else is known about the event.
    #[field(label = "Properties", default = path("$.properties"))]
    pub properties: JsonObject,
    /// When it happened; the time of arrival if left out. Klaviyo counts in seconds, and takes times from the
    /// year 2000 to a year ahead.
    #[field(label = "Time", default = path("$.timestamp"))]
    pub time: Option<Datetime>,
    /// What it is worth, for example the price of a purchase.
    #[field(label = "Value")]
    pub value: Option<Number>,
    /// The ID of the event, by which Klaviyo recognizes events of a person and a metric that it already has.
    /// If it is left out, the time in seconds takes its place.
    #[field(label = "Unique ID", default = path("$.messageId"))]
    pub unique_id: Option<String>,
}

fn batching() -> Fields {
    Batching {
        initially: Some(true),
        least: 100,
        most: 1000,
        keys: &[],
    }
    .fields()
}

impl ActionInfo<Klaviyo> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Record what a person did.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<Klaviyo> for TrackEvent {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        let (profile, event) = payload.split();
        let profile = events::profile(profile.into_actor()?.attributes);
        let event = resource("event", event.attributes()?.with("profile", profile));
        let request = cx.post(url("/events/")).json(&document(event));
        Ok(request.send().await?.into())
    }
}

/// A job ([reference](https://developers.klaviyo.com/en/reference/bulk_create_events)) around its events.
const BEFORE: &str =
    r#"{"data":{"type":"event-bulk-create-job","attributes":{"events-bulk-create":{"data":["#;
const AFTER: &str = "]}}}}";

/// Where errors point if they are about events of the job.
const EVENTS_AT: &str = "/data/attributes/events-bulk-create/data";

const LIMITS: PartLimits = PartLimits {
    items: 1000,
    bytes: 5_000_000,
    item_bytes: usize::MAX,
    envelope_bytes: BEFORE.len() + AFTER.len(),
};

impl BatchAction<Klaviyo> for TrackEvent {
    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        let submission = Submission::new(batch, LIMITS, Shown::Item, |payload, given| {
            let (profile, event) = payload.split();
            let actor = profile.into_actor()?;
            show_phone_number(
                given,
                "/profile",
                actor.phone_number.as_ref(),
                CountryCode::Dropped,
            );
            let event = resource("event", event.attributes()?);
            let attributes = WireObject::new()
                .with("profile", events::profile(actor.attributes))
                .with("events", document(vec![event]));
            Ok(resource("event-bulk-create", attributes))
        });
        let mut submission = submission.with_items_at(EVENTS_AT);
        while let Some(part) = submission.next_part() {
            let request = cx.post(url("/event-bulk-create-jobs/"));
            let job = part.json_between(BEFORE, AFTER);
            submission.settle(part, request.json_bytes(job).send().await);
        }
        submission.finish()
    }
}

/// What was done, whoever did it.
struct Event {
    metric_name: String,
    properties: JsonObject,
    time: Option<Datetime>,
    value: Option<Number>,
    unique_id: Option<String>,
}

impl TrackEvent {
    fn split(self) -> (EventProfile, Event) {
        let event = Event {
            metric_name: self.metric_name,
            properties: self.properties,
            time: self.time,
            value: self.value,
            unique_id: self.unique_id,
        };
        (self.profile, event)
    }
}

impl Event {
    fn attributes(self) -> Result<WireObject> {
        let time = self.time.as_ref().map(events::moment).transpose()?;
        Ok(WireObject::new()
            .with("properties", self.properties)
            .with_some("time", time)
            .with_some("value", self.value)
            .with_some("unique_id", self.unique_id)
            .with("metric", events::metric(self.metric_name)))
    }
}
