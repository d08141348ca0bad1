//! An object gathered from several sources, where a later source may take a member away.

use std::borrow::Cow;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::allowance::Allowance;
use crate::error::ResolveProblem;
use crate::resolved::Resolved;

/// Members as they are gathered; a key keeps the place where it first came.
pub(crate) struct Gathered<'s> {
    members: JsonObject,
    /// Keys whose last source has nothing for them.
    missing: Vec<String>,
    allowance: &'s Allowance,
}

impl<'s> Gathered<'s> {
    /// An object without members; those it gets are charged.
    pub(crate) fn new(allowance: &'s Allowance) -> Self {
        Self {
            members: JsonObject::new(),
            missing: Vec::new(),
            allowance,
        }
    }

    /// The last source so far has this value under the key, or the key with nothing under it.
    pub(crate) fn set(&mut self, key: String, value: Option<Value>) -> Result<(), ResolveProblem> {
        self.allowance.charge_member(&key)?;
        if !self.missing.is_empty() {
            self.missing.retain(|missing| *missing != key);
        }
        match value {
            Some(value) => _ = self.members.insert(key, value),
            None => {
                self.members.shift_remove(&key);
                self.missing.push(key);
            }
        }
        Ok(())
    }

    /// The same with a copy of a value, which is charged before it is made.
    pub(crate) fn set_copy(&mut self, key: String, value: &Resolved<'_>) -> Result<(), ResolveProblem> {
        self.allowance.charge_parts(value)?;
        self.set(key, value.reborrow().into_json())
    }

    /// The object; keys with nothing under them are kept for directives that tell them from absent ones.
    pub(crate) fn into_resolved<'a>(self) -> Resolved<'a> {
        if self.missing.is_empty() {
            return Resolved::owned(Value::Object(self.members));
        }
        let present = self
            .members
            .into_iter()
            .map(|(key, value)| (Cow::Owned(key), Resolved::owned(value)));
        let missing = self
            .missing
            .into_iter()
            .map(|key| (Cow::Owned(key), Resolved::Nothing));
        Resolved::Object(present.chain(missing).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_source_of_a_key_counts_even_when_it_has_nothing() {
        let allowance = Allowance::default();
        let mut gathered = Gathered::new(&allowance);
        for (key, value) in [
            ("a", Some(1)),
            ("b", Some(2)),
            ("a", None),
            ("c", None),
            ("c", Some(3)),
        ] {
            gathered.set(key.to_owned(), value.map(Value::from)).unwrap();
        }
        assert_eq!(
            gathered.into_resolved().into_json(),
            Some(json!({"b": 2, "c": 3}))
        );
    }
}
