//! The sections about the service that are more than values: they have secrets, or something must be there.

use std::time::Duration;

use url::Url;
use waystation_runtime::guards::Share;

use super::secret::SecretText;
use crate::config::{LogFormat, Scope};
use crate::document::{
    ByName, Flag, Located, Named, Opt, Portion, Table, Text, Time, WebAddress, Word, settings,
};

settings! {
    /// Who may use the execution API and the admin API. Without tokens, both are closed.
    pub(crate) struct Api as "Api" => {
        /// Whether everybody who can connect may use both without a token. Only possible while the server listens on
        /// this machine alone; for trying things out.
        pub(crate) open: Option<Located<bool>> as Opt<Flag> = None, "false";
        /// The bearer tokens, by a name for logs.
        pub(crate) tokens: Named<Token> as ByName<Table> = Named::default();
    }

    /// A bearer token.
    pub(crate) struct Token as "Token" requires ["scope", "token"] => {
        /// What the token is good for: "execute" for the execution API; "read" for what the admin API shows, "operate" for
        /// what drives deliveries as well (replay, pause, resend); "admin" for everything.
        pub(crate) scope: Option<Located<Scope>> as Opt<Word> = None, "\"admin\"";
        /// The token itself: a long random text.
        pub(crate) token: Option<Located<SecretText>> as Opt<SecretText> = None, "{ env = \"WAYSTATION_ADMIN_TOKEN\" }";
    }

    /// What the service tells about itself. Metrics for Prometheus are always at `/metrics`.
    pub(crate) struct Telemetry as "Telemetry" => {
        /// How log lines look: "text" or "json". They go to standard error.
        pub(crate) log_format: LogFormat as Word = LogFormat::Text;
        /// What is logged: "error", "warn", "info", "debug", "trace", or a filter such as "info,waystation_client=debug".
        pub(crate) log_level: String as Text = "info".to_owned();
        /// A collector that speaks OTLP over HTTP; none unless its endpoint is written here. Takes a build with the
        /// feature `otlp`.
        pub(crate) otlp: Option<Located<Otlp>> as Opt<Table> = None;
    }

    /// A collector that speaks OTLP over HTTP.
    pub(crate) struct Otlp as "Otlp" requires ["endpoint"] => {
        /// Its address, without `/v1/traces` and the like.
        pub(crate) endpoint: Option<Located<Url>> as Opt<WebAddress> = None, "\"http://localhost:4318\"";
        /// Headers of every request to it, such as an API key.
        pub(crate) headers: Named<SecretText> as ByName<SecretText> = Named::default(), "{ x-api-key = { env = \"OTLP_KEY\" } }";
        /// The name under which this service appears there.
        pub(crate) service_name: String as Text = "waystation".to_owned();
        /// How often metrics are sent.
        pub(crate) interval: Duration as Time = Duration::from_secs(60);
        /// The share of requests and deliveries that are traced, from 0 to 1.
        pub(crate) trace_share: Share as Portion = Share::percent(100);
    }
}
