//! Subscriptions that a workspace gets when it connects a destination.

use serde_json::Value;
use waystation_json::JsonObject;

/// A ready-made subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What people read.
    pub name: &'static str,
    /// The slug of the action that runs.
    pub action: &'static str,
    /// The defaults of the action's fields, overlaid with what the preset changes.
    pub mapping: JsonObject,
    /// What starts it.
    pub trigger: PresetTrigger,
}

/// What starts a preset's action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetTrigger {
    /// Every event that the subscription matches.
    Automatic {
        /// The subscription, in FQL.
        subscribe: &'static str,
    },
    /// One event of the platform itself, for example of a warehouse audience.
    SpecificEvent {
        /// The platform's name for the event; see [`PlatformEvent`].
        event_slug: &'static str,
    },
}

/// The events of the platform itself that presets are started by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformEvent {
    /// A person has something of the warehouse that they did not have.
    EntityAdded,
    /// A person no longer has something of the warehouse.
    EntityRemoved,
    /// A person enters an audience.
    AudienceEntered,
    /// A person leaves an audience.
    AudienceExited,
    /// A person enters or leaves an audience, told as a trait.
    MembershipChanged,
    /// A person comes to a step of a journey.
    JourneyStepEntered,
}

impl PlatformEvent {
    /// The platform's name for the event.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::EntityAdded => "warehouse_entity_added_track",
            Self::EntityRemoved => "warehouse_entity_removed_track",
            Self::AudienceEntered => "warehouse_audience_entered_track",
            Self::AudienceExited => "warehouse_audience_exited_track",
            Self::MembershipChanged => "warehouse_audience_membership_changed_identify",
            Self::JourneyStepEntered => "journeys_step_entered_track",
        }
    }
}

/// How a preset differs from the action's defaults.
#[derive(Debug, Clone, Default)]
pub struct MappingChanges {
    pub(crate) set: Vec<(&'static str, Value)>,
    pub(crate) removed: Vec<&'static str>,
}

impl MappingChanges {
    /// No change.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Sets a field to a mapping of its own.
    #[must_use]
    pub fn set(mut self, field: &'static str, mapping: Value) -> Self {
        self.set.push((field, mapping));
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, field: &'static str) -> Self {
        self.removed.push(field);
        self
    }

    pub(crate) fn apply(self, mut mapping: JsonObject) -> JsonObject {
        for field in self.removed {
            mapping.shift_remove(field);
        }
        mapping.extend(
            self.set
                .into_iter()
                .map(|(field, value)| (field.to_owned(), value)),
        );
        mapping
    }
}
