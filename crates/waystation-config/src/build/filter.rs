//! Which events: the filters of subscriptions.

use waystation_fql::{Position, Subscription};
use waystation_runtime::destination::LoadedAction;

use super::Builder;
use crate::document::{Located, Spot};
use crate::fault::Problem;

impl Builder<'_, '_> {
    /// The filter that is written, else the action's own. What is wrong with it is told, and what looks wrong.
    pub(super) fn filter(
        &mut self,
        written: Option<&Located<String>>,
        slug: &Located<String>,
        action: &LoadedAction,
    ) -> Option<String> {
        let Some(written) = written else {
            let own = action.definition().subscribe.filter(|own| !own.is_empty());
            if own.is_none() {
                let action = slug.value.clone();
                self.findings.add(&slug.spot, Problem::NoFilter { action });
            }
            return own.map(str::to_owned);
        };
        match Subscription::parse_with_warnings(&written.value) {
            Ok((_, warnings)) => {
                for warning in warnings {
                    let (spot, reason) =
                        self.pinpoint(written, warning.position, &warning.suspicion.to_string());
                    self.findings.add(&spot, Problem::SuspectFilter { reason });
                }
                Some(written.value.clone())
            }
            Err(error) => {
                let (spot, reason) = self.pinpoint(written, error.position, &error.problem.to_string());
                self.findings.add(&spot, Problem::Filter { reason });
                None
            }
        }
    }

    /// The place in the file of a place in the filter. If the filter is written with escapes, so that the place
    /// cannot be found, the reason names it.
    fn pinpoint(&self, written: &Located<String>, position: Position, reason: &str) -> (Spot, String) {
        match self
            .findings
            .within(&written.value, &written.spot, position.offset)
        {
            Some(spot) => (spot, reason.to_owned()),
            None => (written.spot.clone(), format!("{reason} ({position} of it)")),
        }
    }
}
