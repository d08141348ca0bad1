//! Where in a payload a value is.

use std::fmt::{self, Write};

/// The way from the payload to a value. Each step lives on the stack of the walk, so that a payload
/// without errors allocates none.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    Root,
    Key(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    pub(crate) const fn is_root(&self) -> bool {
        matches!(self, Self::Root)
    }
}

/// A JSONPath: `$.items[0].name`. A dot in a key is written `\.`, and a key of digits alone like an index.
impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => formatter.write_char('$'),
            Self::Index(parent, index) => write!(formatter, "{parent}[{index}]"),
            Self::Key(parent, key) if is_digits(key) => write!(formatter, "{parent}[{key}]"),
            Self::Key(parent, key) => {
                write!(formatter, "{parent}.")?;
                for character in key.chars() {
                    if character == '.' {
                        formatter.write_char('\\')?;
                    }
                    formatter.write_char(character)?;
                }
                Ok(())
            }
        }
    }
}

fn is_digits(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_json_paths() {
        let items = Path::Key(&Path::Root, "items");
        let item = Path::Index(&items, 2);
        assert_eq!(Path::Root.to_string(), "$");
        assert_eq!(Path::Key(&item, "a.b").to_string(), "$.items[2].a\\.b");
        assert_eq!(Path::Key(&Path::Root, "7").to_string(), "$[7]");
        assert_eq!(Path::Key(&Path::Root, "").to_string(), "$.");
    }
}
