//! The sections about the service itself.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use waystation_kit::Secret;

use super::{Builder, Exposure, check_name, or};
use crate::config::{AddressRule, Api, ApiToken, Ingest, Logging, Network, Otlp, ServerTls, Telemetry};
use crate::document::{Located, Named, Spot, Tree, required};
use crate::fault::{Problem, Severity};
use crate::written;

/// A shorter token can be guessed.
const SHORTEST_SAFE_TOKEN: usize = 16;

impl Builder<'_, '_> {
    pub(super) fn api(&mut self, section: written::Api, exposure: Exposure) -> Api {
        if let Some(open) = &section.open
            && open.value
            && exposure != Exposure::ThisMachine
        {
            let reason = match exposure {
                Exposure::OtherMachinesStill => {
                    "is not possible yet: the service listens for other machines until the next start"
                }
                _ => "is only possible while `server.listen` is an address of this machine alone",
            };
            let severity = Severity::Error;
            self.findings
                .add(&open.spot, Problem::Unsafe { reason, severity });
        }
        let Named(tokens) = section.tokens;
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
        let scope = "scope = \"read\", \"operate\", \"admin\" or \"execute\"";
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

    pub(super) fn telemetry(&mut self, written: written::Telemetry) -> Telemetry {
        Telemetry {
            log: Logging {
                format: written.log_format,
                level: written.log_level,
            },
            otlp: written.otlp.and_then(|otlp| self.otlp(otlp)),
        }
    }

    fn otlp(&mut self, written: Located<written::Otlp>) -> Option<Otlp> {
        let Located { value: written, spot } = written;
        let findings = &mut self.findings;
        let example = "endpoint = \"http://localhost:4318\"";
        let endpoint = required(written.endpoint, "endpoint", example, &spot, findings);
        let headers = written.headers.0.into_iter().filter_map(|(name, value)| {
            let value = self.vault.open(&value, &name.spot, findings)?;
            Some((name.value, value))
        });
        let headers = headers.collect();
        Some(Otlp {
            endpoint: endpoint?.value,
            headers,
            service_name: written.service_name,
            interval: written.interval,
            trace_share: written.trace_share.get(),
        })
    }

    /// A certificate and its key must be there, and are followed.
    pub(super) fn tls(&mut self, written: ServerTls, tree: &Tree) -> Option<ServerTls> {
        let spot = tree
            .at("server.tls")
            .map(|tls| tls.spot.clone())
            .unwrap_or_default();
        let example = "certificate = \"/etc/waystation/tls.crt\"";
        let certificate = required(
            written.certificate,
            "certificate",
            example,
            &spot,
            &mut self.findings,
        );
        let key = required(
            written.key,
            "key",
            "key = \"/etc/waystation/tls.key\"",
            &spot,
            &mut self.findings,
        );
        let mut file = |path: Option<PathBuf>, key| {
            let found = self.vault.find(&path?);
            match found {
                Ok(path) => Some(path),
                Err(problem) => {
                    let written = tree.at(key).map_or(&spot, |written| &written.spot);
                    self.findings.add(written, problem);
                    None
                }
            }
        };
        let certificate = file(certificate, "server.tls.certificate");
        let key = file(key, "server.tls.key");
        Some(ServerTls {
            certificate: Some(certificate?),
            key: Some(key?),
        })
    }

    /// A script that is a file must be one that can be read.
    pub(super) fn check_script(&mut self, ingest: &Ingest, tree: &Tree) {
        let path = ingest
            .browser_script
            .as_ref()
            .filter(|script| !is_web_address(script));
        if let (Some(path), Some(written)) = (path, tree.at("ingest.browser_script"))
            && let Err(problem) = self.vault.read(path)
        {
            self.findings.add(&written.spot, problem);
        }
    }

    pub(super) fn check_network(&mut self, network: &Network, tree: &Tree) {
        if let Some(allowed) = tree.at("network.allow")
            && network.addresses == AddressRule::All
        {
            let reason = "`addresses` is \"all\"".to_owned();
            self.findings.add(&allowed.spot, Problem::NoEffect { reason });
        }
    }
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}
