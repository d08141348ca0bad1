//! Values that know where they were written.

use std::fmt;
use std::ops::Range;

/// Where a value was written: bytes of the file, and the path of its key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    pub(crate) span: Range<usize>,
    pub(crate) key: KeyPath,
}

impl Spot {
    /// A place within the value, so many bytes after its beginning.
    pub(crate) fn at(&self, offset: usize) -> Self {
        let start = (self.span.start + offset).min(self.span.end);
        Self {
            span: start..self.span.end,
            key: self.key.clone(),
        }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) spot: Spot,
}

impl<T> Located<T> {
    pub(crate) fn new(value: T, spot: Spot) -> Self {
        Self { value, spot }
    }
}

/// The path of a key as TOML writes it: `connections.crm.subscriptions[0].action`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct KeyPath(String);

impl KeyPath {
    /// The path of a key of the table at this path.
    pub(crate) fn key(&self, key: &str) -> Self {
        let bare = !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(match bare {
            true => format!("{}{dot}{key}", self.0),
            false => format!("{}{dot}{key:?}", self.0),
        })
    }

    /// The path of an item of the list at this path.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_in_toml() {
        let path = KeyPath::default()
            .key("connections")
            .key("my crm")
            .index(0)
            .key("a_b-1");
        assert_eq!(path.to_string(), r#"connections."my crm"[0].a_b-1"#);
    }
}
