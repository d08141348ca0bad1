//! Runs actions for callers that bring everything with the request: settings, tokens, mapping, events. What
//! happened is told in full, without secrets.
//!
//! The author's server and the execution API of the service are two entrances to it. An entrance says how calls
//! are made ([`CallSettings`](waystation_runtime::CallSettings)); [`Executor::run_action`] and
//! [`Executor::run_subscriptions`] read the request, make the calls and give a [`Report`].
#![forbid(unsafe_code)]

pub mod body;
pub mod caller;
mod carried;
pub mod executor;
pub mod failure;
mod job;
pub mod lenient;
pub mod notes;
pub mod outcome;
pub mod report;
mod room;
mod subscriptions;
mod workshop;

pub use body::ExecuteBody;
pub use caller::{AuthBody, MetadataBody, ShownTokens};
pub use carried::ShownCarried;
pub use executor::Executor;
pub use failure::Failure;
pub use job::{JobReport, PollBody};
pub use outcome::Outcome;
pub use report::{Report, Timings};
pub use room::ReportLimits;
pub use subscriptions::{SubscriptionReport, SubscriptionReports, SubscriptionTask};
