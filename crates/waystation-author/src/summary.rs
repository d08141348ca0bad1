//! What a route tells the access log about its call.

use axum::response::Response;
use waystation_client::Exchanges;

/// A call in short. Routes leave it in the response's extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    /// The slug of the action.
    pub(crate) action: Option<&'static str>,
    /// The partner's statuses in order, or what kept it from answering: `200, ECONNRESET`.
    pub(crate) partner: Option<String>,
    /// What went wrong, without secrets.
    pub(crate) failure: Option<String>,
}

impl Summary {
    /// A call that came to these exchanges.
    pub(crate) fn new(action: Option<&'static str>, exchanges: &Exchanges) -> Self {
        let partner = exchanges.in_short();
        Self {
            action,
            partner: (!partner.is_empty()).then(|| partner.join(", ")),
            failure: None,
        }
    }

    /// The same call, failed.
    pub(crate) fn failed(self, failure: impl Into<String>) -> Self {
        Self {
            failure: Some(failure.into()),
            ..self
        }
    }

    /// Leaves the summary for the access log.
    pub(crate) fn left_in(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}
