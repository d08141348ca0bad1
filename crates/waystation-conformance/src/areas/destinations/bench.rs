//! What a case is run with: its partner, clock, environment and transaction.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use waystation_client::mock::TextBodies;
use waystation_client::rewrite::Rewrites;
use waystation_client::{CallLimits, Client, Mock, Script, ScriptError, Wire};
use waystation_json::date::parse_js_date;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::services::{Clock, Environment, Transaction};
use waystation_kit::{Auth, Result};
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{CallOptions, Connection, Error, LoadedDestination};

use super::{Outcome, Recording};

/// What a case is run with.
pub(super) struct Bench {
    pub(super) destination: Arc<LoadedDestination>,
    pub(super) options: CallOptions,
    partner: Arc<Partner>,
    transaction: Option<Arc<Shared>>,
}

impl Bench {
    pub(super) fn new(destination: &Arc<LoadedDestination>, content: &Value) -> Result<Self, ScriptError> {
        let script = content.get("partner").cloned().unwrap_or_else(|| json!([]));
        let partner = Arc::new(Partner {
            script: Mock::new(Script::new(script, TextBodies::PlainText)?),
            answers: Mutex::default(),
        });
        let client = Client::over(Arc::clone(&partner) as _, Rewrites::default());
        let transaction = content.get("transaction").map(Shared::new).map(Arc::new);
        let mut options = CallOptions::new(Arc::new(client.per_call(CallLimits::default())));
        options.features = Arc::new(content["features"].as_object().cloned().unwrap_or_default());
        options.services.transaction = transaction.clone().map(|shared| shared as _);
        options.services.environment = Environment::Fixed(Arc::new(texts(&content["env"])));
        if let Some(now) = content["now"].as_str().and_then(parse_js_date) {
            options.services.clock = Clock::fixed(now);
        }
        Ok(Self {
            destination: Arc::clone(destination),
            options,
            partner,
            transaction,
        })
    }

    /// A connection whose settings are validated.
    pub(super) fn connection(&self, content: &Value, auth: Auth) -> Result<Connection, Error> {
        let settings = super::calls::object(&content["settings"]);
        Connection::open(
            Arc::clone(&self.destination),
            settings,
            auth,
            Arc::new(InMemoryTokens),
        )
    }

    /// A connection whose settings are taken as they are.
    pub(super) fn unchecked(&self, content: &Value, auth: Auth) -> Result<Connection, Error> {
        let settings = super::calls::object(&content["settings"]);
        Connection::open_unchecked(
            Arc::clone(&self.destination),
            &settings,
            auth,
            Arc::new(InMemoryTokens),
        )
    }

    pub(super) fn into_recording(self, outcome: Result<Outcome, Error>) -> Recording {
        let transaction_set = self
            .transaction
            .map(|shared| read(&shared.set))
            .unwrap_or_default();
        Recording {
            outcome,
            requests: self.partner.script.requests(),
            answers: read(&self.partner.answers),
            transaction_set: json!(transaction_set),
        }
    }
}

fn texts(object: &Value) -> BTreeMap<String, String> {
    let pairs = object.as_object().into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// What was remembered, whoever panicked meanwhile.
fn read<T: Clone>(remembered: &Mutex<T>) -> T {
    remembered.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A scripted partner that remembers what it answered.
#[derive(Debug)]
struct Partner {
    script: Mock,
    answers: Mutex<Vec<Answer>>,
}

impl Wire for Partner {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let answer = self.script.exchange(request).await?;
            self.answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(answer.clone());
            Ok(answer)
        })
    }
}

/// The transaction of a case; what is set is there for the actions that follow.
#[derive(Debug)]
struct Shared {
    given: BTreeMap<String, String>,
    set: Mutex<BTreeMap<String, String>>,
}

impl Shared {
    fn new(given: &Value) -> Self {
        Self {
            given: texts(given),
            set: Mutex::default(),
        }
    }
}

impl Transaction for Shared {
    fn values(&self) -> BTreeMap<String, String> {
        let mut values = self.given.clone();
        values.extend(read(&self.set));
        values
    }

    fn set(&self, key: &str, value: &str) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.insert(key.to_owned(), value.to_owned());
    }
}
