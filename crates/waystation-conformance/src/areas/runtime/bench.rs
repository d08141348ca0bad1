//! What a case is run with: a scripted partner, and callbacks that remember how they were called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use waystation_client::mock::TextBodies;
use waystation_client::rewrite::Rewrites;
use waystation_client::{CallLimits, Client, Mock, Script, ScriptError};
use waystation_kit::future::BoxFuture;
use waystation_kit::services::{Cache, RequestState, StateLifetime, Transaction};
use waystation_kit::{Auth, Error, RefreshedTokens, Result, Secret};
use waystation_runtime::observe::{Counter, Observer};
use waystation_runtime::tokens::{AccountLock, TokenStore};
use waystation_runtime::{CallOptions, Connection, LoadedDestination};

/// What a case is run with.
pub(super) struct Bench {
    pub(super) destination: Arc<LoadedDestination>,
    pub(super) options: CallOptions,
    pub(super) partner: Arc<Mock>,
    pub(super) log: Arc<Log>,
    /// The connection of the call, for what its tokens are afterwards.
    pub(super) connection: Option<Connection>,
    /// What the completion callback would have been told.
    pub(super) completed: Vec<Value>,
}

/// How callbacks were called.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) counters: Mutex<Vec<Value>>,
    pub(super) saved_tokens: Mutex<Vec<Value>>,
    pub(super) locks: Mutex<usize>,
    pub(super) transaction: Mutex<Vec<Value>>,
    pub(super) state: Mutex<Vec<Value>>,
}

/// What was remembered, whoever panicked meanwhile.
pub(super) fn read<T: Clone>(remembered: &Mutex<T>) -> T {
    remembered.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn push(remembered: &Mutex<Vec<Value>>, value: Value) {
    remembered
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(value);
}

impl Bench {
    pub(super) fn new(destination: Arc<LoadedDestination>, content: &Value) -> Result<Self, ScriptError> {
        let script = content.get("partner").cloned().unwrap_or_else(|| json!([]));
        let partner = Arc::new(Mock::new(Script::new(script, TextBodies::Untyped)?));
        let given = &content["request"]["options"];
        let client = Client::over(Arc::clone(&partner) as _, Rewrites::default());
        let log = Arc::new(Log::default());
        let mut options = CallOptions::new(Arc::new(client.per_call(CallLimits::default())));
        options.observer = Arc::new(Counters {
            tags: given["stats"]["tags"].clone(),
            names_action: content["call"] != "async_batch",
            log: Arc::clone(&log),
        });
        options.features = Arc::new(given["features"].as_object().cloned().unwrap_or_default());
        options.deadline = given["deadline_ms"].as_u64().map(Duration::from_millis);
        if let Some(values) = given.get("transaction") {
            let values = serde_json::from_value(values.clone()).unwrap_or_default();
            options.services.transaction = Some(Arc::new(Shared {
                values,
                log: Arc::clone(&log),
            }));
        }
        if let Some(values) = given.get("state") {
            let values = serde_json::from_value(values.clone()).unwrap_or_default();
            options.services.state = Some(Arc::new(Shared {
                values,
                log: Arc::clone(&log),
            }));
        }
        if given["cache"] == json!(true) {
            options.services.cache = Some(Arc::new(Forgetful));
        }
        give_up(&options, given);
        Ok(Self {
            destination,
            options,
            partner,
            log,
            connection: None,
            completed: Vec::new(),
        })
    }

    /// Where refreshed tokens are kept; `known` are those from before.
    pub(super) fn token_store(&self, options: &Value, known: &Auth) -> Arc<dyn TokenStore> {
        Arc::new(Store {
            known: known.refresh_token.clone(),
            save_fails: options["token_refresh"] == "throws",
            lock_fails: options["sync_refresh"] == "throws",
            log: Arc::clone(&self.log),
        })
    }
}

fn give_up(options: &CallOptions, given: &Value) {
    if given["aborted"] == json!(true) {
        options.cancellation.cancel();
    }
    if let Some(after) = given["abort_after_ms"].as_u64() {
        let cancellation = options.cancellation.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            cancellation.cancel();
        });
    }
}

#[derive(Debug)]
struct Counters {
    tags: Value,
    /// The reference counts the items of jobs without the name of their action.
    names_action: bool,
    log: Arc<Log>,
}

impl Observer for Counters {
    fn count(&self, counter: Counter, action: &str, by: usize) {
        let mut tags = self.tags.as_array().cloned().unwrap_or_default();
        if self.names_action {
            tags.push(format!("partnerAction:{action}").into());
        }
        push(&self.log.counters, json!([counter.platform_name(), by, tags]));
    }
}

#[derive(Debug)]
struct Store {
    known: Option<Secret>,
    save_fails: bool,
    lock_fails: bool,
    log: Arc<Log>,
}

impl TokenStore for Store {
    fn lock(&self) -> BoxFuture<'_, Result<AccountLock>> {
        *self.log.locks.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let failed = self.lock_fails.then(|| Error::internal("lock unavailable"));
        Box::pin(async { failed.map_or_else(|| Ok(AccountLock::none()), Err) })
    }

    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>> {
        // Ours is given all that is in force, the platform's callback what the answer said: a refresh token that
        // stays is not told there.
        let is_same = |kept: &Secret| {
            self.known
                .as_ref()
                .is_some_and(|known| known.expose() == kept.expose())
        };
        let told = RefreshedTokens {
            refresh_token: tokens.refresh_token.clone().filter(|kept| !is_same(kept)),
            ..tokens.clone()
        };
        push(&self.log.saved_tokens, tokens_json(&told));
        let failed = self.save_fails.then(|| Error::internal("store unavailable"));
        Box::pin(async { failed.map_or(Ok(()), Err) })
    }
}

/// Tokens as the platform's callback gets them.
pub(super) fn tokens_json(tokens: &RefreshedTokens) -> Value {
    let mut told = json!({"accessToken": tokens.access_token.expose()});
    if let Some(refresh_token) = tokens.refresh_token.as_ref().map(Secret::expose) {
        told["refreshToken"] = refresh_token.into();
    }
    told
}

#[derive(Debug)]
struct Shared {
    values: BTreeMap<String, String>,
    log: Arc<Log>,
}

impl Transaction for Shared {
    fn values(&self) -> BTreeMap<String, String> {
        self.values.clone()
    }

    fn set(&self, key: &str, value: &str) {
        push(&self.log.transaction, json!([key, value]));
    }
}

impl RequestState for Shared {
    fn request_value(&self, key: &str) -> Option<String> {
        self.values.get(key).cloned()
    }

    fn set_response_value(&self, key: &str, value: &str, lifetime: StateLifetime) {
        let parts = [
            ("hour", lifetime.hour),
            ("minute", lifetime.minute),
            ("second", lifetime.second),
        ];
        let told = parts
            .into_iter()
            .filter_map(|(unit, number)| Some((unit.to_owned(), number?.into())));
        push(
            &self.log.state,
            json!([key, value, Value::Object(told.collect())]),
        );
    }
}

/// A cache that is there and remembers nothing.
#[derive(Debug)]
struct Forgetful;

impl Cache for Forgetful {
    fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { None })
    }

    fn set<'a>(&'a self, _: &'a str, _: String, _: Duration) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}
