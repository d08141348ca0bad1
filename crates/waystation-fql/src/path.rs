//! Dotted paths below `properties`, `traits` and `context`.

use serde_json::Value;
use waystation_json::{is_truthy, utf16_len};

/// A way into nested objects and lists, split once.
#[derive(Debug, Clone)]
pub struct Path {
    text: Box<str>,
    segments: Box<[Segment]>,
}

#[derive(Debug, Clone)]
struct Segment {
    key: Box<str>,
    /// The key as the place of a list's item.
    index: Option<usize>,
}

/// What stands at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Found<'e> {
    Nothing,
    Value(&'e Value),
    /// The length of a list or a text, asked for as `items.length`.
    Length(usize),
}

impl Path {
    /// The path as it is written, without the escapes. Dots, `[` and `]` separate its parts.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let parts = text.split(['.', '[', ']']).filter(|part| !part.is_empty());
        Self {
            text: text.into(),
            segments: parts.map(Segment::new).collect(),
        }
    }

    /// The path as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Walks from a value to the end of the path. Null, false, 0 and the empty text end the walk early and
    /// are what is found; so does, with nothing found, anything else without the next part.
    pub(crate) fn find<'e>(&self, start: &'e Value) -> Found<'e> {
        let Some((last, _)) = self.segments.split_last() else {
            return Found::Nothing;
        };
        let mut current = start;
        for segment in &self.segments {
            if !is_truthy(current) {
                return Found::Value(current);
            }
            match segment.step(current) {
                Found::Value(next) => current = next,
                Found::Length(length) if std::ptr::eq(segment, last) => return Found::Length(length),
                _ => return Found::Nothing,
            }
        }
        Found::Value(current)
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Path {}

impl Segment {
    fn new(key: &str) -> Self {
        // `0` and `12` are places in a list; `007` and `+1` are not.
        let is_index = key == "0" || key.starts_with(|first| matches!(first, '1'..='9'));
        let index = key.parse().ok().filter(|_| is_index);
        Self {
            key: key.into(),
            index,
        }
    }

    fn step<'e>(&self, value: &'e Value) -> Found<'e> {
        match value {
            Value::Object(members) => members.get(&*self.key).map_or(Found::Nothing, Found::Value),
            Value::Array(items) if &*self.key == "length" => Found::Length(items.len()),
            Value::Array(items) => self
                .index
                .and_then(|index| items.get(index))
                .map_or(Found::Nothing, Found::Value),
            Value::String(text) if &*self.key == "length" => Found::Length(utf16_len(text)),
            _ => Found::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_walk_objects_and_lists() {
        let value = json!({"items": [{"id": 7}, {"id": 8}], "a b": {"c": 1}, "none": null, "zero": 0});
        let find = |path: &str| Path::new(path).find(&value);
        assert_eq!(find("items.1.id"), Found::Value(&json!(8)));
        assert_eq!(find("items[0].id"), Found::Value(&json!(7)));
        assert_eq!(find("items.01"), Found::Nothing);
        assert_eq!(find("a b.c"), Found::Value(&json!(1)));
        assert_eq!(find("a b.d"), Found::Nothing);
        assert_eq!(find("a b.c.d"), Found::Nothing);
        assert_eq!(find("."), Found::Nothing);
    }

    #[test]
    fn false_values_end_the_walk_and_are_found() {
        let value = json!({"none": null, "zero": 0, "empty": "", "list": []});
        let find = |path: &str| Path::new(path).find(&value);
        assert_eq!(find("none.x"), Found::Value(&Value::Null));
        assert_eq!(find("zero.x.y"), Found::Value(&json!(0)));
        assert_eq!(find("empty.x"), Found::Value(&json!("")));
        assert_eq!(find("list.x"), Found::Nothing);
    }

    #[test]
    fn lists_and_texts_have_a_length() {
        let value = json!({"list": [1, 2], "text": "a😀", "own": {"length": "x"}});
        let find = |path: &str| Path::new(path).find(&value);
        assert_eq!(find("list.length"), Found::Length(2));
        assert_eq!(find("text.length"), Found::Length(3));
        assert_eq!(find("own.length"), Found::Value(&json!("x")));
        assert_eq!(find("list.length.x"), Found::Nothing);
    }
}
