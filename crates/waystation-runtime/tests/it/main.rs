//! The stack from outside: deliveries over an invented destination, with time that is held still.

#![cfg(test)]

mod admission;
mod batches;
mod breaking;
mod deadlines;
mod dry_runs;
mod every_item;
mod guards_order;
mod holding;
mod jobs;
mod metering;
mod observed;
mod pacing;
mod pipelines;
mod refresh;
mod retries;
mod shared_account;
mod simulated_partners;
mod splitting;
mod support;
mod transactions;
mod unknown;
