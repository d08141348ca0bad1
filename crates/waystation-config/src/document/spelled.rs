//! Values that are texts of a certain form: times, sizes, addresses.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use url::Url;
use waystation_client::Rewrite;
use waystation_client::network::AddressRange;
use waystation_runtime::guards::Share;

use super::findings::Findings;
use super::read::{Read, text, unusable};
use super::tree::Tree;
use crate::config::ListenAddress;
use crate::quantity;

/// A value that is a text of a certain form.
macro_rules! spelled {
    ($($(#[$doc:meta])* $name:ident($inner:ty): $expected:literal, $example:literal, $pattern:literal, $parse:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $name(pub(crate) $inner);

        impl From<$name> for $inner {
            fn from(written: $name) -> Self {
                written.0
            }
        }

        impl Read for $name {
            fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
                match $parse(text(tree, $expected, findings)?) {
                    Ok(value) => Some(Self(value)),
                    Err(error) => unusable(tree, format!("cannot be used: {error}"), findings),
                }
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schemars::json_schema!({"type": "string", "pattern": $pattern, "examples": [$example]})
            }
        }
    )*};
}

spelled! {
    /// A time that is more than nothing.
    Time(Duration):
        "a time in quotes such as \"30s\"", "30s", r"^\s*[0-9.]+\s*(ms|s|m|h|d)?\s*$", quantity::duration;
    /// A time that may be nothing.
    Pause(Duration):
        "a time in quotes such as \"30s\" or \"0s\"", "0s", r"^\s*[0-9.]+\s*(ms|s|m|h|d)?\s*$",
        quantity::duration_or_none;
    /// A number of bytes, at least one.
    Bytes(usize):
        "a size in quotes such as \"500KiB\"", "500KiB", r"^\s*[0-9.]+\s*([bB]|[kKmMgGtT]([iI]?[bB])?)?\s*$",
        quantity::size;
    /// A host and a port.
    HostAndPort(ListenAddress):
        "a text such as \"127.0.0.1:8080\"", "127.0.0.1:8080", r":[0-9]+$", ListenAddress::from_str;
    /// A range of network addresses.
    Range(AddressRange):
        "a text such as \"10.20.0.0/16\"", "10.20.0.0/16", r"^[0-9a-fA-F.:]+(/[0-9]+)?$", AddressRange::from_str;
    /// Where requests for an origin go instead.
    Detour(Rewrite):
        "a text such as \"https://api.partner.com=http://127.0.0.1:9000\"",
        "https://api.partner.com=http://127.0.0.1:9000", "=", Rewrite::from_str;
    /// An address of a web server.
    WebAddress(Url):
        "a text such as \"http://localhost:4318\"", "http://localhost:4318", "^https?://", web_address;
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("\"{text}\" is no address: {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("it does not begin with http:// or https://".to_owned()),
    }
}

/// A share from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portion(pub(crate) Share);

impl From<Portion> for Share {
    fn from(written: Portion) -> Self {
        written.0
    }
}

impl Read for Portion {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        let share = Share::new(f64::read(tree, findings)?);
        share
            .map(Self)
            .or_else(|| unusable(tree, "must be between 0 and 1", findings))
    }
}

impl JsonSchema for Portion {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Portion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "number", "minimum": 0, "maximum": 1})
    }
}
