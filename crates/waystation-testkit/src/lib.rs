//! What the author of a destination writes tests with.
//!
//! | | |
//! | --- | --- |
//! | [`Event`] | events as a source sends them, with fixed ids and times |
//! | [`Partner`] | a partner on a real socket that answers by a script and keeps what it was asked |
//! | [`Harness`] | a connected destination: events go through subscription, mapping, validation, retries and token refresh, as in production |
//! | [`RunOutcome`], [`BatchRunOutcome`] | the outcome, with assertions that say what broke |
//! | [`check`] | finds the mistakes that a destination's definition may hold |
//!
//! ```ignore
//! #[tokio::test]
//! async fn an_order_reaches_the_partner() {
//!     let partner = Partner::start().await;
//!     partner.answers(200, json!({"id": "ev-1"}));
//!     let harness = Harness::<ExampleCrm>::new(&partner, json!({"workspace": "acme"}));
//!
//!     let outcome = harness.run::<TrackEvent>(Event::track("Order Completed").property("total", 12.5)).await;
//!
//!     outcome.assert_delivered();
//!     assert_eq!(partner.assert_sent_once().json()["name"], "Order Completed");
//! }
//! ```
//!
//! Everything here is for tests, so what cannot go on panics and says why.
#![forbid(unsafe_code)]
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on ends, with a message for the author"
)]

mod event;
mod harness;
mod outcome;
mod partner;

pub use event::{Event, MESSAGE_ID, TIMESTAMP};
pub use harness::Harness;
pub use outcome::{BatchRunOutcome, ItemAssertion, RunOutcome};
pub use partner::{Answer, Partner, ReceivedRequest, Route};
pub use waystation_check::{Finding, Rule, check, check_except, findings};
