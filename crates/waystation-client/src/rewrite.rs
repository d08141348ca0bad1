//! Sending requests for some origins elsewhere.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use url::{Origin, Url};
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest};

use crate::wire::Wire;

/// Tells the receiver of a rewritten request where it was going.
pub const ORIGINAL_ORIGIN: HeaderName = HeaderName::from_static("x-waystation-original-origin");

/// One rule: requests for an origin go to another one, with path and query kept.
///
/// Written `FROM=TO`: `https://api.partner.com=http://127.0.0.1:9000`, or `*=http://127.0.0.1:9000` for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    from: From,
    to: Url,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    Any,
    Origin(Origin),
}

/// As it is written.
impl fmt::Display for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = self.to.origin().ascii_serialization();
        match &self.from {
            From::Any => write!(f, "*={to}"),
            From::Origin(from) => write!(f, "{}={to}", from.ascii_serialization()),
        }
    }
}

/// Why a rule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// There is no `=` in it.
    #[error("\"{0}\" is not FROM=TO, for example https://api.partner.com=http://127.0.0.1:9000")]
    NoEquals(String),
    /// A side is not an origin.
    #[error("{side} of a rewrite must be an origin such as https://api.partner.com, and \"{text}\" {fault}")]
    NotAnOrigin {
        /// Which side.
        side: Side,
        /// What stands there.
        text: String,
        /// What is wrong with it.
        fault: OriginFault,
    },
}

/// A side of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where requests were going.
    From,
    /// Where they go instead.
    To,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::From => "the left side (an origin or *)",
            Self::To => "the right side",
        })
    }
}

/// Why a text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginFault {
    /// It cannot be read as an address.
    #[error("cannot be read: {0}")]
    Unreadable(url::ParseError),
    /// It begins with something else than `http` or `https`.
    #[error("does not begin with http:// or https://")]
    Scheme,
    /// It goes on after the host.
    #[error("has more than a scheme, a host and a port; path and query come from the request")]
    MoreThanOrigin,
}

impl FromStr for Rewrite {
    type Err = RewriteError;

    fn from_str(text: &str) -> Result<Self, RewriteError> {
        let (from, to) = text
            .split_once('=')
            .ok_or_else(|| RewriteError::NoEquals(text.to_owned()))?;
        let from = match from.trim() {
            "*" => From::Any,
            origin => From::Origin(parse_origin(Side::From, origin)?.origin()),
        };
        let to = parse_origin(Side::To, to.trim())?;
        Ok(Self { from, to })
    }
}

fn parse_origin(side: Side, text: &str) -> Result<Url, RewriteError> {
    let fault = match Url::parse(text) {
        Err(error) => OriginFault::Unreadable(error),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => OriginFault::Scheme,
        Ok(url) if url.as_str().trim_end_matches('/') != url.origin().ascii_serialization() => {
            OriginFault::MoreThanOrigin
        }
        Ok(url) => return Ok(url),
    };
    Err(RewriteError::NotAnOrigin {
        side,
        text: text.to_owned(),
        fault,
    })
}

/// All rules of a process. An origin that is named goes before `*`; among equals the first stands.
#[derive(Debug, Clone, Default)]
pub struct Rewrites(Vec<Rewrite>);

