//! Requests to the partner: building them, sending them, reading the answer.
//!
//! An action starts from [`Context::post`](crate::Context::post) and its siblings, describes the request
//! and awaits [`RequestBuilder::send`]. Anything but a 2xx status is an error unless the action asks
//! otherwise; the cases in `tests/conformance/runtime` have the rules.

mod body;
mod builder;
mod defaults;
mod encoding;
mod response;
mod transport;

pub use body::Body;
pub use builder::{RequestBuilder, RequestClient};
pub use defaults::{BasicCredentials, RequestDefaults, TimeLimit};
pub use encoding::{encoded, path_segment};
pub(crate) use response::MOST_VALUES;
pub use response::Response;
pub use transport::{Addresses, Answer, OutgoingRequest, Transport};

/// The time limit of a request that sets none: 10 seconds, for the whole exchange.
pub const DEFAULT_TIME_LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
