//! How the events of an action are gathered.

use serde_json::Value;
use waystation_kit::batching::{BATCH_KEYS, BATCH_SIZE, ENABLE_BATCHING};
use waystation_runtime::destination::LoadedAction;

use crate::config::BatchPolicy;

/// What holds for an action: what the connection wants, within what the action takes and the mapping says.
pub(super) fn of(action: &LoadedAction, mapping: &Value, wanted: &BatchPolicy) -> BatchPolicy {
    let definition = action.definition();
    let is_off = mapping.get(ENABLE_BATCHING) == Some(&Value::Bool(false));
    if !definition.takes_batches() || is_off {
        return BatchPolicy {
            size: 1,
            ..wanted.clone()
        };
    }
    let said = |key: &str| {
        let default = || definition.fields.get(key)?.default.as_ref();
        mapping.get(key).or_else(default)
    };
    let most = definition.fields.get(BATCH_SIZE).and_then(|field| field.maximum);
    // How events are gathered is a fact of the action as long as the mapping does not say otherwise: a mapping that takes
    // the place of the default one mostly leaves these fields out because people are not shown them.
    let limits = [most, said(BATCH_SIZE).and_then(Value::as_f64)];
    let limits = limits.into_iter().flatten().map(whole);
    let own_keys = said(BATCH_KEYS).and_then(Value::as_array);
    let mut keys: Vec<String> = own_keys
        .into_iter()
        .flatten()
        .filter_map(|key| Some(key.as_str()?.to_owned()))
        .collect();
    for key in &wanted.keys {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    BatchPolicy {
        size: limits.fold(wanted.size, usize::min),
        bytes: wanted
            .bytes
            .min(u64::try_from(definition.most_bytes).unwrap_or(u64::MAX)),
        linger: wanted.linger,
        keys,
    }
}

/// A limit as a number of events, at least one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "beyond the limits of the type, the limits of the type are meant"
)]
fn whole(limit: f64) -> usize {
    (limit as usize).max(1)
}
