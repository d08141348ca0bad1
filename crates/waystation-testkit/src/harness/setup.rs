//! How the destination is connected, and what its actions run with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use waystation_kit::services::{Clock, Environment};
use waystation_kit::{Auth, Destination, Secret};
use waystation_runtime::RetrySettings;
use waystation_runtime::retry::Jitter;

use super::Harness;

impl<D: Destination> Harness<D> {
    /// A whole mapping in place of the action's default one.
    #[must_use]
    pub fn mapping(mut self, mapping: Value) -> Self {
        self.mapping = Some(mapping);
        self
    }

    /// The mapping of one field, over the default mapping.
    #[must_use]
    pub fn map(mut self, field: &str, mapping: impl Into<Value>) -> Self {
        self.mapping_changes.push((field.to_owned(), mapping.into()));
        self
    }

    /// A subscription in place of the action's own; every event, for an action that has none.
    #[must_use]
    pub fn subscribe(mut self, subscription: &str) -> Self {
        self.subscribe = Some(subscription.to_owned());
        self
    }

    /// So many attempts after the first, without waiting in between. Where the partner asks for a wait
    /// (`Retry-After`), it is waited for: at least a second.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = RetrySettings {
            first_wait: Duration::ZERO,
            longest_wait: Duration::ZERO,
            jitter: Jitter::None,
            ..RetrySettings::attempts(retries + 1)
        };
        self
    }

    /// The OAuth side of the connection.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// The tokens of the connection, with an app's credentials to refresh them.
    #[must_use]
    pub fn tokens(self, access_token: &str, refresh_token: &str) -> Self {
        self.auth(Auth {
            access_token: Some(Secret::from(access_token)),
            refresh_token: Some(Secret::from(refresh_token)),
            refresh_token_url: None,
            client_id: Some("test-client".to_owned()),
            client_secret: Some(Secret::from("test-client-secret")),
        })
    }

    /// Switches a feature on.
    #[must_use]
    pub fn feature(mut self, name: &str) -> Self {
        self.features.insert(name.to_owned(), Value::Bool(true));
        self
    }

    /// Holds the clock still, at this many milliseconds since 1970, UTC.
    #[must_use]
    pub fn clock(mut self, millis: i64) -> Self {
        self.services.clock = Clock::fixed(millis);
        self
    }

    /// Sets a value of the operator's environment; the machine's own ones are no longer seen.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        let mut values = match &self.services.environment {
            Environment::Fixed(values) => BTreeMap::clone(values),
            Environment::Process => BTreeMap::new(),
        };
        values.insert(name.to_owned(), value.to_owned());
        self.services.environment = Environment::Fixed(Arc::new(values));
        self
    }
}