impl FromIterator<Rewrite> for Rewrites {
    fn from_iter<T: IntoIterator<Item = Rewrite>>(rules: T) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl Rewrites {
    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The request as it goes elsewhere; `None` when no rule is about it.
    #[must_use]
    pub fn apply(&self, request: &OutgoingRequest) -> Option<OutgoingRequest> {
        let origin = request.url.origin();
        let rule = self.rule_for(&origin)?;
        let mut rewritten = request.clone();
        rewritten.url = moved(&request.url, &rule.to);
        // The new place is the operator's own choice, which no partner's setting can reach.
        rewritten.addresses = Addresses::Any;
        if let Ok(origin) = HeaderValue::try_from(origin.ascii_serialization()) {
            rewritten.headers.insert(ORIGINAL_ORIGIN, origin);
        }
        Some(rewritten)
    }

    fn rule_for(&self, origin: &Origin) -> Option<&Rewrite> {
        let named = |rule: &&Rewrite| matches!(&rule.from, From::Origin(from) if from == origin);
        let any = |rule: &&Rewrite| rule.from == From::Any;
        self.0.iter().find(named).or_else(|| self.0.iter().find(any))
    }
}

/// The address at another origin, path and query as they were.
fn moved(url: &Url, origin: &Url) -> Url {
    let mut moved = origin.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved
}

/// Applies the rules on the way to another wire.
#[derive(Debug)]
pub(crate) struct RewrittenWire {
    rewrites: Rewrites,
    onward: Arc<dyn Wire>,
}

impl RewrittenWire {
    pub(crate) fn new(rewrites: Rewrites, onward: Arc<dyn Wire>) -> Self {
        Self { rewrites, onward }
    }
}

impl Wire for RewrittenWire {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        let Some(rewritten) = self.rewrites.apply(request) else {
            return self.onward.exchange(request);
        };
        Box::pin(async move {
            let answer = self.onward.exchange(&rewritten).await?;
            // The destination knows nothing of the other place.
            Ok(Answer {
                url: request.url.clone(),
                ..answer
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::get;

    fn rewrites(rules: &[&str]) -> Rewrites {
        rules.iter().map(|rule| rule.parse().unwrap()).collect()
    }

    fn sent_to(rules: &[&str], url: &str) -> Option<String> {
        rewrites(rules)
            .apply(&get(url))
            .map(|request| request.url.to_string())
    }

    #[test]
    fn path_and_query_are_kept() {
        assert_eq!(
            sent_to(
                &["https://api.partner.com=http://127.0.0.1:9000"],
                "https://api.partner.com/v1/a%20b/?c=d&e=%26"
            )
            .as_deref(),
            Some("http://127.0.0.1:9000/v1/a%20b/?c=d&e=%26")
        );
    }

    #[test]
    fn the_original_origin_goes_along() {
        let request = rewrites(&["*=http://127.0.0.1:9000/"])
            .apply(&get("https://api.partner.com:8443/x"))
            .unwrap();
        assert_eq!(request.headers[ORIGINAL_ORIGIN], "https://api.partner.com:8443");
    }

    #[test]
    fn other_origins_are_left_alone() {
        let rules = ["https://api.partner.com=http://127.0.0.1:9000"];
        for url in [
            "http://api.partner.com/",
            "https://api.partner.com:444/",
            "https://partner.com/",
        ] {
            assert_eq!(sent_to(&rules, url), None, "{url}");
        }
        assert!(sent_to(&rules, "https://API.partner.com:443/").is_some());
    }

    #[test]
    fn a_named_origin_goes_before_any() {
        let rules = ["*=http://any.test", "https://a.test=http://named.test"];
        assert_eq!(
            sent_to(&rules, "https://a.test/").as_deref(),
            Some("http://named.test/")
        );
        assert_eq!(
            sent_to(&rules, "https://b.test/").as_deref(),
            Some("http://any.test/")
        );
    }

    #[test]
    fn faults_say_what_to_do() {
        let table = [
            ("http://a.test", "is not FROM=TO"),
            (
                "a.test=http://b.test",
                "the left side (an origin or *) of a rewrite",
            ),
            ("*=b.test:9000", "does not begin with http:// or https://"),
            ("*=http://b.test/v1", "has more than a scheme"),
            ("*=http://user:pw@b.test", "has more than a scheme"),
            ("*=", "cannot be read"),
        ];
        for (rule, expected) in table {
            let message = rule.parse::<Rewrite>().unwrap_err().to_string();
            assert!(message.contains(expected), "{rule}: {message}");
        }
    }
}
