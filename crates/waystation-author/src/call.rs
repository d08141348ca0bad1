//! One call of a destination, with what the recorded routes make of it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use waystation_json::JsonObject;
use waystation_kit::Secret;
use waystation_runtime::{Error, LoadedDestination};

use crate::app::App;
use crate::settings::Unchecked;
use crate::summary::Summary;
use crate::withheld::Withheld;
use waystation_http::json;

/// A call that has begun.
pub(crate) struct Call {
    begun: waystation_runtime::Call,
    withheld: Option<Arc<Withheld>>,
}

impl Deref for Call {
    type Target = waystation_runtime::Call;

    fn deref(&self) -> &waystation_runtime::Call {
        &self.begun
    }
}

impl DerefMut for Call {
    fn deref_mut(&mut self) -> &mut waystation_runtime::Call {
        &mut self.begun
    }
}

impl Call {
    /// Begins a call that involves these secrets.
    pub(crate) fn begin<'s>(app: &App, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        Self {
            begun: waystation_runtime::Call::begin(app.calls(), secrets),
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

    /// A text without secrets.
    pub(crate) fn redacted(&self, text: &str) -> String {
        self.redactor().text(text).into_owned()
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
        let summary = Summary::new(action, self.record());
        match failure {
            Some(failure) => summary.failed(self.redacted(failure)),
            None => summary,
        }
    }
}
