//! A partner on a real socket that answers by a script and keeps what it was asked.

mod answer;
mod request;
mod script;
mod snapshot;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use waystation_client::Redactor;
use waystation_kit::Secret;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub use answer::Answer;
pub use request::ReceivedRequest;
use script::{Script, Target};

/// A scripted partner.
///
/// Answers are used in the order in which they were given, each once: first those for the request's own method
/// and path ([`Partner::on`]), then those for any request. A request that nothing was said about is answered
/// with 404, and the test fails when the partner goes out of scope.
#[derive(Debug)]
pub struct Partner {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    script: Script,
    requests: Vec<ReceivedRequest>,
    unexpected: Vec<String>,
    secrets: Vec<Secret>,
}

/// Tells a partner what snapshots of its requests must not show.
#[derive(Debug, Clone)]
pub(crate) struct Discretion(Arc<Mutex<State>>);

impl Discretion {
    pub(crate) fn hide(&self, secrets: impl IntoIterator<Item = Secret>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            if !state.secrets.contains(&secret) {
                state.secrets.push(secret);
            }
        }
    }
}

impl Partner {
    /// A partner that has nothing to say yet.
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::<Mutex<State>>::default();
        let responder = Responder(Arc::clone(&state));
        Mock::given(any()).respond_with(responder).mount(&server).await;
        Self { server, state }
    }

    /// Where it listens.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.uri()
    }

    /// Answers the next request, whatever it asks, with a status and JSON.
    pub fn answers(&self, status: u16, json: Value) -> &Self {
        self.answers_with(Answer::json(status, json))
    }

    /// Answers the next request, whatever it asks.
    pub fn answers_with(&self, answer: Answer) -> &Self {
        self.lock().script.once(Target::Any, answer);
        self
    }

    /// Answers every request about which nothing else was said.
    pub fn always_answers(&self, status: u16, json: Value) -> &Self {
        self.always_answers_with(Answer::json(status, json))
    }

    /// Answers every request about which nothing else was said.
    pub fn always_answers_with(&self, answer: Answer) -> &Self {
        self.lock().script.always(Target::Any, answer);
        self
    }

    /// Answers to requests with this method and path.
    pub fn on(&self, method: &str, path: &str) -> Route<'_> {
        let target = Target::exactly(method, path);
        Route {
            partner: self,
            target,
        }
    }

    /// What it was asked so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.lock().requests.clone()
    }

    /// What it was asked with this method and path.
    #[must_use]
    pub fn requests_to(&self, method: &str, path: &str) -> Vec<ReceivedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method && request.path() == path);
        requests
    }

    /// What it was asked, fit for a snapshot: credentials hidden, headers by name, what every request carries
    /// left out.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        let redactor = Redactor::builder().secrets(&self.lock().secrets).build();
        let requests = self.requests();
        requests
            .iter()
            .map(|request| snapshot::render(request, &redactor))
            .collect()
    }

    pub(crate) fn discretion(&self) -> Discretion {
        Discretion(Arc::clone(&self.state))
    }

    /// The only request that there was.
    ///
    /// # Panics
    /// There was none, or more than one.
    #[track_caller]
    #[must_use]
    pub fn assert_sent_once(&self) -> ReceivedRequest {
        self.assert_sent(1).swap_remove(0)
    }

    /// The requests, so many of them.
    ///
    /// # Panics
    /// There were more or fewer.
    #[track_caller]
    pub fn assert_sent(&self, count: usize) -> Vec<ReceivedRequest> {
        let requests = self.requests();
        assert!(
            requests.len() == count,
            "the partner should have been asked {}, and was asked {}{}",
            times(count),
            times(requests.len()),
            listed(&requests)
        );
        requests
    }

    /// That there was no request.
    ///
    /// # Panics
    /// There was one.
    #[track_caller]
    pub fn assert_nothing_sent(&self) {
        self.assert_sent(0);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is whole by itself, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

fn listed(requests: &[ReceivedRequest]) -> String {
    requests
        .iter()
        .map(|request| format!("\n  {} {} {}", request.method, request.url, request.text()))
        .collect()
}

impl Drop for Partner {
    /// An unexpected request fails the test, unless it is failing already.
    fn drop(&mut self) {
        let unexpected = std::mem::take(&mut self.lock().unexpected);
        if !unexpected.is_empty() && !std::thread::panicking() {
            panic!(
                "the partner was asked what the test has no answer for:\n  {}",
                unexpected.join("\n  ")
            );
        }
    }
}

/// What a partner says to requests with one method and path.
#[derive(Debug)]
pub struct Route<'p> {
    partner: &'p Partner,
    target: Target,
}

impl Route<'_> {
    /// Answers the next of these requests with a status and JSON.
    pub fn answers(self, status: u16, json: Value) -> Self {
        self.answers_with(Answer::json(status, json))
    }

    /// Answers the next of these requests.
    pub fn answers_with(self, answer: Answer) -> Self {
        self.partner.lock().script.once(self.target.clone(), answer);
        self
    }

    /// Answers all of these requests about which nothing else was said.
    pub fn always_answers(self, status: u16, json: Value) {
        let answer = Answer::json(status, json);
        self.partner.lock().script.always(self.target, answer);
    }
}

struct Responder(Arc<Mutex<State>>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let request = ReceivedRequest::of(request);
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = state.script.answer(&request.method, request.path());
        if answer.is_none() {
            let unexpected = format!("{} {}", request.method, request.url);
            state.unexpected.push(unexpected);
        }
        state.requests.push(request);
        answer.unwrap_or_else(Answer::unexpected).into_template()
    }
}
