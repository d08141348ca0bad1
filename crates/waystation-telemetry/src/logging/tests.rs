//! What is logged, as it is read.

use std::io::Write;
use std::sync::MutexGuard;
use std::thread;

use serde_json::{Value, json};
use tracing::subscriber::with_default;

use super::writer::MOST_WAITING;
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
