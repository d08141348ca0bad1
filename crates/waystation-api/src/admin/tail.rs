//! `GET /admin/v1/deliveries/tail`

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};
use utoipa::{IntoParams, ToSchema};
use waystation_delivery::{Happening, Heard, Outcome, Watcher};
use waystation_http::{ApiError, Code};
use waystation_queue::{DeliveryId, OutcomeKind, RecordFilter, RecordQuery};

use super::filter::boolean;
use crate::app::{App, store_failed};
use crate::parameters::{Parameters, one_of};
use crate::problem::{BadRequest, Denied, NoStore, Problem};
use crate::shown::delivery::ShownDelivery;
use crate::shown::names;

/// How many deliveries a second a tail shows; each is read from the store, which has better things to do.
const MOST_A_SECOND: u32 = 200;

/// How often something is sent although nothing happens, so that proxies keep the connection and dead ones are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Which deliveries are told of.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TailParameters {
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection.
    connection: Option<String>,
    /// What they came to; `waiting` for those that failed for now.
    #[param(schema_with = names::outcomes)]
    outcome: Option<String>,
    /// Whether they failed, for now or for good.
    #[param(value_type = Option<bool>)]
    failed: Option<String>,
}

/// Which deliveries are told of.
struct Wanted {
    source: Option<String>,
    connection: Option<String>,
    outcome: Option<OutcomeKind>,
    failed: Option<bool>,
}

/// How many deliveries were passed over, because more happened than a tail shows or its reader took.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Missed {
    missed: u64,
}

/// One of the events, as OpenAPI 3.1 can describe it: `data` is a text that holds JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a schema; the stream is written by axum")]
struct TailEvent {
    /// `delivery` or `missed`.
    event: String,
    /// The number of the delivery.
    id: Option<String>,
    /// A delivery, or how many were missed, as JSON.
    data: String,
}

/// Follow deliveries
///
/// What becomes of deliveries, as it happens, as server-sent events: `delivery` with the delivery as lists show it, once
/// for each round that ends; `missed` with how many were passed over, for more than 200 a second are not shown. It
/// begins with now, and goes on until the caller hangs up or the service ends. `GET /admin/v1/deliveries` has what was
/// before.
#[utoipa::path(
    get,
    path = "/deliveries/tail",
    operation_id = "tailDeliveries",
    tag = "administration",
    params(TailParameters),
    responses(
        (status = 200, description = "Events, until the caller hangs up. `data` of `delivery` is a delivery; `data` of \
                                      `missed` has the member `missed`.",
            content((TailEvent = "text/event-stream"))),
        (status = 429, description = "Too many callers follow deliveries already: `TOO_MANY_REQUESTS`.", body = Problem),
        BadRequest, Denied, NoStore,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn tail(
    State(app): State<App>,
    Parameters(parameters): Parameters<TailParameters>,
) -> Result<Response, ApiError> {
    let wanted = Wanted::try_from(parameters)?;
    let watcher = app.api().deliveries.live().watch().ok_or_else(|| {
        let message = "Too many callers follow deliveries already: try again when one of them has hung up.";
        ApiError::new(Code::TooManyRequests, message).retry_after(KEEP_ALIVE)
    })?;
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let events = Sse::new(events(app, watcher, wanted)).keep_alive(keep_alive);
    // Proxies that gather answers would show nothing for long.
    Ok(([("x-accel-buffering", "no")], events).into_response())
}

impl TryFrom<TailParameters> for Wanted {
    type Error = ApiError;

    fn try_from(parameters: TailParameters) -> Result<Self, ApiError> {
        Ok(Self {
            source: parameters.source,
            connection: parameters.connection,
            outcome: one_of(
                "outcome",
                parameters.outcome.as_deref(),
                OutcomeKind::ALL,
                OutcomeKind::name,
            )?,
            failed: boolean("failed", parameters.failed.as_deref())?,
        })
    }
}

impl Wanted {
    /// Whether it can be told without the store that this is not wanted.
    fn refuses(&self, happening: &Happening) -> bool {
        let kind = kind(happening.outcome);
        let has_failed = matches!(kind, OutcomeKind::Waiting | OutcomeKind::Dead);
        let is_other = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_some_and(|wanted| is != Some(wanted))
        };
        self.outcome.is_some_and(|wanted| wanted != kind)
            || self.failed.is_some_and(|wanted| wanted != has_failed)
            || is_other(&self.connection, happening.connection.as_deref())
            || (happening.source.is_some() && is_other(&self.source, happening.source.as_deref()))
    }

    fn takes(&self, delivery: &ShownDelivery) -> bool {
        self.source
            .as_deref()
            .is_none_or(|source| delivery.source() == source)
    }
}

const fn kind(outcome: Outcome) -> OutcomeKind {
    match outcome {
        Outcome::Delivered | Outcome::Warned => OutcomeKind::Delivered,
        Outcome::Skipped(_) => OutcomeKind::Skipped,
        Outcome::Again => OutcomeKind::Waiting,
        Outcome::Dead(_) => OutcomeKind::Dead,
    }
}

/// Where a tail is.
struct Tail {
    app: App,
    watcher: Watcher,
    wanted: Wanted,
    second: Instant,
    shown: u32,
    missed: u64,
}

fn events(app: App, watcher: Watcher, wanted: Wanted) -> impl Stream<Item = Result<Event, Infallible>> {
    let tail = Tail {
        app,
        watcher,
        wanted,
        second: Instant::now(),
        shown: 0,
        missed: 0,
    };
    futures_util::stream::unfold(tail, async |mut tail| {
        let event = tail.next().await?;
        Some((Ok(event), tail))
    })
}

impl Tail {
    /// The next event; none once the service ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let second_ends = self.second + Duration::from_secs(1);
            let heard = tokio::select! {
                () = sleep_until(second_ends), if self.missed > 0 => {
                    let missed = std::mem::take(&mut self.missed);
                    return Some(event("missed", None, &Missed { missed }));
                }
                heard = self.watcher.next() => heard?,
            };
            match heard {
                Heard::Missed(missed) => self.missed += missed,
                Heard::Happening(happening) if self.wanted.refuses(&happening) => {}
                Heard::Happening(_) if !self.has_room() => self.missed += 1,
                Heard::Happening(happening) => {
                    if let Some(delivery) = self.read(happening.delivery).await {
                        return Some(event("delivery", Some(happening.delivery), &delivery));
                    }
                }
            }
        }
    }

    /// Whether one more may be shown in this second; it is counted then.
    fn has_room(&mut self) -> bool {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.second = Instant::now();
            self.shown = 0;
        }
        let has_room = self.shown < MOST_A_SECOND;
        self.shown += u32::from(has_room);
        has_room
    }

    /// The delivery as it is now, if it is there and wanted.
    async fn read(&mut self, id: DeliveryId) -> Option<ShownDelivery> {
        let query = RecordQuery {
            filter: RecordFilter::default(),
            before: Some(DeliveryId(id.0.checked_add(1)?)),
            limit: 1,
        };
        let page = match self.app.api().queue.records(query).await {
            Ok(page) => page,
            Err(error) => {
                // Told in the log; whoever follows sees that something is missing.
                let _ = store_failed(error);
                self.missed += 1;
                return None;
            }
        };
        let record = page.items.into_iter().find(|record| record.id == id)?;
        Some(ShownDelivery::from(record)).filter(|delivery| self.wanted.takes(delivery))
    }
}

fn event(name: &str, id: Option<DeliveryId>, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    let event = match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    };
    // What cannot be written as JSON does not occur among what is shown.
    event.json_data(data).unwrap_or_default()
}
