//! A destination's own settings.

use waystation_fields::Fields;
use waystation_json::JsonObject;
use waystation_kit::Secret;
use waystation_runtime::registry::nearest;
use waystation_runtime::{Error, LoadedDestination};

use super::Builder;
use crate::config::ResolvedSettings;
use crate::document::{Located, Spot, Tree, to_json};
use crate::fault::Problem;

impl Builder<'_, '_> {
    /// The settings, validated, and the texts among them that came from elsewhere. Every fault is told.
    pub(super) fn settings(
        &mut self,
        written: Option<&Located<Tree>>,
        connection: &Spot,
        destination: &LoadedDestination,
    ) -> Option<(ResolvedSettings, Vec<Secret>)> {
        let errors = self.findings.errors();
        let authentication = destination.definition().authentication.as_ref();
        let declared = authentication.map(|authentication| &authentication.fields);
        let (tree, secrets) = match written {
            Some(written) => {
                let (tree, secrets) = self.vault.fill_in(&written.value, declared, &mut self.findings);
                (Some(tree), secrets)
            }
            None => (None, Vec::new()),
        };
        if let Some(tree) = &tree {
            self.check_names(tree, declared);
        }
        let json = match tree.as_ref().map(|tree| to_json(tree, &mut self.findings)) {
            Some(serde_json::Value::Object(json)) => json,
            _ => JsonObject::new(),
        };
        // Settings that are left out altogether are missed where they would stand.
        let spot = written.map_or_else(
            || Spot {
                key: connection.key.key("settings"),
                ..connection.clone()
            },
            |written| written.spot.clone(),
        );
        let settings = self.validated(destination, json, tree.as_ref(), &spot, &secrets);
        // What was told above would be told again by its consequences.
        (self.findings.errors() == errors)
            .then_some(settings)
            .flatten()
            .map(|settings| (ResolvedSettings::new(settings), secrets))
    }

    fn check_names(&mut self, tree: &Tree, declared: Option<&Fields>) {
        let known: Vec<&str> = declared
            .into_iter()
            .flat_map(Fields::iter)
            .map(|(key, _)| key)
            .collect();
        for entry in tree.entries() {
            let name = entry.key.value.as_str();
            if !known.contains(&name) {
                let problem = Problem::UnknownKey {
                    nearest: nearest(name, known.iter().copied()).map(str::to_owned),
                    known: known.iter().map(|key| (*key).to_owned()).collect(),
                };
                self.findings.add(&entry.key.spot, problem);
            }
        }
    }

    fn validated(
        &mut self,
        destination: &LoadedDestination,
        json: JsonObject,
        tree: Option<&Tree>,
        spot: &Spot,
        secrets: &[Secret],
    ) -> Option<JsonObject> {
        let settings = match destination.prepare_settings(json) {
            Ok(settings) => settings,
            Err(Error::Schema { errors, .. }) => {
                for error in errors.iter() {
                    let place = tree.and_then(|tree| tree.find_path(&error.path));
                    let problem = Problem::Setting {
                        reason: error.problem.to_string(),
                    };
                    self.findings.add(place.map_or(spot, |tree| &tree.spot), problem);
                }
                return None;
            }
            Err(error) => {
                let reason = error.to_string();
                self.findings.add(spot, Problem::Setting { reason });
                return None;
            }
        };
        match (destination.definition().parse_settings)(&settings) {
            Ok(_) => Some(settings),
            Err(error) => {
                let declared = destination.secrets(&settings);
                let reason = without(error.to_string(), secrets.iter().chain(&declared));
                let reason = format!("cannot be used: {reason}");
                self.findings.add(spot, Problem::Setting { reason });
                None
            }
        }
    }
}

/// The text with secrets taken out.
fn without<'s>(text: String, secrets: impl Iterator<Item = &'s Secret>) -> String {
    secrets
        .filter(|secret| !secret.is_empty())
        .fold(text, |text, secret| text.replace(secret.expose(), "<redacted>"))
}
