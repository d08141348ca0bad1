//! What one answer says about the items of its request.

use serde_json::Value;

use super::ledger::{Ledger, Slot};
use super::outcome::ItemError;
use crate::error::{Error, Result};
use crate::request::Response;

/// The items of one request, by their *position* in it: partners speak of items by position.
///
/// A position is a partner's word and may be missing or wrong. What is said of no item of the request is not lost:
/// the items about which nothing else is known then have an unknown outcome, with the partner's words.
#[derive(Debug)]
pub struct Slots<'ledger> {
    ledger: &'ledger mut Ledger,
    slots: &'ledger [Slot],
    /// What the answer proves about every item that it does not name.
    others: Option<(u16, Option<Value>)>,
    unplaced: Vec<String>,
    /// Successes that the action notes for items that were not sent.
    miscounted: Vec<String>,
}

impl<'ledger> Slots<'ledger> {
    pub(super) fn new(ledger: &'ledger mut Ledger, slots: &'ledger [Slot]) -> Self {
        Self {
            ledger,
            slots,
            others: None,
            unplaced: Vec::new(),
            miscounted: Vec::new(),
        }
    }

    /// The number of items that were sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Notes that the partner took the item at a position, and what it says of it; `None` for nothing in
    /// particular. A complaint about the same item wins. A position that was not sent is a fault of the action: the items
    /// that nothing is noted of then fail for good.
    pub fn succeed(&mut self, position: usize, status: u16, body: impl Into<Option<Value>>) {
        match self.slots.get(position) {
            Some(&slot) => self.ledger.succeed(slot, status, body),
            None => self
                .miscounted
                .push(format!("item {position} of {} (they count from 0)", self.len())),
        }
    }

    /// Notes that the answer proves that every item of which nothing else is noted was taken. It proves no such
    /// thing if it holds a complaint that names no item.
    pub fn succeed_others(&mut self) {
        self.others = Some((200, None));
    }

    /// As [`succeed_others`](Self::succeed_others), with a status and what the partner says to each of them.
    pub fn succeed_others_with(&mut self, status: u16, body: Value) {
        self.others = Some((status, Some(body)));
    }

    /// Notes a complaint about an item that the partner takes all the same; one that names no item of the request
    /// is noted for all of them.
    pub fn warn(&mut self, position: Option<usize>, words: impl Into<String>) {
        let words = words.into();
        match position.and_then(|position| self.slots.get(position)) {
            Some(&slot) => self.ledger.warn(slot, words),
            None => {
                for &slot in self.slots {
                    self.ledger.warn(slot, words.clone());
                }
            }
        }
    }

    /// Notes a complaint about the item at a position.
    pub fn refuse(&mut self, position: Option<usize>, complaint: impl Into<ItemError>) {
        let complaint = complaint.into();
        match position.and_then(|position| self.slots.get(position)) {
            Some(&slot) => self.ledger.refuse(slot, complaint),
            None => {
                let place =
                    position.map_or_else(|| "no usable index".to_owned(), |place| format!("index {place}"));
                self.unplaced.push(format!("{} ({place})", complaint.message));
            }
        }
    }

    /// Notes that the partner refused the whole request, for every item that nothing has been noted of. They may
    /// fare better without the items that are to blame.
    pub fn refuse_others(&mut self, complaint: &ItemError) {
        let complaint = complaint.clone().of_whole_request();
        for &slot in self.slots {
            if self.ledger.is_open(slot) {
                self.ledger.refuse(slot, complaint.clone());
            }
        }
    }

    /// Ends the reading of an answer.
    pub(super) fn close(self, response: &Response, read: Result<()>) {
        let Self {
            ledger,
            slots,
            others,
            unplaced,
            miscounted,
        } = self;
        let open = |ledger: &Ledger| -> Vec<Slot> {
            slots
                .iter()
                .copied()
                .filter(|slot| ledger.is_open(*slot))
                .collect()
        };
        let read = match miscounted.is_empty() {
            true => read,
            false => read.and(Err(Error::Miscounted(format!(
                "the action noted a success for {}",
                miscounted.join(", ")
            )))),
        };
        let unplaced = (!unplaced.is_empty()).then(|| {
            format!(
                "the partner complained about items that cannot be told: {}",
                unplaced.join("; ")
            )
        });
        match (read, unplaced) {
            (Ok(()), None) => {
                if let Some((status, body)) = others {
                    for slot in open(ledger) {
                        ledger.succeed(slot, status, body.clone());
                    }
                }
            }
            (Ok(()), Some(words)) => {
                let left = open(ledger);
                if left.is_empty() {
                    // Every item has its answer already: the words go along with each.
                    slots.iter().for_each(|&slot| add_words(ledger, slot, &words));
                } else {
                    ledger.fail(left, response.not_understood(words));
                }
            }
            (Err(error), words) => {
                let error = match words {
                    Some(words) => error.with_more_words(&words),
                    None => error,
                };
                ledger.fail(open(ledger), error);
            }
        }
    }
}

fn add_words(ledger: &mut Ledger, slot: Slot, words: &str) {
    if ledger.has_failed(slot) {
        ledger.refuse(slot, ItemError::new(400, words));
    } else {
        ledger.warn(slot, words);
    }
}

impl Error {
    /// The same failure, which also says this.
    fn with_more_words(mut self, words: &str) -> Self {
        match self.own_message() {
            Some(message) => {
                message.push_str("; ");
                message.push_str(words);
                self
            }
            None => Self::invalid_response(format!("{self}; {words}")),
        }
    }
}
