//! Lists: of the event, made by filters, or ranges of numbers that are never written out.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Value;
use crate::budget::{Budget, BudgetExceeded};

#[derive(Debug, Clone)]
pub(crate) enum List<'a> {
    Json(&'a [Json]),
    Shared(Rc<[Value<'a>]>),
    Range(NumberRange),
}

/// Numbers one apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumberRange {
    first: f64,
    length: usize,
}

impl NumberRange {
    /// The numbers from the first up to the last one that is not above the second.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn new(low: f64, high: f64, budget: &mut Budget) -> Result<Self, BudgetExceeded> {
        budget.request_units(high - low + 1.0)?;
        // The length is a small positive number by now, or the bounds are not numbers.
        let length = (high + 1.0 - low).ceil();
        Ok(Self {
            first: low,
            length: if length > 0.0 { length as usize } else { 0 },
        })
    }

    #[allow(clippy::cast_precision_loss)]
    fn number(self, index: usize) -> Option<f64> {
        (index < self.length).then_some(self.first + index as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    pub(super) fn contains(self, number: f64) -> bool {
        let distance = number - self.first;
        distance >= 0.0 && distance < self.length as f64 && distance.fract() == 0.0
    }
}

impl<'a> List<'a> {
    pub(crate) const EMPTY: Self = Self::Json(&[]);

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::Shared(items) => items.len(),
            Self::Range(range) => range.length,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Json(items) => items.get(index).map(Value::from),
            Self::Shared(items) => items.get(index).cloned(),
            Self::Range(range) => range.number(index).map(Value::Number),
        }
    }

    /// The items one by one; the walk is paid for beforehand.
    pub(crate) fn items<'s>(
        &'s self,
        budget: &mut Budget,
    ) -> Result<impl Iterator<Item = Value<'a>> + use<'a, 's>, BudgetExceeded> {
        budget.spend_items(self.len())?;
        Ok((0..self.len()).filter_map(|index| self.get(index)))
    }

    /// The items in a new vector with room for one more, paid for beforehand.
    pub(crate) fn to_vec(&self, budget: &mut Budget) -> Result<Vec<Value<'a>>, BudgetExceeded> {
        let length = self.len() + 1;
        budget.spend_bytes(length.saturating_mul(size_of::<Value<'a>>()))?;
        let mut items = Vec::with_capacity(length);
        items.extend(self.items(budget)?);
        Ok(items)
    }
}

impl<'a> From<Vec<Value<'a>>> for List<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Self::Shared(items.into())
    }
}
