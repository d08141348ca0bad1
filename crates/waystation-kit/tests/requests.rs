//! What an action describes is what goes over the wire.
#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{
    Addresses, Answer, DEFAULT_TIME_LIMIT, OutgoingRequest, RequestBuilder, RequestClient, RequestDefaults,
    Response, TimeLimit, Transport,
};
use waystation_kit::services::Clock;
use waystation_kit::{Error, ErrorCode, NetworkFailure, Result, Secret};

const URL: &str = "https://partner.test/v1/items?kept=1";

/// Keeps the request and answers with a status, or not at all.
#[derive(Debug)]
struct Recorder {
    requests: Mutex<Vec<OutgoingRequest>>,
    status: Option<u16>,
}

impl Transport for Recorder {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let url = request.url.clone();
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let answer = match self.status {
            Some(status) => Ok(Answer {
                status,
                reason: None,
                headers: HeaderMap::new(),
                url,
                body: Bytes::from_static(b"words"),
            }),
            None => Err(Error::Network {
                message: "the connection broke".into(),
                failure: NetworkFailure::ConnectionReset,
            }),
        };
        Box::pin(async { answer })
    }
}

/// Sends the request that `describe` makes of a new one; what went out, and what came of it.
async fn exchange(
    status: Option<u16>,
    defaults: RequestDefaults,
    method: Method,
    describe: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> (Option<OutgoingRequest>, Result<Response>) {
    let recorder = Arc::new(Recorder {
        requests: Mutex::default(),
        status,
    });
    let transport: Arc<dyn Transport> = recorder.clone();
    let request = RequestClient::new(transport, defaults, Clock::System).request(method, URL);
    let result = describe(request).send().await;
    let mut requests = recorder.requests.lock().unwrap();
    assert!(requests.len() <= 1, "one request goes out at most");
    (requests.pop(), result)
}

/// What goes out for a POST request.
async fn posted(
    defaults: RequestDefaults,
    describe: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> OutgoingRequest {
    let (request, result) = exchange(Some(200), defaults, Method::POST, describe).await;
    result.unwrap();
    request.unwrap()
}

fn header<'request>(request: &'request OutgoingRequest, name: &http::HeaderName) -> Option<&'request str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

fn body(request: &OutgoingRequest) -> &str {
    std::str::from_utf8(request.body.as_deref().unwrap()).unwrap()
}

#[tokio::test]
async fn a_bare_request_has_the_built_in_defaults() {
    let request = posted(RequestDefaults::new(), |request| request).await;
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", URL));
    assert_eq!(request.body, None);
    assert_eq!(header(&request, &CONTENT_TYPE), None);
    assert_eq!(header(&request, &AUTHORIZATION), None);
    assert!(header(&request, &USER_AGENT).unwrap().starts_with("Waystation/"));
    assert_eq!(request.time_limit, Some(DEFAULT_TIME_LIMIT));
    assert_eq!(request.addresses, Addresses::Any);
}

#[tokio::test]
async fn the_content_type_of_json_stands() {
    let request = posted(RequestDefaults::new(), |request| {
        request
            .json(&json!({"a": "é"}))
            .header("Content-Type", "text/csv")
    })
    .await;
    assert_eq!(header(&request, &CONTENT_TYPE), Some("application/json"));
    assert_eq!(body(&request), r#"{"a":"é"}"#);
    let request = posted(RequestDefaults::new(), |request| request.json_bytes("[1]")).await;
    assert_eq!(
        (header(&request, &CONTENT_TYPE), body(&request)),
        (Some("application/json"), "[1]")
    );
}

#[tokio::test]
async fn the_content_types_of_forms_and_texts_give_way() {
    let form = [("a b", "1+1=2"), ("é", "")];
    let request = posted(RequestDefaults::new(), |request| request.form(form)).await;
    assert_eq!(body(&request), "a+b=1%2B1%3D2&%C3%A9=");
    assert_eq!(
        header(&request, &CONTENT_TYPE),
        Some("application/x-www-form-urlencoded;charset=UTF-8")
    );
    let request = posted(RequestDefaults::new(), |request| request.text("a b")).await;
    assert_eq!(
        (header(&request, &CONTENT_TYPE), body(&request)),
        (Some("text/plain;charset=UTF-8"), "a b")
    );

    let own = RequestDefaults::new().header("content-type", "text/csv").unwrap();
    for describe in [
        |request: RequestBuilder| request.form([("a", "b")]),
        |request: RequestBuilder| request.text("a"),
        |request: RequestBuilder| request.header("content-type", "text/csv").text("a"),
    ] {
        let request = posted(own.clone(), describe).await;
        assert_eq!(header(&request, &CONTENT_TYPE), Some("text/csv"));
    }
}

#[tokio::test]
async fn headers_go_out_as_latin_1() {
    let request = posted(RequestDefaults::new(), |request| request.header("x-e", "café")).await;
    assert_eq!(request.headers["x-e"].as_bytes(), b"caf\xe9");
    let (request, result) = exchange(Some(200), RequestDefaults::new(), Method::POST, |request| {
        request.header("x-e", "5 €")
    })
    .await;
    assert!(request.is_none() && matches!(result, Err(Error::PayloadValidation(_))));
}

#[tokio::test]
async fn headers_of_a_request_replace_defaults_whatever_their_case() {
    let defaults = RequestDefaults::new()
        .header("X-Kept", "kept")
        .and_then(|defaults| defaults.header("X-Replaced", "default"))
        .and_then(|defaults| defaults.header("X-Removed", "default"))
        .and_then(|defaults| defaults.header("User-Agent", "default"))
        .unwrap();
    let request = posted(defaults, |request| {
        request.header("x-replaced", "own").without_header("x-removed")
    })
    .await;
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(
        headers,
        [
            ("x-kept", "kept"),
            ("x-replaced", "own"),
            ("user-agent", "default")
        ]
    );
}

#[tokio::test]
async fn basic_credentials_override_an_authorization_header() {
    let request = posted(RequestDefaults::new().basic("üser", ""), |request| {
        request.header("Authorization", "Token 1")
    })
    .await;
    assert_eq!(header(&request, &AUTHORIZATION), Some("Basic w7xzZXI6"));
    let request = posted(RequestDefaults::new().basic("a", "b"), |request| {
        request.basic("c", "d")
    })
    .await;
    assert_eq!(header(&request, &AUTHORIZATION), Some("Basic Yzpk"));
}

#[tokio::test]
async fn credentials_of_a_request_replace_those_of_the_destination() {
    let defaults = || RequestDefaults::new().basic("a", "b");
    let request = posted(defaults(), |request| request.bearer(&Secret::new("token"))).await;
    assert_eq!(header(&request, &AUTHORIZATION), Some("Bearer token"));
    let request = posted(defaults(), RequestBuilder::without_credentials).await;
    assert_eq!(header(&request, &AUTHORIZATION), None);
}

#[tokio::test]
async fn credentials_are_not_printed() {
    let defaults = RequestDefaults::new().bearer(&Secret::new("hunter2")).unwrap();
    assert!(!format!("{defaults:?}").contains("hunter2"));
    let request = posted(defaults, |request| request).await;
    assert_eq!(header(&request, &AUTHORIZATION), Some("Bearer hunter2"));
    assert!(!format!("{request:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_query_replaces_the_whole_query_of_the_address() {
    let request = posted(RequestDefaults::new(), |request| {
        request.query([("a", "1 2"), ("a", "&")])
    })
    .await;
    assert_eq!(request.url.query(), Some("a=1+2&a=%26"));
    let request = posted(RequestDefaults::new(), |request| {
        request.query(Vec::<(&str, &str)>::new())
    })
    .await;
    assert_eq!(request.url.query(), None);
}

#[tokio::test]
async fn a_path_segment_stays_one() {
    let request = posted(RequestDefaults::new(), |request| request.path_segment("a/b?c é")).await;
    assert_eq!(request.url.path(), "/v1/items/a%2Fb%3Fc%20%C3%A9");
    let request = posted(RequestDefaults::new(), |request| {
        request.path_segment("a\tb\r\nc")
    })
    .await;
    assert_eq!(request.url.path(), "/v1/items/a%09b%0D%0Ac", "nothing is dropped");
    for segment in ["", ".", ".."] {
        let (request, result) = exchange(Some(200), RequestDefaults::new(), Method::POST, |request| {
            request.path_segment(segment)
        })
        .await;
        assert!(
            request.is_none() && matches!(result, Err(Error::PayloadValidation(_))),
            "{segment:?}"
        );
    }
}

#[tokio::test]
async fn time_limits() {
    let second = Duration::from_secs(1);
    let defaults = || RequestDefaults {
        time_limit: Some(TimeLimit::After(second)),
        ..RequestDefaults::new()
    };
    let limit =
        async |describe: fn(RequestBuilder) -> RequestBuilder| posted(defaults(), describe).await.time_limit;
    assert_eq!(limit(|request| request).await, Some(second));
    assert_eq!(
        limit(|request| request.time_limit(Duration::from_secs(2))).await,
        Some(2 * second)
    );
    assert_eq!(limit(RequestBuilder::without_time_limit).await, None);
    let endless = RequestDefaults {
        time_limit: Some(TimeLimit::Off),
        ..RequestDefaults::new()
    };
    assert_eq!(posted(endless, |request| request).await.time_limit, None);
}

#[tokio::test]
async fn reading_requests_carry_no_body() {
    for method in [Method::GET, Method::HEAD] {
        for describe in [
            |request: RequestBuilder| request.json(&Value::Null),
            |request: RequestBuilder| request.text(""),
            |request: RequestBuilder| request.form([("a", "b")]),
        ] {
            let (request, result) =
                exchange(Some(200), RequestDefaults::new(), method.clone(), describe).await;
            assert!(
                request.is_none() && matches!(result, Err(Error::Internal(_))),
                "{method} {result:?}"
            );
        }
        let (request, result) = exchange(Some(200), RequestDefaults::new(), method, |request| request).await;
        assert!(request.is_some() && result.is_ok());
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    for (name, value) in [("a b", "c"), ("a", "b\nc"), ("", "a")] {
        let (request, result) = exchange(Some(200), RequestDefaults::new(), Method::POST, |request| {
            request.header(name, value)
        })
        .await;
        assert!(
            request.is_none() && matches!(result, Err(Error::PayloadValidation(_))),
            "{name:?}: {value:?}"
        );
    }
}

#[tokio::test]
async fn answers_outside_2xx_are_errors_unless_tolerated() {
    for status in [200, 204, 299] {
        let (_, result) = exchange(Some(status), RequestDefaults::new(), Method::GET, |request| {
            request
        })
        .await;
        assert_eq!(result.unwrap().status(), status);
    }
    for status in [199, 304, 404, 500] {
        let (_, result) = exchange(Some(status), RequestDefaults::new(), Method::GET, |request| {
            request
        })
        .await;
        let error = result.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.response().unwrap().text(), "words");
        let tolerated = exchange(
            Some(status),
            RequestDefaults::new(),
            Method::GET,
            RequestBuilder::tolerate_failing_status,
        );
        assert_eq!(tolerated.await.1.unwrap().status(), status);
    }
}

#[tokio::test]
async fn broken_connections_are_never_tolerated() {
    let (request, result) = exchange(
        None,
        RequestDefaults::new(),
        Method::GET,
        RequestBuilder::tolerate_failing_status,
    )
    .await;
    assert!(request.is_some());
    assert!(matches!(
        result,
        Err(Error::Network {
            failure: NetworkFailure::ConnectionReset,
            ..
        })
    ));
}

#[tokio::test]
async fn public_addresses_only_is_passed_on() {
    let request = posted(RequestDefaults::new(), RequestBuilder::public_addresses_only).await;
    assert_eq!(request.addresses, Addresses::PublicOnly);
}

/// An address of the code that lacks its host is a fault of the code, whereas one of an event is a fault of the event.
#[tokio::test]
async fn an_address_that_is_none_blames_where_it_comes_from() {
    let recorder = Arc::new(Recorder {
        requests: Mutex::default(),
        status: Some(200),
    });
    let transport: Arc<dyn Transport> = recorder.clone();
    let client = RequestClient::new(transport, RequestDefaults::new(), Clock::System);
    let get = || client.request(Method::GET, "/v1/items?key=secret-1");

    let error = get().send().await.unwrap_err();
    assert!(matches!(error, Error::Internal(_)), "{error:?}");
    let words = error.to_string();
    assert!(
        words.contains("\"/v1/items\"") && !words.contains("secret-1"),
        "{words}"
    );

    let error = get()
        .header("a", "b")
        .public_addresses_only()
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::PAYLOAD_VALIDATION_FAILED));
    assert!(recorder.requests.lock().unwrap().is_empty());
}
