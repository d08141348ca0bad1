//! The sections about the service itself.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use waystation_client::NetworkConfig;
use waystation_client::network::Proxies;
use waystation_kit::Secret;

use super::{Builder, check_name, or};
use crate::config::{
    Api, ApiToken, Ingest, ListenAddress, Logging, Network, Otlp, Record, Server, Store, Telemetry,
};
use crate::document::{Located, Named, Spot, required};
use crate::fault::{Problem, Severity};
use crate::written;

/// A shorter token can be guessed.
const SHORTEST_SAFE_TOKEN: usize = 16;

pub(super) fn server(section: Option<Located<written::Server>>, listen: Option<ListenAddress>) -> Server {
    let section = section.map(|section| section.value).unwrap_or_default();
    let default = Server::default();
    Server {
        listen: listen.unwrap_or_else(|| or(section.listen, default.listen)),
        max_body: or(section.max_body, default.max_body),
        shutdown_grace: or(section.shutdown_grace, default.shutdown_grace),
    }
}

pub(super) fn ingest(section: Option<Located<written::Ingest>>) -> Ingest {
    let section = section.map(|section| section.value).unwrap_or_default();
    let default = Ingest::default();
    Ingest {
        max_event: or(section.max_event, default.max_event),
        max_request: or(section.max_request, default.max_request),
        max_events: section
            .max_events
            .map_or(default.max_events, |written| written.value.get()),
        dedupe_window: or(section.dedupe_window, default.dedupe_window),
        trusted_proxies: section
            .trusted_proxies
            .map_or(default.trusted_proxies, |written| usize::from(written.value)),
    }
}

pub(super) fn store(section: Option<Located<written::Store>>) -> Store {
    let section = section.map(|section| section.value).unwrap_or_default();
    let default = Store::default();
    Store {
        path: section
            .path
            .map_or(default.path, |path| PathBuf::from(path.value)),
        max_size: section
            .max_size
            .map_or(default.max_size, |size| size.value.0 as u64),
        full_retry_after: or(section.full_retry_after, default.full_retry_after),
    }
}

pub(super) fn record(section: Option<Located<written::Record>>) -> Record {
    let section = section.map(|section| section.value).unwrap_or_default();
    let default = Record::default();
    Record {
        keep: or(section.keep, default.keep),
        keep_dead_letters: or(section.keep_dead_letters, default.keep_dead_letters),
        bodies: or(section.bodies, default.bodies),
        body_limit: or(section.body_limit, default.body_limit),
    }
}

impl Builder<'_, '_> {
    pub(super) fn api(&mut self, section: Option<Located<written::Api>>, listen: &ListenAddress) -> Api {
        let section = section.map(|section| section.value).unwrap_or_default();
        if let Some(open) = &section.open
            && open.value
            && !listen.is_loopback()
        {
            let problem = Problem::Unsafe {
                reason: "is only possible while `server.listen` is an address of this machine alone",
                severity: Severity::Error,
            };
            self.findings.add(&open.spot, problem);
        }
        let Named(tokens) = or(section.tokens, Named::default());
        let mut known = HashMap::new();
        let mut tokens: Vec<ApiToken> = tokens
            .into_iter()
            .filter_map(|(name, token)| self.token(&name, token, &mut known))
            .collect();
        tokens.sort_by(|one, other| one.name.cmp(&other.name));
        Api {
            tokens,
            open: or(section.open, false),
        }
    }

    fn token(
        &mut self,
        name: &Located<String>,
        written: written::Token,
        known: &mut HashMap<String, Spot>,
    ) -> Option<ApiToken> {
        let findings = &mut self.findings;
        let good_name = check_name(name, findings);
        let scope = "scope = \"execute\" or scope = \"admin\"";
        let scope = required(written.scope, "scope", scope, &name.spot, findings);
        let token = required(
            written.token,
            "token",
            "token = { env = \"NAME\" }",
            &name.spot,
            findings,
        )?;
        let spot = token.spot;
        let token = self.vault.open(&token.value, &spot, findings)?;
        self.check_token(&token, &spot);
        self.check_unique(&token, "token", &spot, known);
        good_name.then_some(ApiToken {
            name: Arc::from(name.value.as_str()),
            token,
            scope: scope?.value,
        })
    }

    fn check_token(&mut self, token: &Secret, spot: &Spot) {
        let token = token.expose();
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            // Nothing else can be sent as a bearer token.
            let reason = "must consist of visible ASCII characters".to_owned();
            self.findings.add(spot, Problem::Unusable { reason });
        }
        if token.len() < SHORTEST_SAFE_TOKEN {
            let problem = Problem::Unsafe {
                reason: "is shorter than 16 characters: it can be guessed",
                severity: Severity::Warning,
            };
            self.findings.add(spot, problem);
        }
    }

    pub(super) fn telemetry(&mut self, section: Option<Located<written::Telemetry>>) -> Telemetry {
        let section = section.map(|section| section.value).unwrap_or_default();
        let default = Logging::default();
        Telemetry {
            log: Logging {
                format: or(section.log_format, default.format),
                level: or(section.log_level, default.level),
            },
            otlp: section.otlp.and_then(|otlp| self.otlp(otlp)),
        }
    }

    fn otlp(&mut self, written: Located<written::Otlp>) -> Option<Otlp> {
        let Located { value: written, spot } = written;
        let findings = &mut self.findings;
        let example = "endpoint = \"http://localhost:4318\"";
        let endpoint = required(written.endpoint, "endpoint", example, &spot, findings);
        let Named(headers) = or(written.headers, Named::default());
        let headers = headers.into_iter().filter_map(|(name, value)| {
            let value = self.vault.open(&value, &name.spot, findings)?;
            Some((name.value, value))
        });
        let headers = headers.collect();
        Some(Otlp {
            endpoint: endpoint?.value.0,
            headers,
            service_name: or(written.service_name, Otlp::SERVICE_NAME.to_owned()),
            interval: or(written.interval, Otlp::INTERVAL),
            trace_share: written
                .trace_share
                .map_or(Otlp::TRACE_SHARE, |share| share.value.0.get()),
        })
    }

    pub(super) fn network(&mut self, section: Option<Located<written::Network>>) -> Network {
        let section = section.map(|section| section.value).unwrap_or_default();
        let allowed = section.allow.map(|allowed| (allowed.value, allowed.spot));
        let rule = or(section.addresses, written::AddressRule::PublicWhereAsked);
        if let Some((_, spot)) = &allowed
            && rule == written::AddressRule::All
        {
            let reason = "`addresses` is \"all\"".to_owned();
            self.findings.add(spot, Problem::NoEffect { reason });
        }
        let ranges = allowed.map(|(ranges, _)| ranges).unwrap_or_default();
        let default = NetworkConfig::default();
        let rewrites = section.rewrite.map(|rewrites| rewrites.value);
        Network {
            client: NetworkConfig {
                addresses: rule.policy(ranges.into_iter().map(|range| range.0)),
                answer_limit: or(section.max_answer, default.answer_limit),
                proxies: match or(section.proxies, true) {
                    true => Proxies::FromEnvironment,
                    false => Proxies::None,
                },
            },
            rewrites: rewrites
                .unwrap_or_default()
                .into_iter()
                .map(|rewrite| rewrite.0)
                .collect(),
        }
    }
}
