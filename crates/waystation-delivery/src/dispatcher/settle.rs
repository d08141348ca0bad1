//! Puts on disk what became of deliveries.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use waystation_queue::{Failure, Remedy, Settled, Settlement, Unsettled};

use crate::connection::OpenConnection;
use crate::live::{Happening, Live};
use crate::settlement;
use crate::supervisor::Resources;

/// How long settlements are still tried once everything is cut off. What is not on disk by then is sent again after the
/// next start.
pub(crate) const LAST_TRIES: Duration = Duration::from_secs(3);

/// The pause after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Puts settlements on disk, however long that takes, for what was delivered must not be sent again; until everything is
/// cut off, and for [`LAST_TRIES`] after that. Only what is on disk is counted.
pub(super) async fn settle(
    resources: &Resources,
    connection: &OpenConnection,
    action: &str,
    settlements: Vec<Settlement>,
    live: &Live,
    cut_off: &CancellationToken,
) {
    let outcomes: Vec<_> = settlements
        .iter()
        .map(|settlement| {
            let outcome = settlement::outcome(&settlement.outcome);
            let delay = delay(settlement);
            (
                settlement.lease.delivery(),
                outcome,
                delay,
                death(&settlement.outcome),
            )
        })
        .collect();
    let stored = tokio::select! {
        stored = store(resources, connection, settlements) => stored,
        () = end(cut_off) => None,
    };
    let Some(missing) = stored else {
        let connection = &**connection.name();
        tracing::error!(
            connection,
            deliveries = outcomes.len(),
            "settlements were not stored; their deliveries may be made once more"
        );
        return;
    };
    let settled = outcomes
        .iter()
        .filter(|(delivery, ..)| !missing.contains(delivery));
    for (delivery, outcome, delay, death) in settled {
        if let Some(Failure {
            stage,
            status,
            error_type,
            ..
        }) = death
        {
            // Not in the partner's words, which may tell of people; the record has them.
            tracing::warn!(
                action,
                delivery = %delivery,
                stage = stage.name(),
                status,
                error_type,
                "a delivery became a dead letter"
            );
        }
        if let Some(delay) = delay {
            resources
                .watch
                .delivered_after(connection.name(), connection.destination(), *delay);
        }
        if let Some(outcome) = outcome {
            resources
                .watch
                .settled(connection.name(), connection.destination(), action, *outcome);
            if live.is_watched() {
                live.tell(Happening {
                    delivery: *delivery,
                    source: None,
                    connection: Some(std::sync::Arc::clone(connection.name())),
                    outcome: *outcome,
                });
            }
        }
    }
}

/// How long after its acceptance a delivery was taken, if it was.
fn delay(settlement: &Settlement) -> Option<Duration> {
    match &settlement.outcome {
        Settled::Delivered { report, .. } => {
            Some(report.finished_at.since(settlement.lease.accepted().received_at))
        }
        _ => None,
    }
}

/// Why a delivery became a dead letter, if it did.
fn death(settled: &Settled) -> Option<Failure> {
    match settled {
        Settled::Dead { failure, .. } => Some(failure.clone()),
        _ => None,
    }
}

/// Stores settlements, with as many tries as it takes; which of them were of deliveries that did not wait. None if it
/// can never succeed.
async fn store(
    resources: &Resources,
    connection: &OpenConnection,
    mut settlements: Vec<Settlement>,
) -> Option<Vec<waystation_queue::DeliveryId>> {
    loop {
        let Unsettled {
            settlements: unsettled,
            error,
        } = match resources.queue.settle(settlements).await {
            Ok(missing) => return Some(missing),
            Err(unsettled) => unsettled,
        };
        match error.remedy() {
            Remedy::Wait => {
                let connection = &**connection.name();
                // The store tells when it begins to fail and when it works again.
                tracing::debug!(connection, %error, "settlements could not be stored yet");
                sleep(STORE_PAUSE).await;
                settlements = unsettled;
            }
            Remedy::Drop | Remedy::Stop => {
                tracing::error!(%error, "settlements cannot be stored");
                return None;
            }
        }
    }
}

/// Completes when there is no more time for anything.
async fn end(cut_off: &CancellationToken) {
    cut_off.cancelled().await;
    sleep(LAST_TRIES).await;
}
