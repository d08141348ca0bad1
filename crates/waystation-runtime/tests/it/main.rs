//! The stack from outside: deliveries over an invented destination, with time that is held still.

#![cfg(test)]

mod admission;
mod batches;
mod breaking;
mod deadlines;
mod every_item;
mod guards_order;
mod holding;
mod refresh;
mod retries;
mod splitting;
mod support;
