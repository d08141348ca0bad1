//! Forms of single values.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use waystation_client::Rewrite;
use waystation_client::network::AddressRange;
use waystation_runtime::guards::Share;
use waystation_runtime::retry::Jitter;

use super::findings::Findings;
use super::form::{Definitions, Form, text, unusable, wrong_type};
use super::tree::{Kind, Tree};
use crate::config::ListenAddress;
use crate::fault::Problem;
use crate::quantity;

/// `true` or `false`.
pub(crate) enum Flag {}

impl Form<bool> for Flag {
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<bool> {
        match tree.kind {
            Kind::Boolean(flag) => Some(flag),
            _ => wrong_type(tree, "true or false", findings),
        }
    }

    fn written(value: &bool) -> Option<Value> {
        Some(Value::Bool(*value))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "boolean"})
    }
}

/// Whether waits are lengthened at random.
impl Form<Jitter> for Flag {
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Jitter> {
        Some(match <Self as Form<bool>>::one(tree, findings)? {
            true => Jitter::Upward,
            false => Jitter::None,
        })
    }

    fn written(value: &Jitter) -> Option<Value> {
        Some(Value::Bool(*value != Jitter::None))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        <Self as Form<bool>>::schema(definitions)
    }
}

/// Any text.
pub(crate) enum Text {}

impl<T: From<String> + Clone> Form<T> for Text
where
    PathBuf: From<T>,
{
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<T> {
        text(tree, "a text", findings).map(|text| text.to_owned().into())
    }

    fn written(value: &T) -> Option<Value> {
        let path = PathBuf::from(value.clone());
        Some(path.display().to_string().into())
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string"})
    }
}

/// A whole number that is at least one.
pub(crate) enum Count {}

/// A whole number that may be zero.
pub(crate) enum Number {}

macro_rules! whole_numbers {
    ($($form:ty: $type:ty, $least:literal to $most:expr, $from:expr, $to:expr;)*) => {$(
        impl Form<$type> for $form {
            fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<$type> {
                let Kind::Integer(number) = tree.kind else {
                    return wrong_type(tree, "a whole number", findings);
                };
                // No setting counts further than this.
                let small = u32::try_from(number).ok().filter(|number| ($least..).contains(number));
                small.and_then($from).or_else(|| {
                    let reason = format!("must be between {} and {}", $least, $most);
                    unusable(tree, reason, findings)
                })
            }

            fn written(value: &$type) -> Option<Value> {
                Some(Value::from($to(*value)))
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({"type": "integer", "minimum": $least, "maximum": $most})
            }
        }
    )*};
}

whole_numbers! {
    Count: u32, 1 to u32::MAX, Some, |number| number;
    Count: usize, 1 to u32::MAX, |number| usize::try_from(number).ok(), |number| number;
    Count: NonZeroU32, 1 to u32::MAX, NonZeroU32::new, NonZeroU32::get;
    Count: NonZeroUsize, 1 to u32::MAX, |number| NonZeroUsize::new(usize::try_from(number).ok()?), NonZeroUsize::get;
    Number: u32, 0 to u32::MAX, Some, |number| number;
    Number: usize, 0 to u16::MAX, |number| u16::try_from(number).ok().map(usize::from), |number| number;
    Status: u16, 400 to 599_u16, |number| u16::try_from(number).ok().filter(|status| *status < 600), |number| number;
}

/// A status of an answer that is no success.
pub(crate) enum Status {}

/// A share from 0 to 1.
pub(crate) enum Portion {}

impl Form<Share> for Portion {
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Share> {
        let number = match tree.kind {
            Kind::Float(number) => number,
            #[allow(clippy::cast_precision_loss, reason = "beyond 2^53 nobody counts")]
            Kind::Integer(number) => number as f64,
            _ => return wrong_type(tree, "a number", findings),
        };
        Share::new(number).or_else(|| unusable(tree, "must be between 0 and 1", findings))
    }

    fn written(value: &Share) -> Option<Value> {
        Some(Value::from(value.get()))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "number", "minimum": 0, "maximum": 1})
    }
}

/// A value that is a text of a certain form.
macro_rules! spelled {
    ($($(#[$doc:meta])* $name:ident: $expected:literal, $example:literal, $pattern:literal {
        $($type:ty: $parse:expr, $write:expr;)*
    })*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        $(impl Form<$type> for $name {
            fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<$type> {
                match $parse(text(tree, $expected, findings)?) {
                    Ok(value) => Some(value),
                    Err(error) => unusable(tree, format!("cannot be used: {error}"), findings),
                }
            }

            fn written(value: &$type) -> Option<Value> {
                Some(Value::from($write(value)))
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({"type": "string", "pattern": $pattern, "examples": [$example]})
            }
        })*
    )*};
}

