//! Log lines for machines: one flat object, in which the fields of the event and of the spans around it stand side
//! by side. Where names meet, the event's own field goes before its spans', and an inner span's before an outer's.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What every line has, under names that no field can take.
const RESERVED: [&str; 3] = ["time", "level", "target"];

/// Writes events as lines of JSON.
#[derive(Debug)]
pub(super) struct JsonLines;

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::default();
        line.0.insert("time".to_owned(), now().into());
        line.0
            .insert("level".to_owned(), level(*event.metadata().level()).into());
        line.0
            .insert("target".to_owned(), event.metadata().target().into());
        // First, wherever the event has it.
        line.0.insert("message".to_owned(), Value::Null);
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>() {
                line.add_all(&fields.fields);
            }
        }
        event.record(&mut line);
        line.0.retain(|name, value| name != "message" || !value.is_null());
        let line = serde_json::to_string(&line.0).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

/// A line in the making.
#[derive(Default)]
struct Line(Map<String, Value>);

impl Line {
    fn add(&mut self, name: &str, value: Value) {
        let name = match RESERVED.contains(&name) {
            true => format!("{name}_"),
            false => name.to_owned(),
        };
        self.0.insert(name, value);
    }

    /// Adds the fields of a span, which have been made JSON when the span was.
    fn add_all(&mut self, fields: &str) {
        if let Ok(Value::Object(fields)) = serde_json::from_str(fields) {
            for (name, value) in fields {
                self.add(&name, value);
            }
        }
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), format!("{value:?}").into());
    }
}

fn now() -> String {
    let mut now = String::new();
    // It fails only if the text does, which a string does not.
    let _ = SystemTime.format_time(&mut Writer::new(&mut now));
    now
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}
