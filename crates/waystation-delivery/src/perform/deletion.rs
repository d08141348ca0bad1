//! A deletion, by itself.

use std::time::Duration;

use waystation_kit::{Error as ActionError, Output};
use waystation_queue::{Leased, Settlement};
use waystation_runtime::entries::account::delete_user;
use waystation_runtime::retry::{Attempt, Verdict, Why};
use waystation_runtime::{Error, EventOutcome};

use super::{Performer, is_cut_off, readable};
use crate::detail::Trail;
use crate::settlement::{self, Span, UnknownOutcomes};

impl Performer {
    /// Has the partner delete a person.
    pub(super) async fn delete(&self, leased: Leased) -> Vec<Settlement> {
        let (mut leased, mut events, settled) = readable(vec![leased], self.clock().now());
        let (Some(leased), Some(event)) = (leased.pop(), events.pop()) else {
            return settled;
        };
        let begun = self.begin([&leased]);
        let deleted = delete_user(self.connection.runtime(), &event, &begun.call.options).await;
        let result = match deleted {
            Ok(Some(_)) => Ok(EventOutcome::Performed {
                validated: false,
                output: Output::Nothing,
            }),
            Ok(None) => Err(Error::Action(ActionError::not_implemented(
                "The destination of this connection offers no deletion of people.",
            ))),
            Err(error) => Err(error),
        };
        if result.as_ref().is_err_and(is_cut_off) {
            return Vec::new();
        }
        let attempt = Attempt {
            number: 1,
            items: 1,
            duration: begun.call.elapsed(),
            sent_after: (!begun.call.exchanges().is_empty()).then_some(Duration::ZERO),
            verdict: match &result {
                Ok(_) => Verdict::Delivered,
                Err(_) => Verdict::Final { why: Why::Unexpected },
            },
            waited: None,
            gave_up: None,
        };
        let trail = Trail::new(
            &[attempt],
            begun.call.record(),
            self.connection.redactor(),
            &self.resources.record,
        );
        let span = Span {
            started_at: begun.started_at,
            finished_at: self.clock().now(),
        };
        let unknown = UnknownOutcomes {
            so_far: leased.unknown_outcomes,
            // Who is gone can be deleted again.
            tries: u32::MAX,
        };
        let policy = &self.connection.config().policy;
        vec![settlement::of_event(
            leased, &result, None, unknown, &trail, span, policy,
        )]
    }
}
