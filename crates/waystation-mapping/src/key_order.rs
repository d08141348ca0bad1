//! The order in which JavaScript goes through the keys of an object.
//!
//! Keys that are list indices come first and in ascending order, the others as inserted. The order
//! shows where keys are written into text and where several keys lead to one.

use serde_json::Value;
use waystation_json::JsonObject;

/// The greatest list index of ECMAScript, 2^32 - 2.
const MAX_INDEX: usize = u32::MAX as usize - 1;

/// The list index a key stands for: decimal digits without leading zeros.
pub(crate) fn list_index(key: &str) -> Option<usize> {
    let digits = key.as_bytes();
    let canonical =
        digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if !canonical {
        return None;
    }
    key.parse().ok().filter(|index| *index <= MAX_INDEX)
}

/// The members of an object in JavaScript's order.
pub(crate) fn members_in_order(members: &JsonObject) -> impl Iterator<Item = (&String, &Value)> {
    let may_be_index = |key: &String| key.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let (inserted, ordered) = if members.keys().any(may_be_index) {
        let mut ordered: Vec<_> = members.iter().collect();
        sort_by_key(&mut ordered, |(key, _)| key);
        (None, Some(ordered))
    } else {
        (Some(members), None)
    };
    inserted
        .into_iter()
        .flatten()
        .chain(ordered.into_iter().flatten())
}

/// Brings items into JavaScript's order of their keys.
pub(crate) fn sort_by_key<T>(items: &mut [T], key: impl Fn(&T) -> &str) {
    items.sort_by_key(|item| list_index(key(item)).unwrap_or(usize::MAX));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn indices_come_first_and_ascend() {
        let value = json!({"b": 1, "10": 2, "2": 3, "01": 4, "4294967295": 5, "-1": 6});
        let keys: Vec<_> = members_in_order(value.as_object().unwrap())
            .map(|(key, _)| key)
            .collect();
        assert_eq!(keys, ["2", "10", "b", "01", "4294967295", "-1"]);
    }

    #[test]
    fn only_canonical_digits_are_an_index() {
        for (key, index) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("", None),
            ("00", None),
            ("1.5", None),
            ("٣", None),
        ] {
            assert_eq!(list_index(key), index, "{key:?}");
        }
    }
}
