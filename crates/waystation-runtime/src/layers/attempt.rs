//! One attempt at the partner: what it passes, in this order, and what the guards learn from it.

use std::sync::Arc;

use waystation_kit::Error;

use super::{Delivered, Delivery, Target};
use crate::guards::{Breaker, BreakerState, Guards, Health, Permit};
use crate::retry::{History, Progress};

/// What the attempts of one delivery share.
#[derive(Clone)]
pub(super) struct Attempting {
    pub(super) target: Arc<Target>,
    pub(super) history: History,
    pub(super) progress: Progress,
}

impl Attempting {
    /// Makes an attempt. Whatever it takes of the guards it gives back at its end, even if it is cut off.
    pub(super) async fn attempt(self, delivery: Delivery) -> Result<Delivered, Error> {
        let Some(guards) = self.target.connection.guards() else {
            return self.with_token_refresh(delivery).await;
        };
        // Before anything that waits: a delivery that the partner cannot take now goes back at once.
        let pass = guards.breaker().map(Breaker::admit).transpose()?;
        self.report(pass.as_ref().and_then(|pass| pass.entered));
        // Before the permit, so that who waits for a turn keeps none from others.
        guards.wait_for_turn(self.patience()).await?;
        // Around what takes the partner's time and nothing else, for that is what the limit is learned from.
        let permit = self.permit(guards).await?;
        // Innermost: a refused token is no failure of the partner, and the second call belongs to the attempt.
        let result = self.with_token_refresh(delivery).await;
        let health = Health::of(&result);
        permit.finish(health);
        self.hold(guards, &result);
        self.report(pass.and_then(|pass| pass.judge(health)));
        result
    }

    /// A permit that can be used at once: the partner may have asked for a rest while this attempt stood in line,
    /// and then its turn comes later, without a permit in the meantime.
    async fn permit<'guards>(&self, guards: &'guards Guards) -> Result<Permit<'guards>, Error> {
        loop {
            let permit = guards.unless_tripped(guards.concurrency().acquire()).await?;
            if !guards.is_held() {
                return Ok(permit);
            }
            drop(permit);
            guards.wait_for_turn(self.patience()).await?;
        }
    }

    fn patience(&self) -> std::time::Duration {
        self.target.options.retries.longest_partner_wait
    }

    /// An answer that asks for a rest holds the whole connection.
    fn hold(&self, guards: &Guards, result: &Result<Delivered, Error>) {
        let Target { options, .. } = &*self.target;
        if let Some(rest) = guards.rest_after(result, options.services.clock.now_millis()) {
            tracing::warn!(
                rest_ms = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX),
                "the partner asks for a rest of the whole connection"
            );
            options.observer.held(self.target.place(), rest);
        }
    }

    fn report(&self, entered: Option<BreakerState>) {
        let Some(state) = entered else { return };
        tracing::warn!(state = state.label(), "the breaker has changed");
        let observer = &self.target.options.observer;
        observer.breaker_changed(self.target.place(), state);
    }
}
