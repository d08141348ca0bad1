//! Looking after a store from outside: is it sound, and what can be saved of one that is not.

pub(super) mod audit;
mod check;
mod rebuild;
mod repair;
mod walk;

pub use check::{CheckError, Checked, CheckedTable, Finding, check};
pub use repair::{RepairError, Repaired, RepairedTable, repair};
