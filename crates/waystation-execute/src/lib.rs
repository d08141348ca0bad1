//! Runs actions for callers that bring everything with the request: settings, tokens, mapping, events. What
//! happened is told in full, without secrets.
//!
//! The author's server and the execution API of the service are two entrances to it. An entrance says how calls
//! are made ([`CallSettings`]); [`Executor::run_action`] and [`Executor::run_subscriptions`] make them and give a
//! [`Report`].
#![forbid(unsafe_code)]

pub mod body;
pub mod call;
pub mod caller;
mod delivery;
pub mod executor;
pub mod failure;
pub mod lenient;
pub mod outcome;
pub mod report;
mod subscriptions;
mod transport;

pub use body::ExecuteBody;
pub use call::{Call, CallSettings};
pub use caller::{AuthBody, MetadataBody, ShownTokens};
pub use executor::Executor;
pub use failure::Failure;
pub use outcome::Outcome;
pub use report::{Report, Timings};
pub use subscriptions::{SubscriptionReport, SubscriptionTask};
