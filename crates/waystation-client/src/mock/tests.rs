use serde_json::{Value, json};
use tokio::time::Instant;
use waystation_kit::Response;
use waystation_kit::services::Millis;

use super::*;
use crate::testing::{get, post, request};

fn mock(script: Value) -> Mock {
    Mock::new(Script::new(script, TextBodies::PlainText).unwrap())
}

async fn ask(mock: &Mock, request: OutgoingRequest) -> (u16, Value) {
    let response = Response::new(mock.exchange(&request).await.unwrap(), Millis(0));
    (response.status(), response.data_or_text())
}

#[tokio::test]
async fn a_list_is_used_in_order_and_its_end_repeats() {
    let partner = mock(json!([{"body": "one"}, {"status": 500, "body": {"two": 2}}]));
    assert_eq!(ask(&partner, get("https://a.test/")).await, (200, json!("one")));
    for _ in 0..2 {
        assert_eq!(
            ask(&partner, get("https://b.test/")).await,
            (500, json!({"two": 2}))
        );
    }
}

#[tokio::test]
async fn answers_for_one_request_wait_for_it() {
    let partner = mock(json!([
        {"on": "POST /token", "json": "token"},
        {"json": "first"},
        {"on": "GET /x", "json": "x"},
        {"json": "second"},
    ]));
    assert_eq!(ask(&partner, get("https://a.test/x?y=z")).await.1, json!("first"));
    assert_eq!(ask(&partner, get("https://a.test/x?y=z")).await.1, json!("x"));
    assert_eq!(
        ask(&partner, post("https://a.test/token", "")).await.1,
        json!("token")
    );
    assert_eq!(ask(&partner, get("https://a.test/x")).await.1, json!("second"));
}

#[tokio::test]
async fn keys_are_tried_in_their_order() {
    let partner = mock(json!({
        "GET /users/\\d+$": [{"json": "one"}, {"json": "another"}],
        "GET /users": {"json": "list"},
        "POST ": {"json": "posted"},
        "* ping": {"json": "pong"},
    }));
    assert_eq!(
        ask(&partner, get("https://a.test/users?page=2")).await.1,
        json!("list")
    );
    assert_eq!(
        ask(&partner, get("https://a.test/users/42")).await.1,
        json!("one")
    );
    assert_eq!(
        ask(&partner, get("https://a.test/users/43")).await.1,
        json!("another")
    );
    assert_eq!(
        ask(&partner, get("https://a.test/users/44")).await.1,
        json!("another")
    );
    assert_eq!(
        ask(&partner, post("https://a.test/ping", "")).await.1,
        json!("posted")
    );
    let put = request(http::Method::PUT, "https://a.test/ping");
    assert_eq!(ask(&partner, put).await.1, json!("pong"));
}

#[tokio::test]
async fn what_the_script_does_not_know_is_not_found() {
    for script in [
        json!([]),
        json!({}),
        json!({"POST ": {}}),
        json!([{"on": "GET /x"}]),
    ] {
        let partner = mock(script.clone());
        assert_eq!(ask(&partner, get("https://a.test/")).await.0, 404, "{script}");
    }
}

#[tokio::test]
async fn bodies_bring_their_content_types() {
    let table = [
        (json!({"body": "text"}), Some("text/plain")),
        (json!({"body": ["json"]}), Some("application/json")),
        (json!({"json": "text"}), Some("application/json")),
        (json!({"json": null}), Some("application/json")),
        (
            json!({"body": "a,b", "headers": {"Content-Type": "text/csv"}}),
            Some("text/csv"),
        ),
        (json!({}), None),
    ];
    for (answer, expected) in table {
        let partner = mock(json!([answer.clone()]));
        let content_type = partner
            .exchange(&get("https://a.test/"))
            .await
            .unwrap()
            .headers
            .get("content-type")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(content_type.as_deref(), expected, "{answer}");
    }
    let untyped = Mock::new(Script::new(json!([{"body": "text"}]), TextBodies::Untyped).unwrap());
    let answer = untyped.exchange(&get("https://a.test/")).await.unwrap();
    assert!(answer.headers.is_empty());
}

