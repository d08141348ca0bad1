//! Following redirects.
//!
//! The rules are those of the Fetch standard, section "HTTP-redirect fetch", in the form in which the peer's
//! client follows them: the body's headers stay when a method becomes GET.

use std::borrow::Cow;

use http::header::{CONTENT_LENGTH, LOCATION};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::{Error, NetworkFailure, Result};

use crate::redact::names;
use crate::wire::Wire;

/// How many redirects one request may take.
const MOST_REDIRECTS: usize = 20;

/// Sends a request, follows the redirects of its answers, and hands back the answer that is none.
pub(crate) async fn follow(wire: &dyn Wire, request: &OutgoingRequest) -> Result<Answer> {
    let mut current = Cow::Borrowed(request);
    for _ in 0..=MOST_REDIRECTS {
        let answer = wire.exchange(&current).await?;
        let Some(next) = redirected(&current, &answer)? else {
            return Ok(answer);
        };
        current = Cow::Owned(next);
    }
    Err(Error::Network {
        message: format!("the partner redirected more than {MOST_REDIRECTS} times"),
        failure: NetworkFailure::TooManyRedirects,
    })
}

/// The request that an answer asks for instead; `None` when it asks for nothing of the kind.
fn redirected(request: &OutgoingRequest, answer: &Answer) -> Result<Option<OutgoingRequest>> {
    if !is_redirect(answer.status) {
        return Ok(None);
    }
    let Some(location) = answer.headers.get(LOCATION) else {
        return Ok(None);
    };
    let url = std::str::from_utf8(location.as_bytes())
        .ok()
        .and_then(|location| request.url.join(location).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| Error::Network {
            message: "the partner redirected to something that is not a web address".into(),
            failure: NetworkFailure::Other,
        })?;

    let mut next = request.clone();
    if becomes_get(answer.status, &request.method) {
        next.method = Method::GET;
        next.body = None;
        next.headers.remove(CONTENT_LENGTH);
    }
    if !is_same_host(&request.url, &url) {
        remove_credentials(&mut next.headers);
    }
    next.url = url;
    Ok(Some(next))
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn becomes_get(status: u16, method: &Method) -> bool {
    match StatusCode::from_u16(status) {
        Ok(StatusCode::SEE_OTHER) => method != Method::HEAD,
        Ok(StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) => method == Method::POST,
        _ => false,
    }
}

/// Whether credentials for one address may go to the other: the same host and port, and never from a
/// protected connection to a plain one. The step from plain to protected on the usual ports is the same host.
fn is_same_host(from: &Url, to: &Url) -> bool {
    if from.host() != to.host() {
        return false;
    }
    match (from.scheme(), to.scheme()) {
        ("http", "https") => from.port().is_none() && to.port().is_none(),
        (from_scheme, to_scheme) => {
            from_scheme == to_scheme && from.port_or_known_default() == to.port_or_known_default()
        }
    }
}

/// Keys in headers of a partner's own are credentials as much as `Authorization` is.
fn remove_credentials(headers: &mut HeaderMap) {
    let credentials: Vec<HeaderName> = headers
        .keys()
        .filter(|name| names::is_secret(name.as_str()))
        .cloned()
        .collect();
    for name in credentials {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::mock::Mock;
    use crate::testing::{get, post, with_header};

    fn redirect(status: u16, location: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        Answer {
            status,
            reason: None,
            headers,
            url: "https://partner.test/old".parse().unwrap(),
            body: Bytes::new(),
        }
    }

    fn next(request: &OutgoingRequest, status: u16, location: &str) -> OutgoingRequest {
        redirected(request, &redirect(status, location)).unwrap().unwrap()
    }

    #[test]
    fn methods_change_as_browsers_have_them_change() {
        let table = [
            (301, Method::POST, Method::GET),
            (302, Method::POST, Method::GET),
            (303, Method::POST, Method::GET),
            (307, Method::POST, Method::POST),
            (308, Method::POST, Method::POST),
            (301, Method::PUT, Method::PUT),
            (302, Method::DELETE, Method::DELETE),
            (303, Method::PATCH, Method::GET),
            (303, Method::HEAD, Method::HEAD),
            (302, Method::GET, Method::GET),
        ];
        for (status, before, after) in table {
            let mut request = post("https://partner.test/old", "body");
            request.method = before.clone();
            let next = next(&request, status, "/new");
            assert_eq!(next.method, after, "{status} after {before}");
            let repeats_body = after == before;
            assert_eq!(next.body.is_some(), repeats_body, "{status} after {before}");
        }
    }

    #[test]
    fn locations_are_relative_to_the_request() {
        let request = get("https://partner.test/a/b?c=d");
        for (location, url) in [
            ("https://other.test/x?y#z", "https://other.test/x?y#z"),
            ("/x", "https://partner.test/x"),
            ("x", "https://partner.test/a/x"),
            ("//other.test", "https://other.test/"),
            ("?e", "https://partner.test/a/b?e"),
        ] {
            assert_eq!(next(&request, 302, location).url.as_str(), url, "{location}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        let answer = redirect(302, "file:///etc/passwd");
        let error = redirected(&get("https://partner.test/"), &answer).unwrap_err();
        assert!(matches!(error, Error::Network { .. }), "{error:?}");
    }

    #[test]
    fn an_answer_without_location_or_with_another_status_stands() {
        let request = get("https://partner.test/");
        let mut nowhere = redirect(302, "/x");
        nowhere.headers.clear();
        assert!(redirected(&request, &nowhere).unwrap().is_none());
        for status in [200, 201, 300, 304, 305, 401] {
            assert!(
                redirected(&request, &redirect(status, "/x")).unwrap().is_none(),
                "{status}"
            );
        }
    }

    #[test]
    fn credentials_stay_with_their_host() {
        let table = [
            ("https://partner.test/", "https://partner.test:443/x", true),
            ("http://partner.test/", "https://partner.test/x", true),
            ("https://partner.test/", "http://partner.test/x", false),
            ("https://partner.test/", "https://partner.test:8443/x", false),
            ("https://partner.test/", "https://api.partner.test/x", false),
            ("http://partner.test:80/", "https://partner.test:8443/", false),
        ];
        for (from, to, kept) in table {
            let mut request = get(from);
            for (name, value) in [
                ("authorization", "Bearer t"),
                ("cookie", "a=b"),
                ("x-api-key", "k"),
                ("x-plain", "p"),
            ] {
                request = with_header(request, name, value);
            }
            let next = next(&request, 307, to);
            for name in ["authorization", "cookie", "x-api-key"] {
                assert_eq!(next.headers.contains_key(name), kept, "{name}: {from} to {to}");
            }
            assert!(next.headers.contains_key("x-plain"), "{from} to {to}");
        }
    }

    #[tokio::test]
    async fn twenty_redirects_are_followed_and_no_more() {
        let redirect = json!({"status": 302, "headers": {"location": "/again"}});
        let endless = Mock::new(serde_json::from_value(json!([redirect])).unwrap());
        let error = follow(&endless, &get("https://partner.test/")).await.unwrap_err();
        let failure = match error {
            Error::Network { failure, .. } => failure,
            other => panic!("{other:?}"),
        };
        assert_eq!(failure, NetworkFailure::TooManyRedirects);
        assert_eq!(endless.requests().len(), 21);

        let mut script = vec![redirect; 20];
        script.push(json!({"status": 200}));
        let patient = Mock::new(serde_json::from_value(json!(script)).unwrap());
        let answer = follow(&patient, &get("https://partner.test/")).await.unwrap();
        assert_eq!((answer.status, answer.url.path()), (200, "/again"));
    }
}
