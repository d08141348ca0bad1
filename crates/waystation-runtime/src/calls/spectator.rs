//! Watching the requests of calls while they are made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use waystation_client::record::ShownRequest;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_kit::{Error, Result};

use super::secrets::Secrets;

/// Is told of every request while a call is made, without secrets.
#[derive(Clone)]
pub struct Spectator(Arc<dyn Fn(&Sight<'_>) + Send + Sync>);

/// What a spectator sees.
#[derive(Debug)]
pub enum Sight<'s> {
    /// A request goes out.
    Leaving(&'s ShownRequest),
    /// It was answered with this status, after this time.
    Answered(u16, Duration),
    /// There was no answer, for this reason.
    Failed(&'s str),
}

impl Spectator {
    /// A spectator that does this with what it sees.
    pub fn new(see: impl Fn(&Sight<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(see))
    }

    /// The same way for requests, watched.
    pub(super) fn watching(
        &self,
        transport: Arc<dyn Transport>,
        secrets: Arc<Secrets>,
    ) -> Arc<dyn Transport> {
        Arc::new(Watched {
            transport,
            secrets,
            spectator: self.clone(),
        })
    }
}

impl fmt::Debug for Spectator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spectator")
    }
}

struct Watched {
    transport: Arc<dyn Transport>,
    secrets: Arc<Secrets>,
    spectator: Spectator,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl Transport for Watched {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            let see = |sight: &Sight<'_>| (self.spectator.0)(sight);
            see(&Sight::Leaving(&ShownRequest::new(
                &request,
                &self.secrets.redactor(),
            )));
            let started = Instant::now();
            let result: Result<Answer, Error> = self.transport.send(request).await;
            match &result {
                Ok(answer) => see(&Sight::Answered(answer.status, started.elapsed())),
                Err(error) => see(&Sight::Failed(&self.secrets.redactor().text(&error.to_string()))),
            }
            result
        })
    }
}
