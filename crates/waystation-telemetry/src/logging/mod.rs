//! The log, on standard error: lines for people, or an object a line for machines.
//!
//! What is logged is chosen by a filter, which can be changed while the program runs. No secret is ever handed to
//! the log: settings and tokens are [`Secret`](waystation_kit::Secret)s, which show nothing of themselves, and what
//! partners are sent and answer is not logged at all; it is in the delivery record, redacted.

mod json;

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt as lines, reload};
use waystation_config::{LogFormat, Logging, Otlp};

use crate::telemetry::{Sources, Telemetry};
use json::JsonLines;

#[cfg(feature = "otlp")]
use crate::otlp::{Export, ExportError};

/// How many lines may wait to be written.
const MOST_WAITING: usize = 16_384;

/// How often it is looked whether lines were lost.
const LOOK_FOR_LOSSES: Duration = Duration::from_secs(10);

/// What watches files and logs each event: with the log beside the configuration, each line would lead to the next.
const OWN_WATCH: [&str; 2] = ["notify=warn", "mio=info"];

/// A layer of any make.
pub type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Decides what is logged while the program runs.
pub struct FilterControl(Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

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

/// A writer that never keeps its callers waiting: a thread of its own writes what they hand over. If nobody takes what it
/// writes, further lines are lost once so many wait.
fn bounded(out: impl io::Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(MOST_WAITING)
        .thread_name("waystation-log")
        .finish(out)
}

/// Tells, as soon as lines are taken again, how many were lost.
fn tell_of_losses(lost: ErrorCounter) {
    let tell = move || {
        let mut told = 0;
        loop {
            #[allow(clippy::disallowed_methods, reason = "a thread of its own")]
            thread::sleep(LOOK_FOR_LOSSES);
            let all = lost.dropped_lines();
            if all > told {
                tracing::warn!(
                    lines = all - told,
                    "lines of the log were lost, for nobody took them"
                );
                told = all;
            }
        }
    };
    // Without it losses are still counted.
    let _ = thread::Builder::new()
        .name("waystation-log-losses".to_owned())
        .spawn(tell);
}

impl FilterControl {
    /// Logs what another filter lets through from now on.
    ///
    /// # Errors
    /// The filter is not one; the one before stays.
    pub fn set(&self, filter: &str) -> Result<(), LogError> {
        Ok(self.0(parse(filter)?)?)
    }
}

impl fmt::Debug for FilterControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FilterControl")
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

fn parse(filter: &str) -> Result<EnvFilter, LogError> {
    let parsed = EnvFilter::try_new(filter).map_err(|problem| LogError::Filter {
        filter: filter.to_owned(),
        problem,
    })?;
    let quiet = OWN_WATCH.iter().filter(|directive| {
        let target = directive.split('=').next().unwrap_or_default();
        !filter.contains(target)
    });
    Ok(quiet
        .filter_map(|directive| directive.parse().ok())
        .fold(parsed, EnvFilter::add_directive))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::MutexGuard;

    use serde_json::{Value, json};
    use tracing::subscriber::with_default;

    use super::*;

    /// A log in memory.
    #[derive(Debug, Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    struct MemoryWriter<'memory>(MutexGuard<'memory, Vec<u8>>);

    impl Write for MemoryWriter<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'memory> MakeWriter<'memory> for Memory {
        type Writer = MemoryWriter<'memory>;

        fn make_writer(&'memory self) -> Self::Writer {
            MemoryWriter(self.0.lock().unwrap())
        }
    }

    impl Memory {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn logged(logging: &Logging, happening: impl FnOnce(&FilterControl)) -> String {
        let memory = Memory::default();
        let (layer, filter) = layer(logging, false, memory.clone()).unwrap();
        with_default(tracing_subscriber::registry().with(layer), || {
            happening(&filter);
        });
        memory.text()
    }

    fn logging(format: LogFormat, level: &str) -> Logging {
        Logging {
            format,
            level: level.to_owned(),
        }
    }

    #[test]
    fn machines_get_an_object_a_line_with_the_fields_of_all_spans() {
        let text = logged(&logging(LogFormat::Json, "info"), |_| {
            let outer = tracing::info_span!("request", request_id = "r-1", status = tracing::field::Empty);
            outer.record("status", 200);
            let _outer = outer.entered();
            let _inner = tracing::info_span!("deliveries", connection = "crm", items = 3).entered();
            tracing::warn!(items = 2, is_late = true, error = %"no\nanswer", level = "mine", "not taken");
        });
        let mut line: Value = serde_json::from_str(&text).unwrap();
        let time = line["time"].take();
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
        let expected = json!({
            "time": null,
            "level": "warn",
            "target": "waystation_telemetry::logging::tests",
            "message": "not taken",
            "request_id": "r-1",
            "status": 200,
            "connection": "crm",
            "items": 2,
            "is_late": true,
            "error": "no\nanswer",
            "level_": "mine",
        });
        assert_eq!(line, expected);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn people_get_a_line() {
        let text = logged(&logging(LogFormat::Text, "info"), |_| {
            let _span = tracing::info_span!("request", request_id = "r-1").entered();
            tracing::info!(connection = "crm", "sent");
        });
        assert!(
            text.contains("INFO request{request_id=\"r-1\"}: sent connection=\"crm\""),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "no colours were asked for");
    }

    #[test]
    fn the_filter_can_be_changed() {
        let text = logged(&logging(LogFormat::Text, "warn"), |filter| {
            tracing::info!("before");
            filter.set("info").unwrap();
            tracing::info!("between");
            filter.set("other=debug").unwrap();
            tracing::info!("after");
        });
        assert!(
            !text.contains("before") && text.contains("between") && !text.contains("after"),
            "{text}"
        );
    }

    /// What nobody reads takes the lines that it has room for, and then waits for ever.
    struct Unread;

    impl Write for Unread {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            loop {
                thread::park();
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_keeps_nobody_waiting_and_its_losses_are_counted() {
        let (writer, guard) = bounded(Unread);
        let lost = writer.error_counter();
        let (layer, _) = layer(&logging(LogFormat::Text, "info"), false, writer).unwrap();
        with_default(tracing_subscriber::registry().with(layer), || {
            for number in 0..MOST_WAITING + 1_000 {
                tracing::info!(number, "a line");
            }
        });
        // One line is with the thread that waits.
        assert!(
            (998..=1_000).contains(&lost.dropped_lines()),
            "{}",
            lost.dropped_lines()
        );
        // Its thread never ends.
        std::mem::forget(guard);
    }

    #[test]
    fn the_watch_of_files_does_not_log_what_it_sees_unless_it_is_asked_to() {
        let text = logged(&logging(LogFormat::Text, "trace"), |filter| {
            tracing::trace!(target: "notify::inotify", "hidden");
            tracing::trace!(target: "waystation_delivery", "shown");
            filter.set("trace,notify=trace").unwrap();
            tracing::trace!(target: "notify::inotify", "asked for");
        });
        assert!(
            !text.contains("hidden") && text.contains("shown") && text.contains("asked for"),
            "{text}"
        );
    }

    #[test]
    fn what_is_typed_goes_before_the_configuration() {
        let configured = logging(LogFormat::Json, "warn");
        assert_eq!(preferring(None, None, &configured), configured);
        let typed = preferring(Some(LogFormat::Text), Some("debug".to_owned()), &configured);
        assert_eq!(typed, logging(LogFormat::Text, "debug"));
    }

    #[test]
    fn a_filter_that_is_none_is_told() {
        let error = parse("info=loud=x").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the log filter \"info=loud=x\" cannot be used"),
            "{error}"
        );
    }
}
