//! Closed sets of names as schemas, taken from the types that the names belong to.

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaType, Type};
use waystation_delivery::ResendState;
use waystation_queue::{OutcomeKind, SkipRule, Stage};
use waystation_runtime::guards::BreakerState;

/// What deliveries can have come to that are replayed.
pub(crate) const REPLAYABLE: [OutcomeKind; 2] = [OutcomeKind::Skipped, OutcomeKind::Dead];

fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> Schema {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    text.enum_values(Some(names)).into()
}

pub(crate) fn outcomes() -> Schema {
    one_of(OutcomeKind::ALL.iter().map(|kind| kind.name()))
}

pub(crate) fn replayable() -> Schema {
    one_of(REPLAYABLE.iter().map(|kind| kind.name()))
}

pub(crate) fn rules() -> Schema {
    one_of(SkipRule::ALL.iter().map(|rule| rule.name()))
}

pub(crate) fn stages() -> Schema {
    one_of(Stage::ALL.iter().map(|stage| stage.name()))
}

fn or_null(names: Schema) -> Schema {
    let null = ObjectBuilder::new().schema_type(SchemaType::new(Type::Null));
    AnyOfBuilder::new().item(names).item(null).into()
}

pub(crate) fn outcomes_or_null() -> Schema {
    or_null(outcomes())
}

pub(crate) fn replayable_or_null() -> Schema {
    or_null(replayable())
}

pub(crate) fn rules_or_null() -> Schema {
    or_null(rules())
}

pub(crate) fn stages_or_null() -> Schema {
    or_null(stages())
}

pub(crate) fn resend_states() -> Schema {
    one_of(ResendState::ALL.iter().map(|state| state.name()))
}

pub(crate) fn breaker_states() -> Schema {
    let states = [
        BreakerState::Admitting,
        BreakerState::Probing,
        BreakerState::Refusing,
    ];
    one_of(states.iter().map(|state| state.label()))
}
