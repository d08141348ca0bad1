//! Keeps the number of attempts at the partner within its limit.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Service, ServiceExt};
use waystation_kit::Error;

use super::step::{AttemptFuture, Step};
use super::{Delivered, Delivery, Target};
use crate::guards::{Guards, Health, Permit};

/// Takes a permit for each attempt and gives it back at its end.
#[derive(Clone)]
pub struct Concurrency<S> {
    inner: S,
    target: Arc<Target>,
}

impl<S> Concurrency<S> {
    /// Wraps an attempt.
    #[must_use]
    pub fn new(inner: S, target: Arc<Target>) -> Self {
        Self { inner, target }
    }
}

impl<S: Step> Service<Delivery> for Concurrency<S> {
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
            let permit = permit(&guards, &target).await?;
            let result = inner.oneshot(delivery).await;
            permit.finish(Health::of(&result));
            result
        })
    }
}

/// A permit that can be used at once: the partner may have asked for a rest while this attempt stood in line,
/// and then its turn comes later, without a permit in the meantime.
async fn permit<'guards>(guards: &'guards Guards, target: &Target) -> Result<Permit<'guards>, Error> {
    loop {
        let permit = guards.unless_tripped(guards.concurrency().acquire()).await?;
        if !guards.is_held() {
            return Ok(permit);
        }
        drop(permit);
        guards
            .wait_for_turn(target.options.retries.longest_partner_wait)
            .await?;
    }
}