spelled! {
    /// A host and a port.
    HostAndPort: "a text such as \"127.0.0.1:8080\"", "127.0.0.1:8080", r":[0-9]+$" {
        ListenAddress: ListenAddress::from_str, ListenAddress::to_string;
    }
    /// A range of network addresses.
    Range: "a text such as \"10.20.0.0/16\"", "10.20.0.0/16", r"^[0-9a-fA-F.:]+(/[0-9]+)?$" {
        AddressRange: AddressRange::from_str, AddressRange::to_string;
    }
    /// Where requests for an origin go instead.
    Detour: "a text such as \"https://api.partner.com=http://127.0.0.1:9000\"",
        "https://api.partner.com=http://127.0.0.1:9000", "=" {
        Rewrite: Rewrite::from_str, Rewrite::to_string;
    }
    /// An address of a web server.
    WebAddress: "a text such as \"http://localhost:4318\"", "http://localhost:4318", "^https?://" {
        Url: web_address, Url::to_string;
    }
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("\"{text}\" is no address: {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("it does not begin with http:// or https://".to_owned()),
    }
}

/// A quantity: a text with a number and a unit; the admin API shows the number alone.
macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident, $unit:literal: $expected:literal, $example:literal, $pattern:expr => {
        $($type:ty: $parse:expr, $write:expr, $number:expr;)*
    })*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        $(impl Form<$type> for $name {
            const UNIT: &'static str = $unit;

            fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<$type> {
                match $parse(text(tree, $expected, findings)?) {
                    Ok(value) => Some(value),
                    Err(error) => unusable(tree, format!("cannot be used: {error}"), findings),
                }
            }

            fn written(value: &$type) -> Option<Value> {
                Some(Value::from($write(*value)))
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({"type": "string", "pattern": $pattern, "examples": [$example]})
            }

            fn shown(value: &$type) -> Option<Value> {
                Some(Value::from($number(*value)))
            }

            fn shown_schema() -> Option<Value> {
                Some(json!({"type": "integer", "format": "int64", "minimum": 0}))
            }
        })*
    )*};
}

const TIMES: &str = r"^\s*[0-9.]+\s*(ms|s|m|h|d)?\s*$";
const SIZES: &str = r"^\s*[0-9.]+\s*([bB]|[kKmMgGtT]([iI]?[bB])?)?\s*$";

quantities! {
    /// A time that is more than nothing.
    Time, "Ms": "a time in quotes such as \"30s\"", "30s", TIMES => {
        Duration: quantity::duration, quantity::duration_text, milliseconds;
    }
    /// A time that may be nothing.
    Pause, "Ms": "a time in quotes such as \"30s\" or \"0s\"", "0s", TIMES => {
        Duration: quantity::duration_or_none, quantity::duration_text, milliseconds;
    }
    /// A number of bytes, at least one.
    Bytes, "": "a size in quotes such as \"500KiB\"", "500KiB", SIZES => {
        usize: quantity::size, quantity::size_text, |bytes: usize| bytes;
        u64: |text| quantity::size(text).map(|bytes| bytes as u64), |bytes| quantity::size_text(bytes as usize),
            |bytes: u64| bytes;
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// One of a few words that each stand for a value.
pub(crate) trait Choice: Sized + Copy + PartialEq + 'static {
    /// The words, their meanings, and for each a sentence about it.
    const CHOICES: &'static [(&'static str, Self, &'static str)];
}

/// How a [`Choice`] is written.
pub(crate) enum Word {}

impl<T: Choice> Form<T> for Word {
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<T> {
        let found = text(tree, "a text", findings)?;
        let known = T::CHOICES.iter().find(|(word, ..)| *word == found);
        if known.is_none() {
            let problem = Problem::NotOneOf {
                found: found.to_owned(),
                allowed: T::CHOICES.iter().map(|(word, ..)| (*word).to_owned()).collect(),
            };
            findings.add(&tree.spot, problem);
        }
        known.map(|(_, choice, _)| *choice)
    }

    fn written(value: &T) -> Option<Value> {
        let known = T::CHOICES.iter().find(|(_, choice, _)| choice == value);
        known.map(|(word, ..)| Value::from(*word))
    }

    fn schema(_: &mut Definitions) -> Value {
        let choices = T::CHOICES
            .iter()
            .map(|(word, _, about)| json!({"const": word, "description": about}));
        json!({"oneOf": choices.collect::<Value>()})
    }

    fn shown_schema() -> Option<Value> {
        let words: Vec<&str> = T::CHOICES.iter().map(|(word, ..)| *word).collect();
        Some(json!({"type": "string", "enum": words}))
    }
}
