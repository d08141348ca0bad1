//! From the operator's choices to the way that requests take.

use std::sync::Arc;

use crate::call::CallTransport;
use crate::deadline::CallLimits;
use crate::dry_run::DryRun;
use crate::mock::Mock;
use crate::network::{NetworkConfig, NetworkError, NetworkTransport};
use crate::redact::Redactors;
use crate::rewrite::{Rewrites, RewrittenWire};
use crate::wire::Wire;

/// What the operator chose.
#[derive(Debug, Default)]
pub struct ClientConfig {
    /// Where requests end.
    pub outlet: Outlet,
    /// Which of them go to another origin first.
    pub rewrites: Rewrites,
}

/// Where requests end.
#[derive(Debug)]
pub enum Outlet {
    /// At the partner.
    Network(NetworkConfig),
    /// At a scripted partner.
    Mock(Arc<Mock>),
    /// Nowhere.
    DryRun,
}

impl Default for Outlet {
    fn default() -> Self {
        Self::Network(NetworkConfig::default())
    }
}

/// Sends the requests of a whole process; its connections are shared by all calls. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Client {
    wire: Arc<dyn Wire>,
    redactors: Redactors,
    is_dry_run: bool,
}

impl Client {
    /// Prepares the way of requests. To be done once per process, for connections are shared through it.
    ///
    /// # Errors
    /// The network cannot be used: see [`NetworkError`].
    pub fn new(config: ClientConfig) -> Result<Self, NetworkError> {
        let is_dry_run = matches!(config.outlet, Outlet::DryRun);
        let wire: Arc<dyn Wire> = match config.outlet {
            Outlet::Network(network) => Arc::new(NetworkTransport::new(&network)?),
            Outlet::Mock(mock) => mock,
            Outlet::DryRun => Arc::new(DryRun),
        };
        Ok(Self {
            is_dry_run,
            ..Self::over(wire, config.rewrites)
        })
    }

    /// A client over a wire of the caller's own making.
    #[must_use]
    pub fn over(wire: Arc<dyn Wire>, rewrites: Rewrites) -> Self {
        let wire = match rewrites.is_empty() {
            true => wire,
            false => Arc::new(RewrittenWire::new(rewrites, wire)),
        };
        Self {
            wire,
            redactors: Redactors::default(),
            is_dry_run: false,
        }
    }

    /// Makes what hides the secrets of calls, and remembers what it made.
    #[must_use]
    pub const fn redactors(&self) -> &Redactors {
        &self.redactors
    }

    /// Whether requests end nowhere, so that nobody has answered what comes back.
    #[must_use]
    pub const fn is_dry_run(&self) -> bool {
        self.is_dry_run
    }

    /// The transport of one call, with a record of its own.
    #[must_use]
    pub fn per_call(&self, limits: CallLimits) -> CallTransport {
        CallTransport::new(Arc::clone(&self.wire), limits)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use waystation_kit::request::{RequestClient, RequestDefaults};
    use waystation_kit::services::Clock;

    use super::*;
    use crate::redact::Redactor;

    fn scripted(script: serde_json::Value, rewrites: &[&str]) -> (Client, Arc<Mock>) {
        let mock = Arc::new(Mock::new(serde_json::from_value(script).unwrap()));
        let client = Client::new(ClientConfig {
            outlet: Outlet::Mock(Arc::clone(&mock)),
            rewrites: rewrites.iter().map(|rewrite| rewrite.parse().unwrap()).collect(),
        })
        .unwrap();
        (client, mock)
    }

    #[tokio::test]
    async fn the_record_shows_what_the_destination_asked_for() {
        let (client, mock) = scripted(
            json!({
                "GET /old": {"status": 302, "headers": {"location": "/new"}},
                "GET /new": {"status": 200, "body": {"moved": true}},
            }),
            &["https://partner.test=http://127.0.0.1:9000"],
        );
        let transport = Arc::new(client.per_call(CallLimits::default()));
        let exchanges = transport.exchanges();
        let requests = RequestClient::new(transport, RequestDefaults::new(), Clock::System);
        let response = requests
            .request(http::Method::GET, "https://partner.test/old")
            .send()
            .await
            .unwrap();
        assert_eq!(response.url().as_str(), "https://partner.test/new");
        let wire: Vec<String> = mock
            .requests()
            .iter()
            .map(|request| request.url.to_string())
            .collect();
        assert_eq!(wire, ["http://127.0.0.1:9000/old", "http://127.0.0.1:9000/new"]);
        let shown = serde_json::to_value(exchanges.answered(&Redactor::default())).unwrap();
        assert_eq!(shown[0]["request"]["url"], "https://partner.test/old");
        assert_eq!(shown[0]["response"]["body"], json!({"moved": true}));
        assert_eq!(shown.as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn calls_do_not_see_each_other() {
        let (client, _) = scripted(json!([{}]), &[]);
        let one = client.per_call(CallLimits::default());
        let two = client.per_call(CallLimits::default());
        waystation_kit::request::Transport::send(&one, crate::testing::get("https://partner.test/"))
            .await
            .unwrap();
        assert_eq!((one.exchanges().len(), two.exchanges().len()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_limit_spans_all_redirects() {
        let (client, mock) = scripted(
            json!([{"status": 302, "headers": {"location": "/again"}, "delay_ms": 400}]),
            &[],
        );
        let transport = Arc::new(client.per_call(CallLimits::default()));
        let error = RequestClient::new(transport, RequestDefaults::new(), Clock::System)
            .request(http::Method::GET, "https://partner.test/")
            .time_limit(Duration::from_secs(1))
            .send()
            .await
            .unwrap_err();
        assert!(
            matches!(error, waystation_kit::Error::Timeout { .. }),
            "{error:?}"
        );
        assert_eq!(mock.requests().len(), 3);
    }
}
