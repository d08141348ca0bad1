//! What the OpenAPI document says of bodies and answers. These types are read by nobody else.
#![allow(dead_code)]

use serde_json::{Map, Value};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi, Ref, RefOr};
use utoipa::{IntoResponses, Modify, PartialSchema, ToSchema};

use crate::answer::Success;

/// The parts of the document that belong to no single route.
#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(EventBody, BatchItem, BatchBody, AnyEvent, AnyBatch, Success, IngestError)),
    modifiers(&WriteKey),
    tags((name = "tracking", description = "Events come in, as with Segment's HTTP tracking API. A slash at the end of a path is as good. For \
         browsers there are short paths, `/v1/i`, `/v1/t`, `/v1/p`, `/v1/s`, `/v1/g`, `/v1/a` and `/v1/b`, which add \
         `context.ip`."))
)]
pub(crate) struct Common;

/// An event. Fields that are not listed are kept.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct EventBody {
    /// The id of the person; this or `anonymousId` must be there.
    user_id: Option<String>,
    /// The id of somebody not yet known.
    anonymous_id: Option<String>,
    /// The name of a track event.
    event: Option<String>,
    /// The name of a page or a screen.
    name: Option<String>,
    /// The id of a group.
    group_id: Option<String>,
    /// The id that the person of an alias had.
    previous_id: Option<String>,
    /// What is to be said of a track, page or screen event.
    properties: Option<Map<String, Value>>,
    /// What is known of the person or the group.
    traits: Option<Map<String, Value>>,
    /// The circumstances.
    context: Option<Map<String, Value>>,
    /// Which destinations may have the event.
    integrations: Option<Map<String, Value>>,
    /// Makes the event the only one of its kind; fewer than 100 characters. Made up if left out.
    message_id: Option<String>,
    /// When it happened, by the sender's clock: ISO 8601.
    timestamp: Option<String>,
    /// When it was sent, by the sender's clock: ISO 8601.
    sent_at: Option<String>,
    /// The key of the source, unless it is the user of basic authentication.
    write_key: Option<String>,
}

/// An event of a batch: as on the route of its type, and its type.
#[derive(ToSchema)]
pub(crate) struct BatchItem {
    /// What it is: identify, track, page, screen, group or alias.
    r#type: String,
    #[schema(inline = false)]
    #[serde(flatten)]
    event: EventBody,
}

/// Events of any type.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct BatchBody {
    /// The events.
    #[schema(min_items = 1)]
    batch: Vec<BatchItem>,
    /// Goes into the context of every event; where both say something, the event's own counts.
    context: Option<Map<String, Value>>,
    /// Goes into the integrations of every event; where both say something, the event's own counts.
    integrations: Option<Map<String, Value>>,
    /// When the batch was sent, by the sender's clock: ISO 8601.
    sent_at: Option<String>,
    /// The key of the source, unless it is the user of basic authentication.
    write_key: Option<String>,
}

const ANY_EVENT: &str = "An event. An object that is none, or has a field of another type, is taken as well, and \
                         kept as a dead letter if nobody can get it.";

const ANY_BATCH: &str = "Events of any type. Whatever is in the list is taken; what is no event is kept as a dead \
                         letter, and does not cost the others.";

/// What a route for one event takes: an event as it should be, or whatever a sender took for one.
pub(crate) struct AnyEvent;

impl PartialSchema for AnyEvent {
    fn schema() -> RefOr<Schema> {
        let event = Ref::from_schema_name(EventBody::name());
        let schema = AnyOfBuilder::new().item(event).item(object("OtherEvent"));
        Schema::AnyOf(schema.description(Some(ANY_EVENT)).build()).into()
    }
}

impl ToSchema for AnyEvent {}

/// What a route for batches takes.
pub(crate) struct AnyBatch;

impl PartialSchema for AnyBatch {
    fn schema() -> RefOr<Schema> {
        let anything = ArrayBuilder::new().items(Value::schema()).min_items(Some(1));
        let other = object("OtherBatch").property("batch", anything).required("batch");
        let batch = Ref::from_schema_name(BatchBody::name());
        let schema = AnyOfBuilder::new().item(batch).item(other);
        Schema::AnyOf(schema.description(Some(ANY_BATCH)).build()).into()
    }
}

impl ToSchema for AnyBatch {}

fn object(title: &str) -> ObjectBuilder {
    let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
    object.title(Some(title))
}

/// Why nothing was taken.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct IngestError {
    /// Always false.
    success: bool,
    /// A name that never changes, such as `INVALID_WRITE_KEY`.
    code: String,
    /// A sentence for a person.
    message: String,
    /// The request's id, as in the header `x-request-id` and in the log.
    request_id: String,
}

/// What all routes answer.
#[derive(IntoResponses)]
pub(crate) enum Answers {
    /// Every event is on disk. Those that can be delivered to nobody are kept as dead letters.
    #[response(status = 200)]
    Kept(Success),
    /// The body is not JSON, not what the route takes, or too large. Trying again is of no use.
    #[response(status = 400)]
    Invalid(IngestError),
    /// No source has this write key.
    #[response(status = 401)]
    UnknownSource(IngestError),
    /// The body is packed in an unknown way.
    #[response(status = 415)]
    UnknownEncoding(IngestError),
    /// The source sends too much.
    #[response(status = 429, headers(("Retry-After" = u64, description = "Seconds to wait.")))]
    TooMany(IngestError),
    /// The queue is full, or the server is shutting down.
    #[response(status = 503, headers(("Retry-After" = u64, description = "Seconds to wait.")))]
    NotNow(IngestError),
}

/// Basic authentication with the write key as user.
struct WriteKey;

impl Modify for WriteKey {
    fn modify(&self, document: &mut OpenApi) {
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some("The write key as user, and no password.".into());
        let components = document.components.take().unwrap_or_default();
        let components = ComponentsBuilder::from(components);
        document.components = Some(
            components
                .security_scheme("write_key", SecurityScheme::Http(basic))
                .build(),
        );
    }
}
