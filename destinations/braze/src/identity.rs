//! Whom an object of `/users/track` is about.

use serde::Deserializer;
use waystation_kit::prelude::*;

use crate::unsendable::Unsendable;

/// The keys that tell a person; one is enough.
const IDENTIFIERS: [&str; 5] = ["external_id", "user_alias", "braze_id", "email", "phone"];
/// Objects other than shop events tell nobody by a phone number alone.
const ALL_BUT_PHONE: &[&str] = IDENTIFIERS.split_at(4).0;

/// An object, if it tells whom it is about.
///
/// # Errors
/// [`Unsendable::WithoutIdentity`].
pub(crate) fn assert_about_somebody(object: Value) -> Result<Value, Unsendable> {
    if tells_one_of(ALL_BUT_PHONE, &object) {
        return Ok(object);
    }
    Err(Unsendable::WithoutIdentity)
}

/// As [`assert_about_somebody`], for shop events, where a phone number will do.
///
/// # Errors
/// [`Unsendable::ShopEventWithoutIdentity`].
pub(crate) fn assert_shop_event_about_somebody(event: Value) -> Result<Value, Unsendable> {
    if tells_one_of(&IDENTIFIERS, &event) {
        return Ok(event);
    }
    Err(Unsendable::ShopEventWithoutIdentity)
}

fn tells_one_of(keys: &[&str], object: &Value) -> bool {
    let is_given = |key: &&str| object.get(*key).is_some_and(|value| !value.is_null());
    keys.iter().any(is_given)
}

/// Reads a Braze ID. Neither null nor a truth value, which the fields' coercion makes a text, is one.
pub(crate) fn braze_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    Ok(id.filter(|id| !is_truth_value(id)))
}

/// Whether a text is what becomes of true or false in a field for texts.
pub(crate) fn is_truth_value(text: &str) -> bool {
    matches!(text, "true" | "false")
}
