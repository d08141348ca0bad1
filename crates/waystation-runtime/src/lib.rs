//! Runs destinations.
//!
//! One way through for every entrance: a [`Pipeline`] (subscription, mapping, schema; compiled once) turns an
//! event into a payload, the tower stack in [`layers`] carries the payload to the action and deals with
//! retries and token refresh, and an outcome says what became of it ([`outcome`]).
#![forbid(unsafe_code)]

pub mod cache;
pub mod calls;
pub mod connection;
pub mod destination;
pub mod entries;
pub mod error;
pub mod guards;
pub mod layers;
pub mod membership;
pub mod observe;
pub mod outcome;
pub mod pipeline;
pub mod registry;
pub mod retry;
pub mod services;
pub mod tokens;

pub use cache::MemoryCache;
pub use calls::{Call, CallSettings, Way};
pub use connection::{CallOptions, Connection, ConnectionSettings, TokenRefresh};
pub use destination::LoadedDestination;
pub use error::Error;
pub use guards::{GuardSettings, Guards};
pub use outcome::{BatchOutcome, EventOutcome, Skip};
pub use pipeline::{Pipeline, PipelineCache, SubscriptionSettings};
pub use registry::Registry;
pub use retry::{RetrySettings, SplitSettings};
pub use tokens::{AccountLock, TokenStore, Tokens};
