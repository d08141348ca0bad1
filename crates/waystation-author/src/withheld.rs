//! Requests that are not sent because the settings do not fit.

use std::sync::atomic::{AtomicBool, Ordering};

use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_runtime::Error;

/// Stands in for the transport of a call whose settings do not fit: an action that needs no partner runs, and
/// one that does fails before anything has left.
#[derive(Debug)]
pub(crate) struct Withheld {
    why: Error,
    asked: AtomicBool,
}

impl Withheld {
    pub(crate) fn new(why: Error) -> Self {
        Self {
            why,
            asked: AtomicBool::new(false),
        }
    }

    /// Why a request was withheld, if there was one.
    pub(crate) fn reason(&self) -> Option<&Error> {
        self.asked.load(Ordering::Relaxed).then_some(&self.why)
    }
}

impl Transport for Withheld {
    fn send(&self, _: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        self.asked.store(true, Ordering::Relaxed);
        let refusal = waystation_kit::Error::payload(self.why.to_string());
        Box::pin(std::future::ready(Err(refusal)))
    }
}
