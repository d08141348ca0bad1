//! Whatever a partner answers, and however a batch is cut: no item is lost, doubled, moved, or called
//! delivered without proof, and what a retry may mend reaches the retry wrapper unless something was delivered.
#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod container;
mod items;
mod partner;
mod parts;
mod rows;
mod settle;
