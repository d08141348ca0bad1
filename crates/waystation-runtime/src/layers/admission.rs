//! The bound on deliveries of a connection that are under way.

use tokio::sync::SemaphorePermit;
use waystation_kit::Error;

use super::Target;

/// A place among the deliveries of the connection, to be kept until the delivery is over; `None` where nobody
/// counts them.
///
/// # Errors
/// [`NotSent::Crowded`](waystation_kit::error::NotSent::Crowded) if none gets free in good time.
pub(super) async fn place(target: &Target) -> Result<Option<SemaphorePermit<'_>>, Error> {
    let Some(guards) = target.connection.guards() else {
        return Ok(None);
    };
    let patience = target.options.retries.longest_partner_wait;
    guards.admission().enter(patience).await.map(Some)
}
