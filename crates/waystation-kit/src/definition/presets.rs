//! The presets of a destination.

use super::Definition;
use crate::action::ActionInfo;
use crate::destination::Destination;
use crate::payload::default_mapping;
use crate::preset::{MappingChanges, PlatformEvent, Preset, PresetTrigger};

impl<D: Destination> Definition<D> {
    /// Adds the preset that most actions have: their title, their defaults, their own subscription.
    #[must_use]
    pub fn preset<A: ActionInfo<D>>(self) -> Self {
        self.preset_with::<A>(A::TITLE, MappingChanges::none())
    }

    /// Adds a preset: the action's defaults with changes, started by the action's own subscription.
    #[must_use]
    pub fn preset_with<A: ActionInfo<D>>(self, name: &'static str, changes: MappingChanges) -> Self {
        let subscribe = A::SUBSCRIBE.unwrap_or_default();
        self.preset_on::<A>(name, PresetTrigger::Automatic { subscribe }, changes)
    }

    /// Adds a preset with a trigger of its own.
    #[must_use]
    pub fn preset_on<A: ActionInfo<D>>(
        mut self,
        name: &'static str,
        trigger: PresetTrigger,
        changes: MappingChanges,
    ) -> Self {
        let mapping = changes.apply(default_mapping(&A::fields()));
        self.any.presets.push(Preset {
            name,
            action: A::SLUG,
            mapping,
            trigger,
        });
        self
    }

    /// Adds a preset that one event of the platform starts, for example of a warehouse audience.
    #[must_use]
    pub fn preset_on_event<A: ActionInfo<D>>(
        self,
        name: &'static str,
        event_slug: &'static str,
        changes: MappingChanges,
    ) -> Self {
        self.preset_on::<A>(name, PresetTrigger::SpecificEvent { event_slug }, changes)
    }

    /// Adds the presets for all [events of the platform](PlatformEvent), unchanged: `Track` tells what people
    /// do, `Identify` what they are part of.
    #[must_use]
    pub fn presets_on_platform_events<Track: ActionInfo<D>, Identify: ActionInfo<D>>(self) -> Self {
        let track = [
            ("Associated Entity Added", PlatformEvent::EntityAdded),
            ("Associated Entity Removed", PlatformEvent::EntityRemoved),
            ("Entities Audience Entered", PlatformEvent::AudienceEntered),
            ("Entities Exited", PlatformEvent::AudienceExited),
        ];
        let definition = track.into_iter().fold(self, |definition, (name, event)| {
            definition.preset_on_event::<Track>(name, event.slug(), MappingChanges::none())
        });
        definition
            .preset_on_event::<Identify>(
                "Entities Audience Membership Changed",
                PlatformEvent::MembershipChanged.slug(),
                MappingChanges::none(),
            )
            .preset_on_event::<Track>(
                "Journeys Step Transition Track",
                PlatformEvent::JourneyStepEntered.slug(),
                MappingChanges::none(),
            )
    }
}
