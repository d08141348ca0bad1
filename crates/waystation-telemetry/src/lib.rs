#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod http;
mod ingest;
pub mod logging;
pub mod metrics;
mod observe;
#[cfg(feature = "otlp")]
mod otlp;
mod process;
mod telemetry;

pub use logging::{LogError, Logs};
#[cfg(feature = "otlp")]
pub use otlp::ExportError;
pub use telemetry::{Reload, Sources, Telemetry};
