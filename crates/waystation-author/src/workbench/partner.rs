//! Who answers the requests of a run.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use waystation_client::mock::TextBodies;
use waystation_client::{Client, ClientConfig, Mock, Outlet, Rewrites, Script};
use waystation_http::{ApiError, Code};
use waystation_runtime::{CallSettings, RetrySettings};

use crate::app::App;

/// The most attempts that the page may ask for.
const MOST_RETRIES: u32 = 10;

/// How long a run may take unless the server was started with a limit of its own: a person waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who answers.
#[derive(Debug, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Partner {
    /// Nobody: requests are shown.
    #[default]
    DryRun,
    /// A script.
    Scripted {
        /// As a file for `--mock`.
        script: Value,
    },
    /// Whoever the server was started for.
    Real,
}

impl Partner {
    /// How calls are made to this partner.
    ///
    /// # Errors
    /// The script cannot be used.
    pub(super) fn calls(self, app: &App, retries: u32) -> Result<CallSettings, ApiError> {
        let client = match self {
            Self::Real => app.config().client.clone(),
            Self::DryRun => client(Outlet::DryRun)?,
            Self::Scripted { script } => {
                let script = Script::new(script, TextBodies::default()).map_err(|error| {
                    ApiError::invalid_request(format!("The script cannot be used: {error}."))
                        .with("path", "partner.script")
                })?;
                client(Outlet::Mock(Arc::new(Mock::new(script))))?
            }
        };
        let settings = app.calls().clone();
        Ok(CallSettings {
            client,
            retries: RetrySettings::attempts(retries.min(MOST_RETRIES).saturating_add(1)),
            time_limit: settings.time_limit.or(Some(PATIENCE)),
            ..settings
        })
    }
}

fn client(outlet: Outlet) -> Result<Client, ApiError> {
    let rewrites = Rewrites::default();
    Client::new(ClientConfig { outlet, rewrites }).map_err(|error| {
        tracing::error!(%error, "no way to the partner");
        ApiError::new(
            Code::InternalError,
            "The server cannot prepare a way to the partner.",
        )
    })
}
