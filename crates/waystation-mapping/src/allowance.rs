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

/// The greatest payload, in bytes; what is copied on the way to it counts as well. The largest event that is accepted fits
/// in it as it is, but not again and again: a mapping of some kilobytes can ask for the same text a thousand times.
const MAX_COPIED_BYTES: usize = 32 << 20;

/// What a copied value costs beside its text, in bytes.
const BYTES_A_COPY: usize = 16;

/// What is left to be made from one event.
pub(crate) struct Allowance {
    bytes: Cell<usize>,
    copied: Cell<usize>,
    most_copied: usize,
    /// Shared by the event's Liquid templates. Made by the first of them, because it reads the clock.
    liquid: RefCell<Option<Budget>>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self::of(MAX_COPIED_BYTES)
    }
}

impl Allowance {
    /// An allowance for a payload of no more bytes than these, and than any payload may have.
    pub(crate) fn of(payload: usize) -> Self {
        Self {
            bytes: Cell::new(MAX_BYTES),
            copied: Cell::new(0),
            most_copied: payload.min(MAX_COPIED_BYTES),
            liquid: RefCell::default(),
        }
    }

    /// How many bytes were copied.
    pub(crate) fn copied(&self) -> usize {
        self.copied.get()
    }

    /// Charges a value that is going to be copied, borrowed or not.
    pub(crate) fn charge_copy(&self, value: &Value) -> Result<(), ResolveProblem> {
        self.charge_copied(copied_size(value))
    }

    /// The finished value, and what its copies cost.
    pub(crate) fn finish(&self, resolved: Resolved<'_>) -> Result<Option<Value>, ResolveProblem> {
        self.charge_parts(&resolved)?;
        Ok(resolved.into_json())
    }

    /// Charges everything that a resolved value is going to be copied to.
    pub(crate) fn charge_parts(&self, resolved: &Resolved<'_>) -> Result<(), ResolveProblem> {
        match resolved {
            Resolved::Nothing => Ok(()),
            Resolved::Json(value) => self.charge_copy(value),
            Resolved::List(items) => items.iter().try_for_each(|item| self.charge_parts(item)),
            Resolved::Object(members) => members.iter().try_for_each(|(key, member)| {
                self.charge_copied(key.len() + BYTES_A_COPY)?;
                self.charge_parts(member)
            }),
        }
    }

    fn charge_copied(&self, bytes: usize) -> Result<(), ResolveProblem> {
        let copied = self.copied.get().saturating_add(bytes);
        self.copied.set(copied);
        match copied <= self.most_copied {
            true => Ok(()),
            false => Err(ResolveProblem::TooMuchData {
                limit: self.most_copied,
            }),
        }
    }

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

fn copied_size(value: &Value) -> usize {
    let below = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(copied_size).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| key.len() + copied_size(member))
            .sum(),
    };
    BYTES_A_COPY + below
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
