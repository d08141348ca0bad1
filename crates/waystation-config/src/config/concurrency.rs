//! How many attempts are at the partner at once: a limit that is fixed, or one that adapts.

use std::num::NonZeroUsize;

use serde_json::{Value, json};
use waystation_runtime::guards::ConcurrencySettings;

use crate::document::{
    Count, Definitions, Findings, Form, Maybe, Reference, Setting, Table, Tree, object_schema, read_table,
    settings,
};

settings! {
    /// How many attempts are at the partner at once.
    pub(crate) struct Keys as "Concurrency" => {
        /// A limit that does not adapt. Not together with the other two.
        pub(crate) fixed: Option<NonZeroUsize> as Maybe<Count> = None, "20";
        /// The limit to begin with.
        pub(crate) start: Option<NonZeroUsize> as Maybe<Count> = adaptive().map(|(start, _)| start);
        /// The limit is never above this.
        pub(crate) ceiling: Option<NonZeroUsize> as Maybe<Count> = adaptive().map(|(_, ceiling)| ceiling);
    }
}

/// The default's bounds.
fn adaptive() -> Option<(NonZeroUsize, NonZeroUsize)> {
    match ConcurrencySettings::default() {
        ConcurrencySettings::Adaptive { start, ceiling } => Some((start, ceiling)),
        ConcurrencySettings::Fixed { .. } => None,
    }
}

/// The form of [`ConcurrencySettings`]. `fixed` and the keys of an adaptive limit exclude each other; the last layer
/// that has one of them decides.
pub(crate) enum Concurrency {}

impl Form<ConcurrencySettings> for Concurrency {
    const IS_TABLE: bool = true;

    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<ConcurrencySettings> {
        let mut settings = ConcurrencySettings::default();
        Self::read(&mut settings, &[tree], findings);
        Some(settings)
    }

    fn read(value: &mut ConcurrencySettings, layers: &[&Tree], findings: &mut Findings<'_>) {
        let mut keys = Keys::default();
        read_table(&mut keys, layers, &[], findings);
        let says = |layer: &&&Tree| {
            ["fixed", "start", "ceiling"]
                .iter()
                .any(|key| layer.get(key).is_some())
        };
        let Some(last) = layers.iter().rfind(says) else {
            return;
        };
        *value = match (
            keys.fixed.filter(|_| last.get("fixed").is_some()),
            keys.start,
            keys.ceiling,
        ) {
            (Some(limit), ..) => ConcurrencySettings::Fixed { limit },
            (None, Some(start), Some(ceiling)) => ConcurrencySettings::Adaptive { start, ceiling },
            _ => *value,
        };
    }

    fn written(_: &ConcurrencySettings) -> Option<Value> {
        None
    }

    fn schema(definitions: &mut Definitions) -> Value {
        <Table as Form<Keys>>::schema(definitions)
    }

    fn shown(value: &ConcurrencySettings) -> Option<Value> {
        Some(match value {
            ConcurrencySettings::Fixed { limit } => json!({"kind": "fixed", "limit": limit}),
            ConcurrencySettings::Adaptive { start, ceiling } => {
                json!({"kind": "adaptive", "start": start, "ceiling": ceiling})
            }
        })
    }

    fn shown_schema() -> Option<Value> {
        let mut properties = object_schema::<Keys>(false, &mut Definitions::new())["properties"].take();
        properties["kind"] = json!({"type": "string", "enum": ["fixed", "adaptive"]});
        let limit = properties["fixed"].take();
        properties["limit"] = limit;
        if let Some(properties) = properties.as_object_mut() {
            properties.shift_remove("fixed");
        }
        Some(json!({"type": "object", "properties": properties, "required": ["kind"]}))
    }

    fn reference(_: &ConcurrencySettings, setting: &Setting, reference: &mut Reference) {
        reference.table(&Keys::default(), setting, None);
    }
}
