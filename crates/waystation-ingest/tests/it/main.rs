//! The tracking API from outside, with a scripted acceptor behind it.

mod batches;
mod browsers;
mod harness;
mod keys;
mod limits;
mod normalisation;
mod openapi;
mod properties;
mod refusals;
mod routes;
