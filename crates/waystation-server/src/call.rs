//! One call of a destination: its own transport, its own record, its own redactor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use waystation_client::record::ShownExchange;
use waystation_client::{CallLimits, Exchanges, Redactor};
use waystation_json::JsonObject;
use waystation_kit::Secret;
use waystation_runtime::{CallOptions, Error, LoadedDestination};

use crate::app::App;
use crate::settings::Unchecked;
use crate::summary::Summary;
use crate::withheld::Withheld;
use waystation_http::json;

/// How much longer than its transport a call may take: when the call's time limit passes, the request that
/// hangs is ended first, and so gets into the record.
const GRACE: Duration = Duration::from_millis(50);

/// A call that has begun.
pub(crate) struct Call {
    pub(crate) options: CallOptions,
    pub(crate) redactor: Redactor,
    started: Instant,
    exchanges: Exchanges,
    withheld: Option<Arc<Withheld>>,
}

impl Call {
    /// Begins a call that involves these secrets.
    pub(crate) fn begin<'s>(app: &App, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let config = app.config();
        let limits = CallLimits {
            deadline: config
                .time_limit
                .and_then(|limit| tokio::time::Instant::now().checked_add(limit)),
            cancellation: None,
        };
        let transport = config.client.per_call(limits);
        let exchanges = transport.exchanges();
        let options = CallOptions {
            services: config.services.clone(),
            retries: config.retries,
            deadline: config.time_limit.map(|limit| limit.saturating_add(GRACE)),
            ..CallOptions::new(Arc::new(transport))
        };
        let redactor = Redactor::builder().secrets(secrets).names(config.hidden_names);
        Self {
            options,
            redactor: redactor.build(),
            started: Instant::now(),
            exchanges,
            withheld: None,
        }
    }

    /// Begins a call over a connection whose settings have not been validated. If they do not fit, nothing
    /// is sent.
    pub(crate) fn over_unchecked(app: &App, unchecked: &Unchecked) -> Self {
        let mut call = Self::begin(app, unchecked.connection.secrets());
        if let Some(misfit) = &unchecked.misfit {
            let withheld = Arc::new(Withheld::new(misfit.clone()));
            call.options.transport = Arc::clone(&withheld) as _;
            call.withheld = Some(withheld);
        }
        call
    }

    /// Begins a call that does not get as far as a connection.
    pub(crate) fn without_connection(
        app: &App,
        destination: &LoadedDestination,
        settings: &JsonObject,
    ) -> Self {
        Self::begin(app, &destination.secrets(settings))
    }

    /// What a failure comes from: the misfit of the settings, where a request was withheld for it.
    pub(crate) fn cause<'e>(&'e self, failure: &'e Error) -> &'e Error {
        let withheld = self.withheld.as_ref().and_then(|withheld| withheld.reason());
        withheld.unwrap_or(failure)
    }

    /// Every exchange so far, without secrets.
    pub(crate) fn exchanges(&self) -> Vec<ShownExchange> {
        self.exchanges.all(&self.redactor)
    }

    /// Since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// A text without secrets.
    pub(crate) fn redacted(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }

    /// The answer to a call, with a word for the access log.
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        body: &impl Serialize,
        action: Option<&'static str>,
        failure: Option<&Error>,
    ) -> Response {
        let failure = failure.map(ToString::to_string);
        let summary = self.summary(action, failure.as_deref());
        summary.left_in(json::response(status, body))
    }

    /// A word for the access log.
    pub(crate) fn summary(&self, action: Option<&'static str>, failure: Option<&str>) -> Summary {
        let summary = Summary::new(action, &self.exchanges);
        match failure {
            Some(failure) => summary.failed(self.redacted(failure)),
            None => summary,
        }
    }
}
