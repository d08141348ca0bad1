//! A partner that answers from a script.

mod answer;
mod script;
mod sequence;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::{Error, NetworkFailure, Result};

use crate::wire::Wire;
use answer::{Behaviour, ScriptedAnswer};
use sequence::Progress;

pub use answer::AnswerError;
pub use script::{Script, ScriptError, TextBodies};

/// A partner that answers from a [`Script`] and remembers what it was asked.
#[derive(Debug)]
pub struct Mock {
    script: Script,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    progress: Progress,
    requests: Vec<OutgoingRequest>,
}

impl Mock {
    /// A partner at the beginning of its script.
    #[must_use]
    pub fn new(script: Script) -> Self {
        let state = Mutex::new(State {
            progress: script.progress(),
            requests: Vec::new(),
        });
        Self { script, state }
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<OutgoingRequest> {
        self.lock().requests.clone()
    }

    /// Notes the request and takes the next answer for it.
    fn take(&self, request: &OutgoingRequest) -> Option<&ScriptedAnswer> {
        let mut state = self.lock();
        state.requests.push(request.clone());
        self.script.take(&mut state.progress, request)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is whole between any two statements, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wire for Mock {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let Some(scripted) = self.take(request) else {
                return Ok(answer::not_found(request));
            };
            if !scripted.delay.is_zero() {
                tokio::time::sleep(scripted.delay).await;
            }
            behave(&scripted.behaviour, request)
        })
    }
}

fn behave(behaviour: &Behaviour, request: &OutgoingRequest) -> Result<Answer> {
    match behaviour {
        Behaviour::Answer(content) => Ok(content.to_answer(request)),
        Behaviour::Fail(failure) => Err(failed(*failure, request)),
        Behaviour::Silence => Err(timed_out(request.time_limit)),
    }
}

fn failed(failure: NetworkFailure, request: &OutgoingRequest) -> Error {
    Error::Network {
        message: format!(
            "the connection to {} failed: {} (scripted)",
            request.url.origin().ascii_serialization(),
            failure.code()
        ),
        failure,
    }
}

/// What a request to a silent partner ends with, without the wait. A request without a limit of its own ends
/// with its caller's deadline.
fn timed_out(time_limit: Option<Duration>) -> Error {
    time_limit.map_or(Error::Deadline, |limit| Error::Timeout { limit })
}

#[cfg(test)]
mod tests;
