//! As what events are sent: the mappings of subscriptions.

use serde_json::Value;
use waystation_json::JsonObject;
use waystation_kit::SyncMode;
use waystation_kit::payload::default_mapping;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::pipeline::{MATCHING_KEY, SYNC_MODE};

use super::Builder;
use crate::document::{Kind, Located, Spot, Tree, to_json};
use crate::fault::Problem;
use crate::written::Subscription;

/// A mapping, and where it was written.
pub(super) struct ChosenMapping {
    pub(super) value: Value,
    /// What was written of it, if anything was.
    pub(super) tree: Option<Tree>,
}

impl ChosenMapping {
    /// Where the part that a JSON pointer leads to was written.
    pub(super) fn spot<'m>(&'m self, pointer: &str, subscription: &'m Spot) -> &'m Spot {
        self.tree
            .as_ref()
            .map_or(subscription, |tree| &tree.find_pointer(pointer).spot)
    }
}

impl Builder<'_, '_> {
    /// The mapping that is written, the action's default, or the one laid over the other.
    /// `None` if what is written is no mapping at all, which was told.
    pub(super) fn mapping(&mut self, written: &Subscription, action: &LoadedAction) -> Option<ChosenMapping> {
        let errors = self.findings.errors();
        let extends = written
            .extend_defaults
            .as_ref()
            .is_some_and(|extends| extends.value);
        let tree = written.mapping.as_ref().map(|mapping| mapping.value.clone());
        let mut mapping = match tree.is_none() || extends {
            true => self.defaults(written, action),
            false => {
                self.check_omit_without_defaults(written);
                JsonObject::new()
            }
        };
        let own = tree.as_ref().and_then(|tree| self.mapping_json(tree));
        mapping.extend(own.into_iter().flatten());
        if let Some(mode) = self.sync_mode(written, action) {
            mapping.insert(SYNC_MODE.to_owned(), Value::from(mode.name()));
        }
        if let Some(key) = &written.matching_key {
            mapping.insert(MATCHING_KEY.to_owned(), Value::from(key.value.as_str()));
        }
        (self.findings.errors() == errors).then_some(ChosenMapping {
            value: Value::Object(mapping),
            tree,
        })
    }

    /// The action's default mapping without the fields that are left out.
    fn defaults(&mut self, written: &Subscription, action: &LoadedAction) -> JsonObject {
        let mut mapping = default_mapping(&action.definition().fields);
        for field in written.omit.iter().flat_map(|omit| &omit.value) {
            if mapping.shift_remove(&field.value).is_none() {
                let reason = format!("the default mapping does not fill `{}`", field.value);
                self.findings.add(&field.spot, Problem::NoEffect { reason });
            }
        }
        mapping
    }

    fn check_omit_without_defaults(&mut self, written: &Subscription) {
        if let Some(omit) = &written.omit {
            let reason = "`mapping` takes the place of the default mapping; see `extend_defaults`".to_owned();
            self.findings.add(&omit.spot, Problem::NoEffect { reason });
        }
    }

    /// The JSON of a mapping that is a table or a text.
    fn mapping_json(&mut self, tree: &Tree) -> Option<JsonObject> {
        let json = match &tree.kind {
            Kind::Text(text) => self.parse_json(text, &tree.spot)?,
            _ => to_json(tree, &mut self.findings),
        };
        match json {
            Value::Object(mapping) => Some(mapping),
            _ => {
                let problem = Problem::Mapping {
                    problem: "must be a JSON object".to_owned(),
                };
                self.findings.add(&tree.spot, problem);
                None
            }
        }
    }

    fn parse_json(&mut self, text: &str, spot: &Spot) -> Option<Value> {
        match serde_json::from_str(text) {
            Ok(json) => Some(json),
            Err(error) => {
                let line_starts = text.split_inclusive('\n').take(error.line().saturating_sub(1));
                let offset = line_starts.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
                let place = self.findings.within(text, spot, offset);
                let told = error.to_string();
                // The place in the file is better than the one in the text.
                let told = match place {
                    Some(_) => told.split(" at line ").next().unwrap_or_default(),
                    None => told.as_str(),
                };
                let problem = Problem::Mapping {
                    problem: format!("is not JSON: {told}"),
                };
                self.findings.add(place.as_ref().unwrap_or(spot), problem);
                None
            }
        }
    }

    fn sync_mode(&mut self, written: &Subscription, action: &LoadedAction) -> Option<SyncMode> {
        let Located { value: name, spot } = written.sync_mode.as_ref()?;
        let choices = action
            .definition()
            .sync_modes
            .iter()
            .flat_map(|modes| &modes.choices);
        let offered: Vec<SyncMode> = choices.map(|(mode, _)| *mode).collect();
        let mode = offered.iter().find(|mode| mode.name() == name).copied();
        if mode.is_none() {
            let problem = Problem::UnknownSyncMode {
                mode: name.clone(),
                action: action.definition().slug.to_owned(),
                offered: offered.iter().map(|mode| mode.name().to_owned()).collect(),
            };
            self.findings.add(spot, problem);
        }
        mode
    }
}
