//! The stack from outside: deliveries over an invented destination, with time that is held still.

#![cfg(test)]

mod batches;
mod deadlines;
mod every_item;
mod refresh;
mod retries;
mod support;
