//! Cases in which we differ on purpose.
//!
//! `tests/conformance/differences.jsonl` has one line a case, `{"id", "reason", "expect"}`. Where the case
//! has a key `expect`, ours replaces it; in the areas whose expectations stand under other keys (`fql`)
//! each key of our `expect` replaces the case's key of that name, and `null` removes it. Such cases are
//! counted apart: neither as passed nor as failed, but ours must hold.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::corpus::{self, Case, CorpusError};

/// The name of the list in the folder of recorded cases.
pub const FILE_NAME: &str = "differences.jsonl";

/// What we expect in place of what was recorded, by the id of the case.
#[derive(Debug, Default)]
pub struct Differences {
    expectations: HashMap<String, Value>,
}

impl Differences {
    /// Reads the list in a folder of recorded cases; none there means no differences.
    ///
    /// # Errors
    /// [`CorpusError`] when the list is there and cannot be read, or a line lacks one of its keys.
    pub fn read_from(folder: &Path) -> Result<Self, CorpusError> {
        let path = folder.join(FILE_NAME);
        if path.is_file() {
            Self::read(&path)
        } else {
            Ok(Self::default())
        }
    }

    fn read(path: &Path) -> Result<Self, CorpusError> {
        let lines = corpus::read_lines(path)?.into_iter();
        let expectations = lines.map(|(line, difference)| entry(path.to_owned(), line, difference));
        Ok(Self {
            expectations: expectations.collect::<Result<_, _>>()?,
        })
    }

    /// Replaces the expectation of a case in which we differ; tells whether it is one.
    pub fn apply(&self, case: &mut Case) -> bool {
        let (Some(expectation), Some(content)) =
            (self.expectations.get(&case.id), case.content.as_object_mut())
        else {
            return false;
        };
        if content.contains_key("expect") {
            content.insert("expect".to_owned(), expectation.clone());
            return true;
        }
        for (key, value) in expectation.as_object().into_iter().flatten() {
            match value {
                Value::Null => content.shift_remove(key),
                value => content.insert(key.clone(), value.clone()),
            };
        }
        true
    }
}

fn entry(path: PathBuf, line: usize, mut difference: Value) -> Result<(String, Value), CorpusError> {
    let text = |key| difference.get(key).and_then(Value::as_str).map(str::to_owned);
    match (
        text("id"),
        text("reason"),
        difference.get_mut("expect").map(Value::take),
    ) {
        (Some(id), Some(_), Some(expect)) => Ok((id, expect)),
        _ => Err(CorpusError::Malformed {
            path,
            line,
            problem: "a difference needs the texts `id` and `reason`, and `expect`".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corpus::Tier;

    fn differences(expect: Value) -> Differences {
        Differences {
            expectations: HashMap::from([("a".to_owned(), expect)]),
        }
    }

    fn case(content: Value) -> Case {
        Case {
            id: "a".to_owned(),
            tier: Tier::Core,
            content,
            folder: PathBuf::new(),
        }
    }

    #[test]
    fn an_expectation_is_replaced() {
        let mut changed = case(json!({"expect": {"value": 1}}));
        assert!(differences(json!({"value": 2})).apply(&mut changed));
        assert_eq!(changed.content, json!({"expect": {"value": 2}}));
    }

    #[test]
    fn keys_are_replaced_where_there_is_no_expect() {
        let mut changed = case(json!({"fql": "x", "expect_error": true, "checks": []}));
        assert!(differences(json!({"expect_error": null, "expect_ast": {}})).apply(&mut changed));
        assert_eq!(
            changed.content,
            json!({"fql": "x", "checks": [], "expect_ast": {}})
        );
    }

    #[test]
    fn other_cases_stay_as_they_are() {
        let mut other = Case {
            id: "b".to_owned(),
            ..case(json!({"expect": 1}))
        };
        assert!(!differences(json!(2)).apply(&mut other));
        assert_eq!(other.content, json!({"expect": 1}));
    }
}
