//! Results of a batch, one for each item: partial failure, once and for all.
//!
//! The rules live here so that no destination can get them wrong (`docs/life-of-an-event.md`):
//! an item is never lost, never doubled, never reported as delivered without proof, and an error that
//! can be retried is never buried among the items.

mod batch;
mod ledger;
mod outcome;
mod parts;
mod response;
mod slots;
mod words;

pub use batch::{Batch, BatchItem};
pub use ledger::{Entry, Ledger, Shown, ShownBody, ShownSent, Slot, with_final_refusals_as_answers};
pub use outcome::{Blame, Certainty, ItemError, ItemOutcome, ItemSuccess};
pub use parts::{Part, PartLimits, Parts};
pub use response::MultiStatusResponse;
pub use slots::Slots;
pub use words::partner_message;
