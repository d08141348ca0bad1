//! Points in time as texts: ISO 8601, in UTC, to the millisecond.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use waystation_queue::Millis;

/// A point in time as answers have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = Time, value_type = String, format = DateTime, examples("2026-01-31T12:00:00.000Z"))]
pub(crate) struct Time(String);

impl From<Millis> for Time {
    fn from(time: Millis) -> Self {
        Self(match Timestamp::from_millisecond(time.0) {
            Ok(timestamp) => format!("{timestamp:.3}"),
            // Beyond the calendar: as the number that it is.
            Err(_) => time.0.to_string(),
        })
    }
}

/// A point in time as requests have it.
pub(crate) fn moment() -> Schema {
    moments().into()
}

/// The same where a point in time may be missing.
pub(crate) fn moment_or_null() -> Schema {
    let null = ObjectBuilder::new().schema_type(SchemaType::new(Type::Null));
    moments().item(null).into()
}

fn moments() -> AnyOfBuilder {
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let iso = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    let milliseconds = text().pattern(Some("^-?[0-9]{1,18}$"));
    AnyOfBuilder::new().item(iso).item(milliseconds)
}

/// Reads a point in time: ISO 8601 with a zone, or milliseconds since 1970.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    match text.parse() {
        Ok(milliseconds) => Some(Millis(milliseconds)),
        Err(_) => text
            .parse::<Timestamp>()
            .ok()
            .map(|timestamp| Millis(timestamp.as_millisecond())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read() {
        assert_eq!(Time::from(Millis(0)), Time("1970-01-01T00:00:00.000Z".into()));
        assert_eq!(
            Time::from(Millis(1_795_000_000_120)),
            Time("2026-11-18T11:06:40.120Z".into())
        );
        assert_eq!(Time::from(Millis::MAX), Time(i64::MAX.to_string()));
        for (text, time) in [
            ("1970-01-01T00:00:01Z", Some(1_000)),
            ("1970-01-01T01:00:00.5+01:00", Some(500)),
            ("1500", Some(1_500)),
            ("yesterday", None),
            ("1970-01-01", None),
            ("", None),
        ] {
            assert_eq!(parse(text), time.map(Millis), "{text}");
        }
    }
}
