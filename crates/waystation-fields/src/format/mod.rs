//! What a text must look like: the named formats of JSON Schema.
//!
//! Each format is a hand-written matcher for the same language as the patterns of `ajv-formats` 2.1.1
//! in its full mode, the library that Segment's runtime validates with. They differ from the RFCs in
//! places; the difference that surprises is said at the matcher.

mod date_like;
mod date_time;
mod host;
mod mailbox;
mod regex;
mod scan;
mod uri;
mod uri_template;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A format of texts.
///
/// ```
/// use waystation_fields::Format;
///
/// assert!(Format::Email.matches("ada@example.com"));
/// assert!(!Format::Email.matches("ada@localhost"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `2024-02-29`.
    Date,
    /// `23:59:59.5Z`; the zone may be missing.
    Time,
    /// A date and a time, with `T` or a space between them; the zone may be missing.
    DateTime,
    /// Anything that reads as a point in time; the format of every `datetime` field.
    DateLike,
    /// A URI with its scheme.
    Uri,
    /// A URI, or a reference relative to one.
    UriReference,
    /// A URI template as in RFC 6570.
    UriTemplate,
    /// `name@example.com`; the host needs a dot.
    Email,
    /// A host name.
    Hostname,
    /// `192.0.2.1`.
    Ipv4,
    /// `2001:db8::1`.
    Ipv6,
    /// An ECMAScript regular expression.
    Regex,
    /// A UUID, with or without `urn:uuid:`.
    Uuid,
    /// A JSON pointer as in RFC 6901.
    JsonPointer,
    /// Any text, which user interfaces do not show.
    Password,
    /// Any text, which is long.
    Text,
}

impl Format {
    /// The name in definitions and JSON schemas.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "date-time",
            Self::DateLike => "date-like",
            Self::Uri => "uri",
            Self::UriReference => "uri-reference",
            Self::UriTemplate => "uri-template",
            Self::Email => "email",
            Self::Hostname => "hostname",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Regex => "regex",
            Self::Uuid => "uuid",
            Self::JsonPointer => "json-pointer",
            Self::Password => "password",
            Self::Text => "text",
        }
    }

    /// What a text of the format is, for people: `an email address`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Date => "a date like 2024-02-29",
            Self::Time => "a time like 23:59:59Z",
            Self::DateTime => "a date and time like 2024-02-29T23:59:59Z",
            Self::DateLike => "a date or time",
            Self::Uri => "a URI with its scheme",
            Self::UriReference => "a URI or a relative reference",
            Self::UriTemplate => "a URI template",
            Self::Email => "an email address",
            Self::Hostname => "a host name",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Regex => "a regular expression",
            Self::Uuid => "a UUID",
            Self::JsonPointer => "a JSON pointer",
            Self::Password | Self::Text => "a text",
        }
    }

    /// Whether every text has the format, which then is only a hint for user interfaces.
    #[must_use]
    pub const fn is_hint(self) -> bool {
        matches!(self, Self::Password | Self::Text)
    }

    /// Whether the text has the format.
    #[must_use]
    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::Date => date_time::is_date(text),
            Self::Time => date_time::is_time(text),
            Self::DateTime => date_time::is_date_time(text),
            Self::DateLike => date_like::is_date_like(text),
            Self::Uri => uri::is_uri(text),
            Self::UriReference => uri::is_uri_reference(text),
            Self::UriTemplate => uri_template::is_uri_template(text),
            Self::Email => mailbox::is_email(text),
            Self::Hostname => host::is_hostname(text),
            Self::Ipv4 => host::is_ipv4(text),
            Self::Ipv6 => host::is_ipv6(text),
            Self::Regex => regex::is_regex(text),
            Self::Uuid => is_uuid(text),
            Self::JsonPointer => is_json_pointer(text),
            Self::Password | Self::Text => true,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Version and variant are not looked at.
fn is_uuid(text: &str) -> bool {
    const PREFIX: &str = "urn:uuid:";
    let digits = match text.get(..PREFIX.len()) {
        Some(start) if start.eq_ignore_ascii_case(PREFIX) => &text[PREFIX.len()..],
        _ => text,
    };
    digits.len() == 36
        && digits.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_json_pointer(text: &str) -> bool {
    let Some(tokens) = text.strip_prefix('/') else {
        return text.is_empty();
    };
    // Whatever follows a tilde must be its escape; everything else is allowed, slashes included.
    tokens
        .split('~')
        .skip(1)
        .all(|after| after.starts_with(['0', '1']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_json_form() {
        for format in [
            Format::UriReference,
            Format::Ipv4,
            Format::DateLike,
            Format::JsonPointer,
        ] {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }

    #[test]
    fn uuids() {
        for good in [
            "123e4567-e89b-12d3-a456-426614174000",
            "URN:UUID:123E4567-E89B-12D3-A456-426614174000",
        ] {
            assert!(is_uuid(good), "{good}");
        }
        for bad in [
            "",
            "123e4567e89b12d3a456426614174000",
            "123e4567-e89b-12d3-a456-42661417400g",
        ] {
            assert!(!is_uuid(bad), "{bad}");
        }
    }

    #[test]
    fn json_pointers() {
        for good in ["", "/", "/a/b", "/~0~1/x", "//"] {
            assert!(is_json_pointer(good), "{good}");
        }
        for bad in ["a", "/~", "/~2"] {
            assert!(!is_json_pointer(bad), "{bad}");
        }
    }
}
