//! What is wrong with a mapping, and what looks wrong.

use serde_json::Value;
use waystation_fields::Required;
use waystation_kit::batching::{BATCH_KEYS, BATCH_SIZE, ENABLE_BATCHING};
use waystation_kit::hooks::HookType;
use waystation_liquid::Template;
use waystation_runtime::Error;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::pipeline::{SubscribedPipeline, UnusablePipeline};
use waystation_runtime::registry::nearest;

use super::Builder;
use super::mapping::ChosenMapping;
use crate::document::{Kind, Spot};
use crate::fault::Problem;

/// What reserved keys of a mapping begin with; they fill no field.
const RESERVED: &str = "__segment_internal_";

/// The fields that say how events are gathered.
const BATCHING: [&str; 3] = [ENABLE_BATCHING, BATCH_SIZE, BATCH_KEYS];

/// Under this key, a directive makes the payload out of the other fields.
const ROOT_DIRECTIVE: &str = "__segment_internal_directive";

impl Builder<'_, '_> {
    /// Tells of what is wrong with the mapping, or with the pipeline made from it.
    pub(super) fn check_mapping(
        &mut self,
        compiled: &SubscribedPipeline,
        action: &LoadedAction,
        mapping: &ChosenMapping,
        subscription: &Spot,
    ) {
        self.check_templates(&mapping.value, "", mapping, subscription);
        self.check_fields(action, mapping, subscription);
        match &compiled.pipeline {
            Ok(_) => {}
            Err(UnusablePipeline::Invalid(Error::InvalidMapping(invalid))) => {
                for fault in &invalid.faults {
                    self.misfit(mapping, &fault.path, fault.problem.to_string(), subscription);
                }
            }
            Err(other) => self.misfit(mapping, "/", other.to_string(), subscription),
        }
    }

    /// Tells of a problem of a part of the mapping. If that part was written as JSON text, or not at all, the
    /// sentence names it.
    fn misfit(&mut self, mapping: &ChosenMapping, pointer: &str, problem: String, subscription: &Spot) {
        let is_table = matches!(&mapping.tree, Some(tree) if matches!(tree.kind, Kind::Table(_)));
        let problem = match is_table {
            true => problem,
            false => format!("has a part {pointer} that {problem}"),
        };
        let spot = mapping.spot(pointer, subscription);
        self.findings.add(spot, Problem::Mapping { problem });
    }

    /// Templates are compiled when an event reaches them; a faulty one is told now.
    fn check_templates(&mut self, part: &Value, pointer: &str, mapping: &ChosenMapping, subscription: &Spot) {
        match part {
            Value::Object(members) => {
                for (key, member) in members {
                    let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    match member {
                        Value::String(template) if key == "@liquid" => {
                            if let Err(error) = Template::compile(template) {
                                let problem = format!("is no template: {error}");
                                self.misfit(mapping, &pointer, problem, subscription);
                            }
                        }
                        _ => self.check_templates(member, &pointer, mapping, subscription),
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check_templates(item, &format!("{pointer}/{index}"), mapping, subscription);
                }
            }
            _ => {}
        }
    }

    /// Tells of fields that do not exist, and of required ones that are left out.
    fn check_fields(&mut self, action: &LoadedAction, mapping: &ChosenMapping, subscription: &Spot) {
        let definition = action.definition();
        let (Value::Object(mapped), false) = (&mapping.value, definition.fields.is_empty()) else {
            return;
        };
        if mapped.contains_key(ROOT_DIRECTIVE) {
            return;
        }
        let is_field = |key: &str| definition.fields.get(key).is_some();
        let is_reserved = |key: &str| key.starts_with(RESERVED) || HookType::from_name(key).is_some();
        // Read here for every action that takes batches, whether it has such a field or not.
        let is_batching = |key: &str| definition.takes_batches() && BATCHING.contains(&key);
        let is_unknown = |key: &&String| !is_field(key) && !is_reserved(key) && !is_batching(key);
        for key in mapped.keys().filter(is_unknown) {
            let problem = Problem::UnknownField {
                field: key.clone(),
                action: definition.slug.to_owned(),
                nearest: nearest(key, definition.fields.iter().map(|(key, _)| key)).map(str::to_owned),
            };
            self.findings
                .add(mapping.spot(&format!("/{key}"), subscription), problem);
        }
        for (key, field) in definition.fields.iter() {
            if field.required == Required::Always && !mapped.contains_key(key) {
                let problem = Problem::UnmappedField {
                    field: key.to_owned(),
                    action: definition.slug.to_owned(),
                };
                self.findings.add(mapping.spot("/", subscription), problem);
            }
        }
    }
}
