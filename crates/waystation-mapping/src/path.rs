//! Paths into an event, as in `$.context.page.url` or `products[0]['sku']`.

use std::borrow::Cow;

use serde_json::Value;
use waystation_json::number::as_f64;
use waystation_json::utf16_len;

use crate::key_order::list_index;

/// The member that lists and texts have beside their indices.
const LENGTH: &str = "length";

/// A path cut into its keys. Without keys it leads to the whole of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    segments: Vec<Segment>,
}

/// One key of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) key: String,
    /// The key as an index into a list or text.
    pub(crate) index: Option<usize>,
}

impl Path {
    /// Reads a path as `@path` and `@arrayPath` write it: the first `$.`, wherever it stands, is dropped.
    pub(crate) fn parse_with_root(text: &str) -> Self {
        match text.split_once("$.") {
            Some((before, after)) => Self::parse(&format!("{before}{after}")),
            None => Self::parse(text),
        }
    }

    /// Reads a path as placeholders write it. It is cut at `.`, at `[` when a digit or quote follows, and
    /// at `]` when a digit or quote comes before; empty parts are dropped, then quotes are removed.
    pub(crate) fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        let mut start = 0;
        let bytes = text.as_bytes();
        let mut position = 0;
        while position < bytes.len() {
            let end = separator_end(bytes, position);
            if end > position {
                push_segment(&mut segments, &text[start..position]);
                start = end;
            }
            position = end.max(position + 1);
        }
        push_segment(&mut segments, &text[start..]);
        Self { segments }
    }

    /// The keys of the path.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

/// Where the separator that starts at `position` ends; `position` itself when there is none.
fn separator_end(bytes: &[u8], position: usize) -> usize {
    let is_digit_or_quote = |byte: Option<&u8>| matches!(byte, Some(b'0'..=b'9' | b'"' | b'\''));
    match bytes[position] {
        b'.' => position + 1,
        b'[' if is_digit_or_quote(bytes.get(position + 1)) => position + 1,
        b']' if position > 0 && is_digit_or_quote(bytes.get(position - 1)) => {
            position + bytes[position..].iter().take_while(|byte| **byte == b']').count()
        }
        _ => position,
    }
}

fn push_segment(segments: &mut Vec<Segment>, part: &str) {
    if !part.is_empty() {
        let key = part.replace(['\'', '"'], "");
        segments.push(Segment {
            index: list_index(&key),
            key,
        });
    }
}

/// Follows keys into a value. A parent that is null, false, 0 or the empty text stops the walk and is
/// its result; any other scalar has no members, except that texts and lists have indices and a length.
pub(crate) fn walk<'v>(value: &'v Value, segments: &[Segment]) -> Option<Cow<'v, Value>> {
    let mut current = value;
    for (position, segment) in segments.iter().enumerate() {
        current = match current {
            Value::Object(members) => members.get(&segment.key)?,
            Value::Array(items) => match segment.index {
                Some(index) => items.get(index)?,
                None => return walk_computed(list_length(items.len(), segment)?, &segments[position + 1..]),
            },
            Value::Null | Value::Bool(false) => break,
            Value::Number(number) if as_f64(number) == 0.0 => break,
            Value::String(text) if text.is_empty() => break,
            Value::String(text) => {
                return walk_computed(text_member(text, segment)?, &segments[position + 1..]);
            }
            Value::Bool(true) | Value::Number(_) => return None,
        };
    }
    Some(Cow::Borrowed(current))
}

/// Follows keys into a value that stands nowhere in the event.
pub(crate) fn walk_computed<'v>(value: Value, segments: &[Segment]) -> Option<Cow<'v, Value>> {
    if segments.is_empty() {
        return Some(Cow::Owned(value));
    }
    walk(&value, segments).map(|found| Cow::Owned(found.into_owned()))
}

/// The member of a list that is no index.
pub(crate) fn list_length(length: usize, segment: &Segment) -> Option<Value> {
    (segment.key == LENGTH).then(|| length.into())
}

/// A member of a text: its length, or the character at an index, both counted in UTF-16 units. Half of a
/// surrogate pair is no text, so it counts as missing.
fn text_member(text: &str, segment: &Segment) -> Option<Value> {
    let Some(index) = segment.index else {
        return (segment.key == LENGTH).then(|| utf16_len(text).into());
    };
    let mut units = 0;
    for character in text.chars() {
        if units == index && character.len_utf16() == 1 {
            return Some(character.to_string().into());
        }
        units += character.len_utf16();
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(path: &str) -> Vec<String> {
        Path::parse_with_root(path)
            .segments
            .into_iter()
            .map(|segment| segment.key)
            .collect()
    }

    #[test]
    fn paths_are_cut_at_dots_and_at_brackets_beside_digits_or_quotes() {
        for (path, expected) in [
            ("$.a.b", vec!["a", "b"]),
            ("a[0][12]", vec!["a", "0", "12"]),
            ("$.a['b'].c[\"d\"]", vec!["a", "b", "c", "d"]),
            ("$.field[name]", vec!["field[name]"]),
            ("$..a..b.", vec!["a", "b"]),
            ("$.it's", vec!["its"]),
            ("$", vec!["$"]),
            ("$['event']", vec!["$", "event"]),
            ("x.$.y", vec!["x", "y"]),
            ("$.a1]]b", vec!["a1", "b"]),
            ("$.a['']", vec!["a", ""]),
            ("$.größe[0]", vec!["größe", "0"]),
            ("", vec![]),
            (".", vec![]),
        ] {
            assert_eq!(keys(path), expected, "{path}");
        }
    }

    #[test]
    fn falsy_parents_are_the_result_and_other_scalars_have_no_members() {
        let event = json!({"n": null, "z": 0, "f": false, "e": "", "t": true, "s": "añ😀b", "l": [1, [2]]});
        for (path, expected) in [
            ("n.x.y", Some(json!(null))),
            ("z.x", Some(json!(0))),
            ("f.x", Some(json!(false))),
            ("e.length", Some(json!(""))),
            ("t.x", None),
            ("s.x", None),
            ("s.length", Some(json!(5))),
            ("s[1]", Some(json!("ñ"))),
            ("s[2]", None),
            ("s[4]", Some(json!("b"))),
            ("s[0].length", Some(json!(1))),
            ("l[1][0]", Some(json!(2))),
            ("l.01", None),
            ("l.length", Some(json!(2))),
            ("l.length.x", None),
            ("missing", None),
        ] {
            let found = walk(&event, Path::parse(path).segments());
            assert_eq!(found.as_deref(), expected.as_ref(), "{path}");
        }
    }
}
