//! The partner of a server: scripted, and with a note of which call each exchange belongs to.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use waystation_client::mock::TextBodies;
use waystation_client::{Mock, Script, ScriptError, Wire};
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest};

tokio::task_local! {
    static STEP: usize;
}

/// Runs a call whose exchanges are to bear this number.
pub(super) fn as_step<T>(step: usize, call: impl Future<Output = T>) -> impl Future<Output = T> {
    STEP.scope(step, call)
}

/// An exchange with the partner that was answered.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// The call that it belongs to.
    pub(super) step: usize,
    pub(super) request: OutgoingRequest,
    /// The partner's status.
    pub(super) status: u16,
}

/// A partner that answers from a case's script.
#[derive(Debug)]
pub(super) struct Partner {
    script: Mock,
    answered: Mutex<Vec<Exchange>>,
}

impl Partner {
    pub(super) fn new(content: &Value) -> Result<Self, ScriptError> {
        let script = content.get("partner").cloned().unwrap_or_else(|| json!([]));
        Ok(Self {
            script: Mock::new(Script::new(script, TextBodies::Untyped)?),
            answered: Mutex::default(),
        })
    }

    /// What was answered, in the order of arrival.
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.answered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What was asked.
    pub(super) fn requests(&self) -> Vec<OutgoingRequest> {
        self.script.requests()
    }
}

impl Wire for Partner {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let answer = self.script.exchange(request).await?;
            let step = STEP.try_with(|step| *step).unwrap_or_default();
            let exchange = Exchange {
                step,
                request: request.clone(),
                status: answer.status,
            };
            self.answered
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(exchange);
            Ok(answer)
        })
    }
}
