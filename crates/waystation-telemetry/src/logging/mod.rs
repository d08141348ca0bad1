//! The log, on standard error: lines for people, or an object a line for machines.
//!
//! What is logged is chosen by a filter, which can be changed while the program runs. No secret is ever handed to
//! the log: settings and tokens are [`Secret`](waystation_kit::Secret)s, which show nothing of themselves, and what
//! partners are sent and answer is not logged at all; it is in the delivery record, redacted.

mod filter;
mod json;
mod writer;

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_appender::non_blocking::{ErrorCounter, WorkerGuard};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, Registry, fmt as lines, reload};
use waystation_config::{LogFormat, Logging, Otlp};

use crate::telemetry::{Sources, Telemetry};
use filter::parse;
use json::JsonLines;
use writer::{bounded, tell_of_losses};

#[cfg(feature = "otlp")]
use crate::otlp::{Export, ExportError};

pub use filter::FilterControl;

/// A layer of any make.
pub type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The log and the export of a process, once they have started.
#[derive(Debug)]
pub struct Logs {
    filter: FilterControl,
    lost: Option<ErrorCounter>,
    /// Writes what is left when it is dropped.
    writer: Mutex<Option<WorkerGuard>>,
    #[cfg(feature = "otlp")]
    export: Option<Export>,
}

/// Why the log or the export does not start, or does not change.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not one.
    #[error("the log filter \"{filter}\" cannot be used: {problem}")]
    Filter {
        /// As it was written.
        filter: String,
        /// What is wrong with it.
        problem: ParseError,
    },
    /// The process has a log already.
    #[error("the log has been started before: {0}")]
    Started(#[from] TryInitError),
    /// The log is no more.
    #[error("the log filter cannot be changed: {0}")]
    Changed(#[from] reload::Error),
    /// The program cannot export.
    #[cfg(not(feature = "otlp"))]
    #[error(
        "the configuration names a collector ([telemetry.otlp]), but this program was built without the feature \
         \"otlp\"; build it with --features otlp, or leave the section out"
    )]
    WithoutOtlp,
    /// The export does not start.
    #[cfg(feature = "otlp")]
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// What is logged, in which form, if some of it was typed at the start: that goes before the configuration.
#[must_use]
pub fn preferring(
    typed_format: Option<LogFormat>,
    typed_level: Option<String>,
    logging: &Logging,
) -> Logging {
    Logging {
        format: typed_format.unwrap_or(logging.format),
        level: typed_level.unwrap_or_else(|| logging.level.clone()),
    }
}

/// Starts the log on standard error, in colours on a terminal unless `NO_COLOR` is set; and, if there is a
/// collector, the export of traces, for which it is to be called within the runtime.
///
/// # Errors
/// The filter is not one, there is a log already, or the export does not start.
pub fn start(logging: &Logging, collector: Option<&Otlp>) -> Result<Logs, LogError> {
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let (writer, guard) = bounded(io::stderr());
    let lost = writer.error_counter();
    let (layer, filter) = layer(logging, colours, writer)?;
    let export = traces(collector)?;
    tracing_subscriber::registry()
        .with(Vec::from_iter([Some(layer), export.layer].into_iter().flatten()))
        .try_init()?;
    tell_of_losses(lost.clone());
    Ok(Logs {
        filter,
        lost: Some(lost),
        writer: Mutex::new(Some(guard)),
        #[cfg(feature = "otlp")]
        export: export.handle,
    })
}

impl Logs {
    /// Decides what is logged from now on.
    #[must_use]
    pub fn filter(&self) -> &FilterControl {
        &self.filter
    }

    /// Counts the lines that were lost because nobody took them in time.
    pub(crate) fn lost_lines(&self) -> Option<&ErrorCounter> {
        self.lost.as_ref()
    }

    /// Writes the lines that are still to be written, for a moment at most. Nothing is logged afterwards.
    pub fn close(&self) {
        drop(self.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Sends the metrics to the collector from now on, if there is one.
    pub fn export_metrics(&self, telemetry: &Arc<Telemetry>, sources: &Sources) {
        #[cfg(feature = "otlp")]
        if let Some(export) = &self.export {
            export.send_metrics(Arc::clone(telemetry), sources.clone());
        }
        #[cfg(not(feature = "otlp"))]
        let _ = (telemetry, sources);
    }

    /// Sends the collector what it has not been sent yet. To be called before the store is closed, for the last
    /// metrics tell of it.
    pub async fn finish(&self) {
        #[cfg(feature = "otlp")]
        if let Some(export) = &self.export {
            export.finish().await;
        }
    }
}

/// What the collector adds to the log's subscriber.
#[derive(Default)]
struct Traces {
    layer: Option<AnyLayer>,
    #[cfg(feature = "otlp")]
    handle: Option<Export>,
}

#[cfg(feature = "otlp")]
fn traces(collector: Option<&Otlp>) -> Result<Traces, LogError> {
    let Some(collector) = collector else {
        return Ok(Traces::default());
    };
    let export = Export::start(collector)?;
    Ok(Traces {
        layer: Some(export.layer()),
        handle: Some(export),
    })
}

#[cfg(not(feature = "otlp"))]
fn traces(collector: Option<&Otlp>) -> Result<Traces, LogError> {
    match collector {
        Some(_) => Err(LogError::WithoutOtlp),
        None => Ok(Traces::default()),
    }
}

/// The log as a layer for a subscriber of the caller's own, which may write elsewhere.
///
/// # Errors
/// The filter is not one.
pub fn layer<W>(logging: &Logging, colours: bool, writer: W) -> Result<(AnyLayer, FilterControl), LogError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let (filter, handle) = reload::Layer::new(parse(&logging.level)?);
    let lines = lines::layer().with_writer(writer);
    let layer: AnyLayer = match logging.format {
        LogFormat::Text => lines
            .with_target(false)
            .with_ansi(colours)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines
            .fmt_fields(JsonFields::new())
            .event_format(JsonLines)
            .with_filter(filter)
            .boxed(),
    };
    Ok((
        layer,
        FilterControl(Box::new(move |filter| handle.reload(filter))),
    ))
}

#[cfg(test)]
mod tests;
