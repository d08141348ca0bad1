//! Dates.

use std::time::{SystemTime, UNIX_EPOCH};

use waystation_json::date::{MAX_MILLIS, parse_js_date};

use super::strftime::{DisplayDate, push_formatted};
use super::time_zone::Zone;
use super::{Arguments, Filtered};
use crate::error::Failure;
use crate::value::{Text, Value, to_js_text, to_number};

/// The format that `date` uses when none is given.
const DEFAULT_FORMAT: &str = "%A, %B %-e, %Y at %-l:%M %P %z";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateFilter {
    /// `date`: the format and the time zone are arguments.
    Format,
    Xmlschema,
    Rfc822,
    ShortText,
    LongText,
}

impl DateFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Format,
            "date_to_xmlschema" => Self::Xmlschema,
            "date_to_rfc822" => Self::Rfc822,
            "date_to_string" => Self::ShortText,
            "date_to_long_string" => Self::LongText,
            _ => return None,
        })
    }

    /// What is no date goes on as it is.
    pub(super) fn apply<'a>(self, input: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let Some(millis) = read_date(&input, arguments)? else {
            return Ok(input);
        };
        let zone = match self {
            Self::Format => read_zone(arguments.get(1), arguments)?,
            _ => Zone::Local,
        };
        let Some(date) = DisplayDate::new(millis, zone)? else {
            return Ok(input);
        };
        let format = match self {
            Self::Format => match arguments.get(0) {
                format if format.is_nil() => Text::Borrowed(DEFAULT_FORMAT),
                format => arguments.text_of(&format)?,
            },
            Self::Xmlschema => Text::Borrowed("%Y-%m-%dT%H:%M:%S%:z"),
            Self::Rfc822 => Text::Borrowed("%a, %d %b %Y %H:%M:%S %z"),
            Self::ShortText => {
                Text::Borrowed(day_format(["%d %b %Y", "%-d%q %b %Y", "%b %-d%q, %Y"], arguments))
            }
            Self::LongText => {
                Text::Borrowed(day_format(["%d %B %Y", "%-d%q %B %Y", "%B %-d%q, %Y"], arguments))
            }
        };
        let mut out = arguments.builder();
        push_formatted(&mut out, &format, &date)?;
        Ok(Value::from(out.finish()))
    }
}

/// Chooses between the plain format, the one with ordinal days and the American one of those.
fn day_format([plain, ordinal, american]: [&'static str; 3], arguments: &Arguments<'_, '_>) -> &'static str {
    let is = |index: usize, word: &str| matches!(arguments.get(index), Value::Text(text) if *text == *word);
    match (is(0, "ordinal"), is(1, "US")) {
        (false, _) => plain,
        (true, false) => ordinal,
        (true, true) => american,
    }
}

/// Milliseconds since the epoch. Numbers, and texts of digits only, count seconds.
fn read_date(input: &Value<'_>, arguments: &mut Arguments<'_, '_>) -> Result<Option<i64>, Failure> {
    Ok(match input.clone().plain() {
        Value::Undefined | Value::Null | Value::Object(_) | Value::Special(_) => None,
        Value::Number(seconds) => whole_millis(seconds * 1000.0),
        Value::Bool(truth) => Some(i64::from(truth)),
        Value::Text(text) => {
            arguments.budget.spend_reading(text.len())?;
            read_text(&text)
        }
        list @ Value::List(_) => parse_js_date(&to_js_text(&list, arguments.budget)?),
    })
}

#[allow(
    clippy::disallowed_methods,
    reason = "the language has a word for the present"
)]
fn read_text(text: &str) -> Option<i64> {
    if text == "now" || text == "today" {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        return i64::try_from(since_epoch.as_millis()).ok();
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return whole_millis(text.parse::<f64>().ok()? * 1000.0);
    }
    parse_js_date(text)
}

/// Cut to an integer; nothing when it is beyond the dates that JavaScript knows.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub(super) fn whole_millis(millis: f64) -> Option<i64> {
    (millis.abs() <= MAX_MILLIS as f64).then_some(millis as i64)
}

/// Texts name a zone; all else that is given is an offset in minutes, west of Greenwich positive.
fn read_zone<'a>(argument: Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Result<Zone<'a>, Failure> {
    Ok(match argument {
        Value::Undefined | Value::Null => Zone::Local,
        Value::Text(name) => Zone::Named(name),
        offset => Zone::Offset(to_number(&offset, arguments.budget)?),
    })
}
