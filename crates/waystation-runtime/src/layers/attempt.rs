//! One attempt at the partner: what it passes, in this order, and what the guards learn from it.

use std::sync::Arc;

use waystation_kit::Error;

use super::{Delivered, Delivery, Target};
use crate::guards::{Breaker, BreakerState, Credentials, Health};
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
        let leave = guards.credentials().map(Credentials::admit).transpose()?;
        // Before anything that waits: a delivery that the partner cannot take now goes back at once.
        let pass = guards.breaker().map(Breaker::admit).transpose()?;
        self.report(pass.as_ref().and_then(|pass| pass.entered));
        // Each request of it waits for its turn by itself, in the connection's transport.
        let result = self.with_token_refresh(delivery).await;
        if let Some(leave) = leave {
            leave.judge(&result);
        }
        self.report(pass.and_then(|pass| pass.judge(Health::of(&result))));
        result
    }

    fn report(&self, entered: Option<BreakerState>) {
        let Some(state) = entered else { return };
        tracing::warn!(state = state.label(), "the breaker has changed");
        let observer = &self.target.options.observer;
        observer.breaker_changed(self.target.place(), state);
    }
}
