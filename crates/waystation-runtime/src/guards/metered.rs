//! Meters the requests that leave: each waits for its turn here, whatever the action makes of its payload.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_kit::services::Clock;
use waystation_kit::{Error, Result};

use super::Guards;
use super::hold::asked_rest;
use crate::connection::{CallOptions, Connection};
use crate::observe::{Observer, Place};
use crate::retry::History;

/// The transport of one call to a guarded connection.
#[derive(Debug)]
pub(crate) struct Metered {
    inner: Arc<dyn Transport>,
    guards: Arc<Guards>,
    history: History,
    observer: Arc<dyn Observer>,
    place: Place,
    clock: Clock,
    /// How long the first request of an attempt waits for its turn.
    patience: Duration,
    /// When the caller's patience ends.
    deadline: Option<Instant>,
}

impl Metered {
    /// The caller's options with a transport that waits for the connection's turn before each request, and gives the
    /// connection the rest that an answer asks for. Without guards they stay as they are.
    pub(crate) fn options(
        connection: &Connection,
        options: &CallOptions,
        place: Place,
        history: &History,
    ) -> CallOptions {
        let Some(guards) = connection.guards() else {
            return options.clone();
        };
        let deadline = options.deadline;
        let metered = Self {
            inner: Arc::clone(&options.transport),
            guards: Arc::clone(guards),
            history: history.clone(),
            observer: Arc::clone(&options.observer),
            place,
            clock: options.services.clock.clone(),
            patience: options.retries.longest_partner_wait,
            deadline: deadline.and_then(|deadline| Instant::now().checked_add(deadline)),
        };
        CallOptions {
            transport: Arc::new(metered),
            ..options.clone()
        }
    }

    /// How long a request waits for the rate. What goes on from a request that has left waits as long as its caller
    /// does: it would begin anew elsewhere, and wait for its turn there.
    fn patience(&self) -> Duration {
        if !self.history.is_sent() {
            return self.patience;
        }
        let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
        self.deadline.map_or(Duration::MAX, left).max(self.patience)
    }

    async fn exchange(&self, request: OutgoingRequest) -> Result<Answer> {
        let came = Instant::now();
        let permit = self.guards.permit(self.patience, self.patience()).await;
        self.history.waited_for_turn(came.elapsed());
        let permit = permit?;
        self.history.sent(Instant::now());
        let result = self.inner.send(request).await;
        let asked = match &result {
            Ok(answer) => asked_rest(answer, self.clock.now_millis()),
            Err(_) => None,
        };
        if matches!(&result, Ok(answer) if answer.status == 429) || asked.is_some() {
            self.history.limited();
        }
        if let Some(rest) = self.guards.learn(permit, &result, asked) {
            tracing::warn!(
                rest_ms = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX),
                "the partner asks for a rest of the whole connection"
            );
            self.observer.held(self.place, rest);
        }
        result
    }
}

impl Transport for Metered {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(self.exchange(request))
    }
}
