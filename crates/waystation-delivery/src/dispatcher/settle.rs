//! Puts on disk what became of deliveries.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use waystation_queue::{Remedy, Settlement, Unsettled};

use crate::connection::OpenConnection;
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
    cut_off: &CancellationToken,
) {
    let outcomes: Vec<_> = settlements
        .iter()
        .map(|settlement| {
            (
                settlement.lease.delivery(),
                settlement::outcome(&settlement.outcome),
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
    for (_, outcome) in outcomes
        .iter()
        .filter(|(delivery, _)| !missing.contains(delivery))
    {
        if let Some(outcome) = outcome {
            resources
                .watch
                .settled(connection.name(), connection.destination(), action, *outcome);
        }
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
