//! The way of one call's requests.

use std::sync::Arc;

use tokio::time::Instant;
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};

use crate::deadline::CallLimits;
use crate::record::{Exchange, Exchanges};
use crate::redirect;
use crate::wire::Wire;

/// Carries the requests of one call within the call's limits, and records every exchange.
#[derive(Debug)]
pub struct CallTransport {
    wire: Arc<dyn Wire>,
    limits: CallLimits,
    begun: Instant,
    exchanges: Exchanges,
}

impl CallTransport {
    pub(crate) fn new(wire: Arc<dyn Wire>, limits: CallLimits) -> Self {
        Self {
            wire,
            limits,
            begun: Instant::now(),
            exchanges: Exchanges::default(),
        }
    }

    /// What was sent and came back so far. The list is shared: it goes on filling after this.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges {
        self.exchanges.clone()
    }

    async fn exchange(&self, request: OutgoingRequest) -> Result<Answer> {
        let started = Instant::now();
        let result = self
            .limits
            .bound(request.time_limit, redirect::follow(&*self.wire, &request))
            .await;
        let exchange = Exchange::new(request, result.clone(), self.limits.kept);
        self.exchanges.add(Exchange {
            started: started.duration_since(self.begun),
            took: started.elapsed(),
            ..exchange
        });
        result
    }
}

impl Transport for CallTransport {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(self.exchange(request))
    }
}
