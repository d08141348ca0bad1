//! Keeps attempts away from a partner that fails.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Service, ServiceExt};
use waystation_kit::Error;

use super::step::{AttemptFuture, Step};
use super::{Delivered, Delivery, Target};
use crate::guards::{BreakerState, Guards, Health};

/// Asks the connection's breaker before each attempt, and tells it afterwards what it came to.
#[derive(Clone)]
pub struct Breaker<S> {
    inner: S,
    target: Arc<Target>,
}

impl<S> Breaker<S> {
    /// Wraps an attempt.
    #[must_use]
    pub fn new(inner: S, target: Arc<Target>) -> Self {
        Self { inner, target }
    }
}

impl<S: Step> Service<Delivery> for Breaker<S> {
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
        Box::pin(async move { attempt(inner, &target, &guards, delivery).await })
    }
}

async fn attempt(
    inner: impl Step,
    target: &Target,
    guards: &Guards,
    delivery: Delivery,
) -> Result<Delivered, Error> {
    let Some(breaker) = guards.breaker() else {
        return inner.oneshot(delivery).await;
    };
    let pass = breaker.admit()?;
    report(target, pass.entered);
    let result = inner.oneshot(delivery).await;
    report(target, pass.judge(Health::of(&result)));
    result
}

fn report(target: &Target, entered: Option<BreakerState>) {
    let Some(state) = entered else { return };
    tracing::warn!(state = state.label(), "the breaker has changed");
    target.options.observer.breaker_changed(target.place(), state);
}
