//! Keeps attempts within the partner's limits, and gives it the rest that it asks for.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Service, ServiceExt};
use waystation_kit::Error;

use super::step::{AttemptFuture, Step};
use super::{Delivered, Delivery, Target};
use crate::guards::Guards;

/// Waits for the connection's turn before each attempt; an answer that asks for a rest holds all of them.
#[derive(Clone)]
pub struct RateLimit<S> {
    inner: S,
    target: Arc<Target>,
}

impl<S> RateLimit<S> {
    /// Wraps an attempt.
    #[must_use]
    pub fn new(inner: S, target: Arc<Target>) -> Self {
        Self { inner, target }
    }
}

impl<S: Step> Service<Delivery> for RateLimit<S> {
    type Response = Delivered;
    type Error = Error;
    type Future = AttemptFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, delivery: Delivery) -> AttemptFuture {
        let Some(guards) = self.target.connection.guards().cloned() else {
            return self.inner.call(delivery);
        };
        let (inner, target) = (self.inner.clone(), Arc::clone(&self.target));
        Box::pin(async move {
            guards
                .wait_for_turn(target.options.retries.longest_partner_wait)
                .await?;
            let result = inner.oneshot(delivery).await;
            hold(&guards, &target, &result);
            result
        })
    }
}

fn hold(guards: &Guards, target: &Target, result: &Result<Delivered, Error>) {
    let now_millis = target.options.services.clock.now_millis();
    if let Some(rest) = guards.rest_after(result, now_millis) {
        tracing::warn!(?rest, "the partner asks for a rest of the whole connection");
        target.options.observer.held(target.place(), rest);
    }
}
