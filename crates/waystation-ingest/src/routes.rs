//! The documented routes, one by one.

use axum::extract::{Request, State};

use crate::answer::{Failure, Success};
use crate::event_type::EventType;
use crate::ingest::{Call, Caller, Ingest};
use crate::openapi::{Answers, AnyBatch, AnyEvent};

type Answer = Result<Success, Failure>;

/// Who somebody is, and what is known of them
#[utoipa::path(
    post,
    path = "/v1/identify",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn identify(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Identify, request).await
}

/// Something that somebody did
#[utoipa::path(
    post,
    path = "/v1/track",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn track(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Track, request).await
}

/// A page that somebody saw
#[utoipa::path(
    post,
    path = "/v1/page",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn page(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Page, request).await
}

/// A screen that somebody saw
#[utoipa::path(
    post,
    path = "/v1/screen",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn screen(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Screen, request).await
}

/// A group that somebody belongs to
#[utoipa::path(
    post,
    path = "/v1/group",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn group(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Group, request).await
}

/// Two ids of the same person
#[utoipa::path(
    post,
    path = "/v1/alias",
    tag = "tracking",
    request_body(content((AnyEvent = "application/json"), (AnyEvent = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn alias(State(ingest): State<Ingest>, request: Request) -> Answer {
    one(ingest, EventType::Alias, request).await
}

/// Any number of events
#[utoipa::path(
    post,
    path = "/v1/batch",
    tag = "tracking",
    request_body(content((AnyBatch = "application/json"), (AnyBatch = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn batch(State(ingest): State<Ingest>, request: Request) -> Answer {
    ingest.take(Call::Batch, Caller::Anybody, request).await
}

/// Any number of events of the past, each with its `timestamp`; the same as `/v1/batch`
#[utoipa::path(
    post,
    path = "/v1/import",
    tag = "tracking",
    request_body(content((AnyBatch = "application/json"), (AnyBatch = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn import(State(ingest): State<Ingest>, request: Request) -> Answer {
    ingest.take(Call::Batch, Caller::Anybody, request).await
}

async fn one(ingest: Ingest, event_type: EventType, request: Request) -> Answer {
    ingest
        .take(Call::Single(event_type), Caller::Anybody, request)
        .await
}
