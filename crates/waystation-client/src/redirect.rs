//! Following redirects.
//!
//! The rules are those of the Fetch standard, section "HTTP-redirect fetch", with these differences:
//!
//! * a redirect that would turn a request with a body into a GET is not followed: the partner has not taken the body,
//!   and a login page that answers 200 must not look as if it had. The answer stands, with its status;
//! * on the way to another host the request leaves behind all headers but those that describe it, is held to public
//!   addresses, and is not sent at all if its body holds credentials.

use std::borrow::Cow;

use http::header::LOCATION;
use http::{Method, StatusCode};
use url::Url;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest};
use waystation_kit::{Error, NetworkFailure, Result};

use crate::credentials;
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

    if becomes_get(answer.status, &request.method) {
        return Ok(None);
    }
    let mut next = request.clone();
    if !is_same_origin(&request.url, &url) {
        if credentials::are_in_body(request) {
            return Ok(None);
        }
        credentials::remove(&mut next.headers);
    }
    if request.url.host() != url.host() {
        next.addresses = Addresses::PublicOnly;
    }
    next.url = url;
    Ok(Some(next))
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn becomes_get(status: u16, method: &Method) -> bool {
    match StatusCode::from_u16(status) {
        Ok(StatusCode::SEE_OTHER) => method != Method::HEAD && method != Method::GET,
        Ok(StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) => method == Method::POST,
        _ => false,
    }
}

/// Whether credentials for one address may go to the other: the same host and port, and never from a
/// protected connection to a plain one. The step from plain to protected on the usual ports is the same host.
fn is_same_origin(from: &Url, to: &Url) -> bool {
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;
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
    fn a_redirect_that_would_lose_the_body_is_not_followed() {
        for (status, method, is_followed) in [
            (301, Method::POST, false),
            (302, Method::POST, false),
            (303, Method::POST, false),
            (303, Method::PUT, false),
            (303, Method::PATCH, false),
            (303, Method::DELETE, false),
            (307, Method::POST, true),
            (308, Method::POST, true),
            (301, Method::PUT, true),
            (302, Method::DELETE, true),
            (303, Method::HEAD, true),
            (302, Method::GET, true),
            (303, Method::GET, true),
        ] {
            let mut request = post("https://partner.test/old", "body");
            request.method = method.clone();
            let next = redirected(&request, &redirect(status, "/new")).unwrap();
            assert_eq!(next.is_some(), is_followed, "{status} after {method}");
            if let Some(next) = next {
                assert_eq!((next.method, next.body), (method, request.body), "{status}");
            }
        }
    }

    #[tokio::test]
    async fn a_login_page_behind_a_redirect_is_no_delivery() {
        let script = json!({
            "POST /events": {"status": 302, "headers": {"location": "/login"}},
            "GET /login": {"status": 200, "body": "please log in"},
        });
        let partner = Mock::new(serde_json::from_value(script).unwrap());
        let answer = follow(&partner, &post("https://partner.test/events", "{}"))
            .await
            .unwrap();
        assert_eq!((answer.status, partner.requests().len()), (302, 1));
    }

    #[test]
    fn another_host_is_held_to_public_addresses() {
        for (to, addresses) in [
            ("https://partner.test/new", Addresses::Any),
            ("https://partner.test:8443/new", Addresses::Any),
            ("http://127.0.0.1/latest/meta-data", Addresses::PublicOnly),
            ("https://other.test/", Addresses::PublicOnly),
        ] {
            let next = next(&post("https://partner.test/old", "{}"), 307, to);
            assert_eq!(next.addresses, addresses, "{to}");
        }
    }

    #[test]
    fn a_body_with_credentials_stays_with_its_origin() {
        let form = "application/x-www-form-urlencoded";
        for (content_type, body, to, is_followed) in [
            (
                form,
                "grant_type=refresh_token&refresh_token=r&client_secret=s",
                "https://other.test/",
                false,
            ),
            (
                form,
                "grant_type=refresh_token&refresh_token=r&client_secret=s",
                "/token",
                true,
            ),
            (form, "name=Ada", "https://other.test/", true),
            (
                "application/json",
                r#"{"auth":{"client_secret":"s"}}"#,
                "https://other.test/",
                false,
            ),
            (
                "application/json",
                r#"[{"api_key":"s"}]"#,
                "https://other.test/",
                false,
            ),
            (
                "application/json",
                r#"{"name":"Ada"}"#,
                "https://other.test/",
                true,
            ),
        ] {
            let request = with_header(
                post("https://partner.test/old", body),
                "content-type",
                content_type,
            );
            let next = redirected(&request, &redirect(307, to)).unwrap();
            assert_eq!(next.is_some(), is_followed, "{body} to {to}");
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
                ("x-shop-access", "k"),
                ("content-type", "text/plain"),
            ] {
                request = with_header(request, name, value);
            }
            let next = next(&request, 307, to);
            for name in ["authorization", "cookie", "x-api-key", "x-shop-access"] {
                assert_eq!(next.headers.contains_key(name), kept, "{name}: {from} to {to}");
            }
            assert!(next.headers.contains_key("content-type"), "{from} to {to}");
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
