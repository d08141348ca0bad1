//! Batching fields as the kit makes them.

use serde_json::Value;
use std::fmt::Write as _;

use waystation_kit::batching::{BATCH_KEYS, BATCH_SIZE, Batching, ENABLE_BATCHING};
use waystation_kit::fields::{FieldDefinition, Fields, Required};

/// The call that makes the batching fields among these, if the kit can make them; and the other fields.
pub(crate) fn taken_out(fields: &Fields) -> Option<(String, Fields)> {
    let (call, made) = call(fields)?;
    let differ = |key: &str| fields.get(key).map(bare) != made.get(key).map(bare);
    if [ENABLE_BATCHING, BATCH_SIZE, BATCH_KEYS].into_iter().any(differ) {
        return None;
    }
    let others = fields.iter().filter(|(key, _)| made.get(key).is_none());
    Some((
        call,
        others
            .map(|(key, field)| (key.to_owned(), field.clone()))
            .collect(),
    ))
}

/// What a field is without what people read and see.
fn bare(field: &FieldDefinition) -> FieldDefinition {
    FieldDefinition {
        label: "".into(),
        description: "".into(),
        display_mode: None,
        ..field.clone()
    }
}

/// The call that comes nearest, and what it makes.
fn call(fields: &Fields) -> Option<(String, Fields)> {
    let (switch, size) = (fields.get(ENABLE_BATCHING)?, fields.get(BATCH_SIZE)?);
    let first = u32::try_from(size.default.as_ref()?.as_u64()?).ok()?;
    let (mut call, mut batching) = match (size.minimum, size.maximum) {
        (Some(least), Some(most)) => {
            let (least, most) = (whole(least)?, whole(most)?);
            let mut call = format!("Batching::up_to({most})");
            let mut batching = Batching::up_to(most);
            if least != 1 {
                let _ = write!(call, ".at_least({least})");
                batching = batching.at_least(least);
            }
            if first != most {
                let _ = write!(call, ".initially({first})");
                batching = batching.initially(first);
            }
            if size.hidden {
                call.push_str(".hidden()");
                batching = batching.hidden();
            }
            (call, batching)
        }
        _ => (format!("Batching::of({first})"), Batching::of(first)),
    };
    match switch.default {
        Some(Value::Bool(false)) => {
            call.push_str(".switched_off()");
            batching = batching.switched_off();
        }
        None => {
            call.push_str(".undecided()");
            batching = batching.undecided();
        }
        _ => {}
    }
    if switch.required == Required::Always {
        call.push_str(".required()");
        batching = batching.required();
    }
    if let Some(Value::Array(keys)) = fields.get(BATCH_KEYS).and_then(|field| field.default.as_ref()) {
        let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
        let keys = keys?;
        let _ = write!(call, ".grouped_by({keys:?})");
        // Texts of definitions live as long as the program; there are few.
        batching = batching.grouped_by(keys.into_iter().map(|key| &*Box::leak(Box::<str>::from(key))));
    }
    call.push_str(".fields()");
    Some((call, batching.fields()))
}

fn whole(limit: f64) -> Option<u32> {
    let is_whole = limit.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&limit);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and within the limits"
    )]
    is_whole.then_some(limit as u32)
}
