//! Something that a person did.

use std::collections::HashMap;

use serde_json::Number;
use waystation_kit::RequestKey;
use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;
use waystation_kit::text::filled;
use waystation_kit::wire::value;

use crate::Klaviyo;
use crate::answer::taken;
use crate::client::{ACCEPTED, url};
use crate::events::{self, EventAttributes, EventProfile};
use crate::fields::gathered;
use crate::report::{CountryCode, show_phone_number};
use crate::submission::{Shown, Submission};
use crate::wire::{self, Document, Resource};

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
    gathered(&Batching::up_to(1000).at_least(100))
}

impl ActionInfo<Klaviyo> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Record what a person did.";
    // By the unique ID.
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<Klaviyo> for TrackEvent {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        let actor = payload.profile.clone().into_actor()?;
        let time = payload.moment()?;
        let event = EventAttributes {
            profile: Some(wire::new("profile", &actor.attributes)),
            ..payload.event(time.as_deref())
        };
        Ok(events::send(cx, &event).await?.into())
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
        let jobs = jobs(&batch);
        let submission = Submission::grouped(batch, &jobs, LIMITS, Shown::Item, |payload, given| {
            let actor = payload.profile.clone().into_actor()?;
            show_phone_number(
                given,
                "/profile",
                actor.phone_number.as_ref(),
                CountryCode::Dropped,
            );
            let time = payload.moment()?;
            let event = Resource {
                kind: "event",
                attributes: payload.event(time.as_deref()),
            };
            value(&Resource {
                kind: "event-bulk-create",
                attributes: EventsOfProfile {
                    profile: wire::new("profile", &actor.attributes),
                    events: Document { data: [event] },
                },
            })
        });
        let mut submission = submission.with_items_at(EVENTS_AT);
        while let Some(part) = submission.next_part() {
            let request = cx.post(url("/event-bulk-create-jobs/"));
            let job = part.json_between(BEFORE, AFTER);
            let answer = request.json_bytes(job).send().await;
            submission.settle(part, answer.and_then(|answer| taken(answer, ACCEPTED)));
        }
        submission.finish()
    }
}

/// The job that each event goes into: Klaviyo refuses a job that has the same event twice.
fn jobs(batch: &Batch<TrackEvent>) -> Vec<usize> {
    let mut times = HashMap::new();
    let job = |payload: &TrackEvent| {
        filled(&payload.unique_id).map_or(0, |unique_id| {
            let event = RequestKey::of(&(&payload.profile, &payload.metric_name, unique_id));
            let times: &mut usize = times.entry(event).or_default();
            *times += 1;
            *times - 1
        })
    };
    batch.payloads().map(job).collect()
}

/// What a person did, in a job.
#[derive(Serialize)]
struct EventsOfProfile<'a> {
    profile: Document<Resource<&'a JsonObject>>,
    events: Document<[Resource<EventAttributes<'a>>; 1]>,
}

impl TrackEvent {
    fn moment(&self) -> Result<Option<String>> {
        self.time.as_ref().map(events::moment).transpose()
    }

    /// What was done, whoever did it.
    fn event<'a>(&'a self, time: Option<&'a str>) -> EventAttributes<'a> {
        EventAttributes {
            time,
            value: self.value.as_ref(),
            unique_id: self.unique_id.as_deref(),
            ..EventAttributes::new(&self.metric_name, &self.properties)
        }
    }
}
