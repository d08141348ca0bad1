//! The bound on deliveries of a connection that are under way.

use waystation_kit::Error;

use super::Target;

/// Runs a call once the connection has a place for it.
///
/// # Errors
/// [`NotSent::Crowded`](waystation_kit::error::NotSent::Crowded) if none gets free in good time, or what the call
/// fails with.
pub(super) async fn admitted<T>(
    target: &Target,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(guards) = target.connection.guards() else {
        return call.await;
    };
    let _place = guards
        .admission()
        .enter(target.options.retries.longest_partner_wait)
        .await?;
    call.await
}
