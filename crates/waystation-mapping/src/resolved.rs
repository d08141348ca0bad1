//! What a part of a mapping resolves to.

use std::borrow::Cow;

use serde_json::Value;
use waystation_json::{JsonObject, push_js_string};

use crate::fault::Kind;

/// A value on its way into the payload. It borrows from the event and the mapping as long as it can.
///
/// Lists and objects built from several parts stay lists and objects of parts, because a part may be
/// nothing: a list keeps its place, and an object its key, until the payload is finished.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Resolved<'a> {
    /// Neither a value nor null, as where a path leads nowhere.
    Nothing,
    /// A value without gaps.
    Json(Cow<'a, Value>),
    /// A list built from parts.
    List(Vec<Resolved<'a>>),
    /// An object built from parts; no key occurs twice.
    Object(Vec<(Cow<'a, str>, Resolved<'a>)>),
}

impl<'a> Resolved<'a> {
    /// A value of the event or the mapping.
    pub(crate) fn borrowed(value: &'a Value) -> Self {
        Self::Json(Cow::Borrowed(value))
    }

    /// A value made while resolving.
    pub(crate) fn owned(value: Value) -> Self {
        Self::Json(Cow::Owned(value))
    }

    /// A text made while resolving.
    pub(crate) fn text(text: String) -> Self {
        Self::owned(Value::String(text))
    }

    /// The finished value: members that are nothing are dropped, items that are nothing become null.
    pub(crate) fn into_json(self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Json(value) => Some(value.into_owned()),
            Self::List(items) => Some(Value::Array(
                items
                    .into_iter()
                    .map(|item| item.into_json().unwrap_or_default())
                    .collect(),
            )),
            Self::Object(members) => {
                let mut object = JsonObject::with_capacity(members.len());
                for (key, member) in members {
                    if let Some(value) = member.into_json() {
                        object.insert(key.into_owned(), value);
                    }
                }
                Some(Value::Object(object))
            }
        }
    }

    /// The same, free of borrows.
    pub(crate) fn into_owned(self) -> Resolved<'static> {
        match self {
            Self::Nothing => Resolved::Nothing,
            Self::Json(value) => Resolved::Json(Cow::Owned(value.into_owned())),
            Self::List(items) => Resolved::List(items.into_iter().map(Resolved::into_owned).collect()),
            Self::Object(members) => Resolved::Object(
                members
                    .into_iter()
                    .map(|(key, member)| (Cow::Owned(key.into_owned()), member.into_owned()))
                    .collect(),
            ),
        }
    }

    /// The same again, borrowing every value from this one.
    pub(crate) fn reborrow(&'a self) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Json(value) => Self::borrowed(value),
            Self::List(items) => Self::List(items.iter().map(Self::reborrow).collect()),
            Self::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(key, member)| (Cow::Borrowed(&**key), member.reborrow()))
                    .collect(),
            ),
        }
    }

    /// Drops members that are nothing; items of lists keep their places.
    pub(crate) fn without_missing_members(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::without_missing_members).collect()),
            Self::Object(members) => Self::Object(
                members
                    .into_iter()
                    .filter(|(_, member)| *member != Self::Nothing)
                    .map(|(key, member)| (key, member.without_missing_members()))
                    .collect(),
            ),
            other => other,
        }
    }

    /// The type of the value.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Nothing => Kind::Nothing,
            Self::Json(value) => Kind::of_json(value),
            Self::List(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Json(value) => value.as_str(),
            _ => None,
        }
    }

    /// Whether there is neither a value nor null, or null.
    pub(crate) fn is_nothing_or_null(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Json(value) => value.is_null(),
            Self::List(_) | Self::Object(_) => false,
        }
    }

    /// Appends the value as a placeholder shows it: nothing and null are empty, lists join with commas.
    pub(crate) fn push_text(&self, out: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Json(value) if value.is_null() => {}
            Self::Json(value) => push_js_string(out, value),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.push_text(out);
                }
            }
            Self::Object(_) => out.push_str("[object Object]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object_with_gaps() -> Resolved<'static> {
        let list = Resolved::List(vec![Resolved::Nothing, Resolved::text("x".into())]);
        Resolved::Object(vec![("gone".into(), Resolved::Nothing), ("list".into(), list)])
    }

    #[test]
    fn finished_objects_drop_gaps_and_lists_fill_them_with_null() {
        assert_eq!(object_with_gaps().into_json(), Some(json!({"list": [null, "x"]})));
    }

    #[test]
    fn a_list_keeps_its_gaps_when_missing_members_are_dropped() {
        let list = Resolved::List(vec![Resolved::Nothing, Resolved::text("x".into())]);
        let expected = Resolved::Object(vec![("list".into(), list)]);
        assert_eq!(object_with_gaps().without_missing_members(), expected);
    }

    #[test]
    fn gaps_and_nulls_are_empty_in_text() {
        let mut text = String::new();
        let list = Resolved::List(vec![
            Resolved::Nothing,
            Resolved::borrowed(&Value::Null),
            object_with_gaps(),
        ]);
        list.push_text(&mut text);
        assert_eq!(text, ",,[object Object]");
    }
}
