//! Outcomes that are unknown: a request went out, and its answer does not say whether the partner took it.
//!
//! Each further try may deliver twice, so there are few: at most
//! [`unknown_outcome_tries`](crate::CallOptions::unknown_outcome_tries) over the life of a delivery, for each item of a
//! batch by itself. The [`History`] counts them for this call, and the caller brings those of earlier calls along. Where
//! the partner [recognises](waystation_kit::ActionInfo::IDEMPOTENT) a repeated request, there is no such bound.

use waystation_kit::Error;

use super::history::History;
use super::verdict::{Verdict, Why};
use crate::layers::{Delivered, Delivery, Target};

/// Counts what is unknown after an attempt, and takes out of its verdict what has had all its further tries.
pub(super) fn bounded(
    verdict: Verdict,
    target: &Target,
    delivery: &Delivery,
    result: &Result<Delivered, Error>,
    history: &History,
) -> Verdict {
    let unknown = unknown_items(delivery, result);
    for (_, index) in &unknown {
        history.note_unknown(*index);
    }
    if unknown.is_empty() || target.action.idempotent {
        return verdict;
    }
    let tries = target.options.unknown_outcome_tries;
    let is_spent = |index: usize| {
        let earlier = target.options.earlier_unknown_outcomes.get(index);
        earlier.copied().unwrap_or_default() + history.unknown_outcomes(index) > tries
    };
    let spent = unknown.into_iter().filter(|(_, index)| is_spent(*index));
    let spent: Vec<usize> = spent.map(|(position, _)| position).collect();
    match verdict {
        Verdict::RetryAll { why, .. } if !spent.is_empty() => Verdict::Final { why },
        Verdict::RetryItems {
            mut indices,
            after,
            why,
        } => {
            indices.retain(|position| spent.binary_search(position).is_err());
            match indices.is_empty() {
                true => Verdict::Final {
                    why: Why::UnknownOutcome,
                },
                false => Verdict::RetryItems { indices, after, why },
            }
        }
        other => other,
    }
}

/// The position in the attempt and the place in the caller's batch of each item whose outcome is unknown.
fn unknown_items(delivery: &Delivery, result: &Result<Delivered, Error>) -> Vec<(usize, usize)> {
    let is_unknown = |position: usize| match result {
        Err(error) => error.outcome_is_unknown(),
        Ok(Delivered::Batch(outcomes)) => {
            let outcome = outcomes.get(position);
            outcome.is_some_and(waystation_kit::ItemOutcome::outcome_is_unknown)
        }
        Ok(_) => false,
    };
    match delivery {
        Delivery::Single { .. } => is_unknown(0).then_some((0, 0)).into_iter().collect(),
        Delivery::Batch(items) | Delivery::Submit(items) => {
            let places = items.iter().map(|item| item.index).enumerate();
            places.filter(|(position, _)| is_unknown(*position)).collect()
        }
        // A question changes nothing at the partner.
        Delivery::Poll(_) => Vec::new(),
    }
}
