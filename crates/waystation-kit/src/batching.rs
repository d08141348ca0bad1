//! The fields by which a platform gathers events into batches before they come here.
//!
//! No action reads them. They say whether events are gathered, how many at a time, and which of them may share
//! a batch: only those whose payloads have the same value in every *batch key*.

use serde_json::Value;
use waystation_fields::{Category, DisplayMode, FieldDefinition, FieldType, Fields, Required};

/// Whether events are gathered.
pub const ENABLE_BATCHING: &str = "enable_batching";
/// How many at a time.
pub const BATCH_SIZE: &str = "batch_size";
/// The fields of the payload that must be equal within a batch.
pub const BATCH_KEYS: &str = "batch_keys";

/// How the events of an action are gathered; [`Batching::fields`] are the fields that say so.
///
/// ```
/// use waystation_kit::batching::Batching;
/// use waystation_kit::fields::Fields;
///
/// /// What the actions of a destination add with `#[payload(extend = batching)]`.
/// fn batching() -> Fields {
///     Batching::up_to(500).grouped_by(["list_id"]).fields()
/// }
/// assert_eq!(batching().iter().map(|(key, _)| key).collect::<Vec<_>>(), ["enable_batching", "batch_size", "batch_keys"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batching {
    limits: Option<(u32, u32)>,
    initially: u32,
    keys: Vec<&'static str>,
    /// `None` leaves it open.
    switched_on: Option<bool>,
    required: bool,
    hidden: bool,
}

impl Batching {
    /// Batches of at most so many events, which is also the size at first.
    #[must_use]
    pub fn up_to(most: u32) -> Self {
        Self {
            limits: Some((1, most)),
            hidden: false,
            ..Self::of(most)
        }
    }

    /// Batches of so many events, a size that is not for people to choose.
    #[must_use]
    pub fn of(size: u32) -> Self {
        Self {
            limits: None,
            initially: size,
            keys: Vec::new(),
            switched_on: Some(true),
            required: false,
            hidden: true,
        }
    }

    /// Where people choose the size: not less than this.
    #[must_use]
    pub fn at_least(mut self, least: u32) -> Self {
        self.limits = self.limits.map(|(_, most)| (least, most));
        self
    }

    /// People do not see the size.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Every mapping has to say whether and how events are gathered.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Another size at first.
    #[must_use]
    pub fn initially(mut self, size: u32) -> Self {
        self.initially = size;
        self
    }

    /// Batches only where a person asks for them.
    #[must_use]
    pub fn switched_off(mut self) -> Self {
        self.switched_on = Some(false);
        self
    }

    /// Whether events are gathered is left open, as the platform does for some actions.
    #[must_use]
    pub fn undecided(mut self) -> Self {
        self.switched_on = None;
        self
    }

    /// Only events with the same values in these fields share a batch.
    #[must_use]
    pub fn grouped_by(mut self, keys: impl IntoIterator<Item = &'static str>) -> Self {
        self.keys = keys.into_iter().collect();
        self
    }

    /// The fields. Batch keys are not for people: they follow from how the action sends.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let required = if self.required {
            Required::Always
        } else {
            Required::Never
        };
        let fields = Fields::new()
            .with(
                ENABLE_BATCHING,
                FieldDefinition {
                    description: "Gather events and send many at a time.".into(),
                    required: required.clone(),
                    default: self.switched_on.map(Value::from),
                    ..FieldDefinition::new("Batch events", FieldType::Boolean)
                },
            )
            .with(
                BATCH_SIZE,
                FieldDefinition {
                    description: "The most events to send at a time. Batches may well be smaller.".into(),
                    required,
                    default: Some(self.initially.into()),
                    minimum: self.limits.map(|(least, _)| least.into()),
                    maximum: self.limits.map(|(_, most)| most.into()),
                    hidden: self.hidden,
                    display_mode: Some(DisplayMode::Collapsed),
                    ..FieldDefinition::new("Batch size", FieldType::Number)
                },
            );
        if self.keys.is_empty() {
            return fields;
        }
        fields.with(
            BATCH_KEYS,
            FieldDefinition {
                description: "Events share a batch if they agree in these fields.".into(),
                default: Some(self.keys.iter().copied().map(Value::from).collect()),
                multiple: true,
                hidden: true,
                category: Some(Category::Internal),
                ..FieldDefinition::new("Batch keys", FieldType::String)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_fields_say_how_events_are_gathered() {
        let fields = Batching::up_to(500)
            .initially(100)
            .switched_off()
            .grouped_by(["list_id"])
            .fields();
        let default = |key: &str| fields.get(key).and_then(|field| field.default.clone());
        assert_eq!(default(ENABLE_BATCHING), Some(json!(false)));
        assert_eq!(default(BATCH_SIZE), Some(json!(100)));
        assert_eq!(default(BATCH_KEYS), Some(json!(["list_id"])));
        assert_eq!(fields.get(BATCH_SIZE).unwrap().maximum, Some(500.0));
    }

    #[test]
    fn the_switch_may_be_left_open() {
        let fields = Batching::up_to(500).undecided().fields();
        assert_eq!(fields.get(ENABLE_BATCHING).unwrap().default, None);
    }

    #[test]
    fn a_size_that_nobody_chooses_is_hidden_and_has_no_limits() {
        let fields = Batching::of(75).at_least(2).fields();
        let size = fields.get(BATCH_SIZE).unwrap();
        assert_eq!((size.minimum, size.maximum, size.hidden), (None, None, true));
        assert_eq!(size.default, Some(json!(75)));
        let fields = Batching::up_to(50).hidden().fields();
        let size = fields.get(BATCH_SIZE).unwrap();
        assert_eq!(
            (size.minimum, size.maximum, size.hidden),
            (Some(1.0), Some(50.0), true)
        );
    }

    #[test]
    fn a_mapping_may_have_to_say_how_events_are_gathered() {
        let fields = Batching::up_to(75).at_least(2).required().fields();
        let size = fields.get(BATCH_SIZE).unwrap();
        assert_eq!(
            (size.minimum, size.maximum, size.hidden),
            (Some(2.0), Some(75.0), false)
        );
        for key in [ENABLE_BATCHING, BATCH_SIZE] {
            assert_eq!(fields.get(key).unwrap().required, Required::Always, "{key}");
        }
    }

    #[test]
    fn without_keys_any_events_share_a_batch() {
        assert!(Batching::up_to(10).fields().get(BATCH_KEYS).is_none());
    }
}
