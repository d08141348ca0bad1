//! The author's server: one destination over HTTP, on the author's machine.
//!
//! [`router`] puts the routes of a destination together from a [`ServerConfig`]; [`waystation_http::serve`] runs them on a
//! socket until a signal comes. The routes under the root answer as Segment's development server does
//! (recorded in `tests/conformance/runtime`), so that its users' scripts work. What goes beyond is under
//! `/destinations`; the page at `/` talks to the routes under `/workbench`.
//!
//! A request passes, in this order:
//!
//! ```text
//! request id > access log > CORS > panics > body limit > who may call > path spelling > route
//! ```
#![forbid(unsafe_code)]

mod answer;
mod app;
mod body;
mod call;
mod config;
mod lenient;
pub mod listing;
mod middleware;
mod path;
mod routes;
mod settings;
mod summary;
mod withheld;
mod workbench;

pub use app::router;
pub use config::{AccessLog, DEFAULT_BODY_LIMIT, ServerConfig};
