//! The caller's end of patience, over everything: attempts, waits, token refreshes.

use std::future::Future;

use waystation_kit::Error;

use crate::connection::CallOptions;

/// Runs a call until the caller's deadline passes or the caller gives up, whichever comes first.
///
/// # Errors
/// [`Error::Deadline`], [`Error::Aborted`], or what the call itself fails with.
pub async fn within_deadline<T>(
    options: &CallOptions,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let deadline = async {
        match options.deadline {
            Some(deadline) => tokio::time::sleep(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // A caller that has given up already gets no request sent.
        biased;
        () = options.cancellation.cancelled() => Err(Error::Aborted),
        () = deadline => Err(Error::Deadline),
        result = call => result,
    }
}
