//! Puts deliveries aside that wait for the end of a pause.

use std::collections::BTreeMap;
use std::sync::Arc;

use waystation_queue::{Failure, Leased, Millis, Report, Settled, Settlement, Stage};

/// Settlements that park deliveries, by action.
#[derive(Debug, Default)]
pub(super) struct Parking(BTreeMap<Arc<str>, Vec<Settlement>>);

impl Parking {
    /// Parks a delivery, which learns why.
    pub(super) fn add(&mut self, leased: Leased, why: String, now: Millis) {
        let action = leased.action.clone().unwrap_or_else(|| "".into());
        let outcome = Settled::Again {
            due: Millis::PARKED,
            resume: leased.resume,
            unknown_outcomes: leased.unknown_outcomes,
            failure: Failure {
                stage: Stage::Delivery,
                status: None,
                error_type: None,
                message: "It was not sent yet".to_owned(),
                held_back: Some(why),
            },
            report: Report::unsent(now),
        };
        self.0.entry(action).or_default().push(Settlement {
            lease: leased.lease,
            outcome,
        });
    }

    /// The settlements of each action.
    pub(super) fn into_actions(self) -> impl Iterator<Item = (Arc<str>, Vec<Settlement>)> {
        self.0.into_iter()
    }
}