#[tokio::test]
async fn reasons_and_repeated_headers_are_sent() {
    let partner = mock(json!([
        {"status": 400, "reason": "Not Your Day", "headers": {"set-cookie": ["a=1", "b=2"], "retry-after": 3}}
    ]));
    let response = Response::new(
        partner.exchange(&get("https://a.test/")).await.unwrap(),
        Millis(0),
    );
    assert_eq!(response.reason(), "Not Your Day");
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(response.header("retry-after"), Some("3"));
}

#[tokio::test]
async fn where_http_allows_no_body_there_is_none() {
    let partner = mock(json!([{"json": {"a": 1}}, {"status": 204, "body": "x"}]));
    let head = request(http::Method::HEAD, "https://a.test/");
    assert!(partner.exchange(&head).await.unwrap().body.is_empty());
    assert!(
        partner
            .exchange(&get("https://a.test/"))
            .await
            .unwrap()
            .body
            .is_empty()
    );
}

#[tokio::test]
async fn connections_break_as_scripted() {
    for (answer, expected) in [
        (json!({"close": true}), NetworkFailure::ConnectionReset),
        (
            json!({"network_error": "ECONNRESET"}),
            NetworkFailure::ConnectionReset,
        ),
        (
            json!({"network_error": "ECONNREFUSED"}),
            NetworkFailure::ConnectionRefused,
        ),
        (
            json!({"network_error": "ENOTFOUND"}),
            NetworkFailure::NameNotFound,
        ),
    ] {
        let error = mock(json!([answer.clone()]))
            .exchange(&get("https://a.test/"))
            .await
            .unwrap_err();
        match error {
            Error::Network { failure, .. } => assert_eq!(failure, expected, "{answer}"),
            other => panic!("{answer}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_partner_is_not_waited_for() {
    let partner = mock(json!([{"network_error": "timeout"}]));
    let began = Instant::now();
    let limit = Duration::from_secs(10);
    let mut request = get("https://a.test/");
    request.time_limit = Some(limit);
    let error = partner.exchange(&request).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { limit: passed } if passed == limit),
        "{error:?}"
    );
    request.time_limit = None;
    let error = partner.exchange(&request).await.unwrap_err();
    assert!(matches!(error, Error::Deadline), "{error:?}");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn delays_are_waited_for() {
    let partner = mock(json!([{"delay_ms": 700}]));
    let began = Instant::now();
    assert_eq!(ask(&partner, get("https://a.test/")).await.0, 200);
    assert!(began.elapsed() >= Duration::from_millis(700));
}

#[tokio::test]
async fn requests_are_remembered() {
    let partner = mock(json!([]));
    ask(&partner, get("https://a.test/1")).await;
    ask(&partner, post("https://a.test/2", "body")).await;
    let seen: Vec<_> = partner
        .requests()
        .into_iter()
        .map(|request| (request.url.path().to_owned(), request.body))
        .collect();
    assert_eq!(
        seen,
        [("/1".to_owned(), None), ("/2".to_owned(), Some("body".into()))]
    );
}

#[test]
fn faults_say_where_they_are() {
    let table = [
        (json!("x"), "a script is a list"),
        (json!([{}, {"stauts": 200}]), "answer 2: unknown field `stauts`"),
        (json!({"GET /x": {"status": "ok"}}), "an answer to \"GET /x\": "),
        (json!({"GET (": {}}), "the pattern of the key \"GET (\""),
        (json!({"/users": {}}), "\"/users\" does not begin with a method"),
        (
            json!([{"on": "/users"}]),
            "\"/users\" does not begin with a method",
        ),
        (json!([{"status": 42}]), "answer 1: the status 42"),
        (json!([{"headers": {"a b": "c"}}]), "the header \"a b\""),
        (
            json!([{"json": 1, "body": "1"}]),
            "\"json\" and \"body\" exclude each other",
        ),
        (json!([{"network_error": "EPIPE"}]), "unknown variant `EPIPE`"),
    ];
    for (script, expected) in table {
        let message = Script::new(script.clone(), TextBodies::PlainText)
            .unwrap_err()
            .to_string();
        assert!(message.contains(expected), "{script}: {message}");
    }
    assert!(matches!(Script::from_json("{"), Err(ScriptError::Json(_))));
}
