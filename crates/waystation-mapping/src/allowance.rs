//! A bound on what one event may be blown up to.
//!
//! A short mapping can make much of a small event: `$'` in a replacement repeats the rest of the text at
//! every match, and each `@transform` around another may double the data. What is made that way is charged
//! here, so that no mapping and no event can exhaust the memory.

use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};

use serde_json::Value;
use waystation_liquid::Budget;

use crate::error::ResolveProblem;
use crate::resolved::Resolved;

/// The greatest amount of text and data to make from one event, in bytes: 16 MiB, as much as Liquid templates may put out.
const MAX_BYTES: usize = 16 << 20;

/// What a value costs beside its text, in bytes.
const BYTES_A_VALUE: usize = 64;

/// What is left to be made from one event.
pub(crate) struct Allowance {
    bytes: Cell<usize>,
    /// Shared by the event's Liquid templates. Made by the first of them, because it reads the clock.
    liquid: RefCell<Option<Budget>>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            bytes: Cell::new(MAX_BYTES),
            liquid: RefCell::default(),
        }
    }
}

impl Allowance {
    /// Charges a text.
    pub(crate) fn charge(&self, bytes: usize) -> Result<(), ResolveProblem> {
        let left = self.bytes.get().checked_sub(bytes);
        self.bytes
            .set(left.ok_or(ResolveProblem::TooMuchData { limit: MAX_BYTES })?);
        Ok(())
    }

    /// Charges a member of an object.
    pub(crate) fn charge_member(&self, key: &str) -> Result<(), ResolveProblem> {
        self.charge(key.len() + BYTES_A_VALUE)
    }

    /// Charges data that a part of the mapping is going to see. What it borrows has been paid for.
    pub(crate) fn charge_data(&self, data: &Resolved<'_>) -> Result<(), ResolveProblem> {
        self.charge(size(data))
    }

    /// Frees a value of its borrows and charges what that takes.
    pub(crate) fn own(&self, resolved: Resolved<'_>) -> Result<Resolved<'static>, ResolveProblem> {
        let owned = resolved.into_owned();
        self.charge_data(&owned)?;
        Ok(owned)
    }

    /// What Liquid may spend.
    pub(crate) fn liquid(&self) -> RefMut<'_, Budget> {
        RefMut::map(self.liquid.borrow_mut(), |budget| budget.get_or_insert_default())
    }
}

fn size(data: &Resolved<'_>) -> usize {
    match data {
        Resolved::Nothing | Resolved::Json(Cow::Borrowed(_)) => BYTES_A_VALUE,
        Resolved::Json(Cow::Owned(value)) => json_size(value),
        Resolved::List(items) => BYTES_A_VALUE + items.iter().map(size).sum::<usize>(),
        Resolved::Object(members) => {
            BYTES_A_VALUE
                + members
                    .iter()
                    .map(|(key, member)| key.len() + size(member))
                    .sum::<usize>()
        }
    }
}

fn json_size(value: &Value) -> usize {
    let below = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(json_size).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| key.len() + json_size(member))
            .sum(),
    };
    BYTES_A_VALUE + below
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn charges_add_up_to_the_limit() {
        let allowance = Allowance::default();
        assert_eq!(allowance.charge(MAX_BYTES - 1), Ok(()));
        assert_eq!(allowance.charge(1), Ok(()));
        assert_eq!(
            allowance.charge(1),
            Err(ResolveProblem::TooMuchData { limit: MAX_BYTES })
        );
    }

    #[test]
    fn data_costs_its_texts_keys_and_values() {
        let value = json!({"ab": ["cde", 1]});
        assert_eq!(size(&Resolved::borrowed(&value)), BYTES_A_VALUE);
        assert_eq!(size(&Resolved::owned(value)), 5 + 4 * BYTES_A_VALUE);
    }
}
