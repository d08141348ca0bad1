//! What several commands take.

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;

use crate::api::{Client, Request, Target};
use crate::failure::Failure;
use crate::output::Form;

/// Which service, and how its answers are shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct Access {
    /// Where the service listens
    #[arg(
        long,
        value_name = "URL",
        env = "WAYSTATION_URL",
        default_value = "http://127.0.0.1:8080",
        value_parser = url,
        help_heading = "Service"
    )]
    url: Url,

    /// A token of [api.tokens]: scope "read" to look, "operate" to drive, "admin" for everything. Others on this machine can read what is typed: set the variable
    #[arg(
        long,
        value_name = "TOKEN",
        env = "WAYSTATION_TOKEN",
        hide_env_values = true,
        value_parser = token,
        help_heading = "Service"
    )]
    token: Option<SecretString>,

    /// Print JSON, a line for each thing; what a pipe gets without asking
    #[arg(long, conflicts_with = "table", help_heading = "Service")]
    json: bool,

    /// Print tables also into a pipe
    #[arg(long, help_heading = "Service")]
    table: bool,
}

impl Access {
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        Client::new(Target {
            url: self.url.clone(),
            token: self.token.clone(),
        })
    }

    /// How answers are shown, if that was typed.
    pub(crate) const fn form(&self) -> Option<Form> {
        match (self.json, self.table) {
            (true, _) => Some(Form::Json),
            (false, true) => Some(Form::Table),
            (false, false) => None,
        }
    }
}

fn token(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

fn url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err("it must begin with http:// or https://".to_owned()),
    }
}

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When(pub(crate) Timestamp);

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

/// Reads `90s`, `15m`, `1h`, `2d` or `1w` ago, a day, or a point in time with its zone.
pub(crate) fn when(text: &str) -> Result<When, String> {
    let problem = || {
        format!("\"{text}\" is neither a time ago (90s, 15m, 1h, 2d, 1w) nor a time (2026-01-31T12:00:00Z)")
    };
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(When(time));
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| problem())?;
        return Ok(When(start.timestamp()));
    }
    let unit = text.chars().last().and_then(|unit| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        'w' => Some(7 * 86_400),
        _ => None,
    });
    let seconds = unit.and_then(|unit: i64| {
        let number: i64 = text
            .get(..text.len() - 1)?
            .parse()
            .ok()
            .filter(|number| *number >= 0)?;
        number.checked_mul(unit)
    });
    seconds
        .and_then(|seconds| {
            Timestamp::now()
                .checked_sub(SignedDuration::from_secs(seconds))
                .ok()
        })
        .map(When)
        .ok_or_else(problem)
}

/// What deliveries and dead letters are found by.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Filter {
    /// Only those of this connection
    #[arg(short, long, value_name = "NAME", help_heading = "Which")]
    connection: Option<String>,

    /// Only those of this subscription
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    subscription: Option<String>,

    /// Only those whose events came from this source
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    source: Option<String>,

    /// Only those that failed by this: a status (401), a stage (mapping) or the class of an error (BAD_REQUEST)
    #[arg(long, value_name = "CAUSE", help_heading = "Which")]
    cause: Option<String>,

    /// Only those whose connection is left alone by rests, breaker or refused credentials
    #[arg(long, help_heading = "Which")]
    held_back: bool,

    /// Only those of events with this message id
    #[arg(long, value_name = "ID", help_heading = "Which")]
    message_id: Option<String>,

    /// Only those of events about this user
    #[arg(long, value_name = "USER", help_heading = "Which")]
    user: Option<String>,

    /// Only those whose events arrived then or later: 15m, 1h, 2d (ago), 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    since: Option<When>,

    /// Only those whose events arrived before
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    until: Option<When>,
}

/// What a cause is.
enum Cause<'text> {
    Status(u16),
    Stage(&'text str),
    ErrorType(&'text str),
}

/// Classes of errors are written in capitals, stages are not.
fn cause(text: &str) -> Cause<'_> {
    let is_class = text.chars().any(char::is_uppercase) || text.contains(' ');
    match text.parse::<u16>() {
        Ok(status) => Cause::Status(status),
        Err(_) if is_class => Cause::ErrorType(text),
        Err(_) => Cause::Stage(text),
    }
}

impl Filter {
    /// The filter in a query.
    pub(crate) fn query(&self, request: Request) -> Request {
        let request = request
            .with("connection", self.connection.as_ref())
            .with("subscription", self.subscription.as_ref())
            .with("source", self.source.as_ref())
            .with("heldBack", self.held_back.then_some(true))
            .with("messageId", self.message_id.as_ref())
            .with("user", self.user.as_ref())
            .with("from", self.since)
            .with("until", self.until);
        match self.cause.as_deref().map(cause) {
            Some(Cause::Status(status)) => request.with("status", Some(status)),
            Some(Cause::Stage(stage)) => request.with("stage", Some(stage)),
            Some(Cause::ErrorType(class)) => request.with("errorType", Some(class)),
            None => request,
        }
    }

    /// The filter in a body.
    pub(crate) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        set("connection", self.connection.clone().map(Value::from));
        set("subscription", self.subscription.clone().map(Value::from));
        set("source", self.source.clone().map(Value::from));
        set("heldBack", self.held_back.then_some(Value::from(true)));
        set("messageId", self.message_id.clone().map(Value::from));
        set("user", self.user.clone().map(Value::from));
        set("from", self.since.map(|when| Value::from(when.to_string())));
        set("until", self.until.map(|when| Value::from(when.to_string())));
        match self.cause.as_deref().map(cause) {
            Some(Cause::Status(status)) => set("status", Some(status.into())),
            Some(Cause::Stage(stage)) => set("stage", Some(stage.into())),
            Some(Cause::ErrorType(class)) => set("errorType", Some(class.into())),
            None => {}
        }
        body
    }

    pub(crate) fn connection(&self) -> Option<&str> {
        self.connection.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_ago_or_points() {
        let ago = |text: &str| {
            let When(time) = when(text).unwrap();
            // Rounded, for time goes on meanwhile.
            (Timestamp::now().duration_since(time).as_secs() + 30) / 60
        };
        assert_eq!([ago("90m"), ago("1h"), ago("2d")], [90, 60, 2_880]);
        assert_eq!(
            when("2026-01-31T12:00:00Z").unwrap().to_string(),
            "2026-01-31T12:00:00.000Z"
        );
        assert_eq!(
            when("2026-01-31").unwrap().to_string(),
            "2026-01-31T00:00:00.000Z"
        );
        for text in [
            "",
            "h",
            "1",
            "-1h",
            "yesterday",
            "1y",
            "99999999999999999999d",
            "ü",
        ] {
            assert!(when(text).is_err(), "{text}");
        }
    }

    #[test]
    fn causes_are_statuses_stages_or_classes() {
        let filter = |text: &str| {
            let cause = Some(text.to_owned());
            Value::from(
                Filter {
                    cause,
                    ..Filter::default()
                }
                .body(),
            )
            .to_string()
        };
        assert_eq!(filter("401"), r#"{"status":401}"#);
        assert_eq!(filter("unknown_outcome"), r#"{"stage":"unknown_outcome"}"#);
        assert_eq!(filter("BAD_REQUEST"), r#"{"errorType":"BAD_REQUEST"}"#);
    }
}
