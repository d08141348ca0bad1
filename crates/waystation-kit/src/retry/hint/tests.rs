use serde_json::json;

use super::*;
use crate::request::Answer;
use crate::services::Millis;

/// 2026-11-22T00:00:00Z
const NOW: i64 = 1_795_305_600_000;

fn response(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
    Response::new(
        Answer {
            status,
            reason: None,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            url: "https://partner.test/".parse().unwrap(),
            body: body.to_owned().into(),
        },
        Millis(NOW),
    )
}

fn wait(status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<Duration> {
    wanted_wait(&Error::Http(Box::new(response(status, headers, body))))
}

fn wait_of(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
    wait(status, headers, "").map(|wait| wait.as_secs())
}

#[test]
fn every_spelling_is_read() {
    for (name, value, seconds) in [
        ("retry-after", "7", Some(7)),
        ("Retry-After", "2.5", Some(2)),
        ("retry-after", "0", Some(1)),
        ("retry-after", "Sun, 22 Nov 2026 00:01:00 GMT", Some(60)),
        ("retry-after", "Sunday, 22-Nov-26 00:01:00 GMT", Some(60)),
        ("retry-after", "2026-11-22T00:01:00Z", Some(60)),
        ("retry-after", "Sun, 22 Nov 2020 00:01:00 GMT", None),
        ("retry-after", "1795305645", Some(45)),
        ("retry-after", "1795305645000", Some(45)),
        ("retry-after", "1600000000", None),
        ("retry-after", "-3", None),
        ("retry-after", "soon", None),
        ("retry-after", "", None),
        ("retry-after-ms", "2500", Some(2)),
        ("x-ms-retry-after-ms", "90000", Some(90)),
        ("x-retry-after", "9", Some(9)),
        ("X-Ratelimit-Retry-After", "12", Some(12)),
        ("x-ratelimit-reset-after", "3.25", Some(3)),
        ("x-ratelimit-reset", "30", Some(30)),
        ("x-ratelimit-reset", "1795305645", Some(45)),
        ("x-rate-limit-reset", "1795305645", Some(45)),
        ("x-ratelimit-reset", "2026-11-22T00:00:45Z", Some(45)),
        ("x-ratelimit-reset-requests", "6m0s", Some(360)),
        ("x-ratelimit-reset-tokens", "1h2m3.5s", Some(3_723)),
        ("ratelimit-reset", "1795305605000", Some(5)),
        ("ratelimit-reset", "50", Some(50)),
    ] {
        assert_eq!(wait_of(429, &[(name, value)]), seconds, "{name}: {value}");
    }
}

#[test]
fn the_rate_limit_header_of_the_draft_is_read_in_both_forms() {
    for (value, seconds) in [
        ("\"default\";r=0;t=30", 30),
        ("\"minute\";r=0;t=12, \"day\";r=0;t=3600", 3_600),
        ("\"minute\";r=0;t=12, \"day\";r=500;t=3600", 12),
        ("\"minute\";r=5;t=12, \"day\";r=500;t=3600", 12),
        ("\"peruser\";r=0;pk=:cHsdsRa894==:;t=42", 42),
        ("limit=10, remaining=0, reset=50", 50),
        ("limit=10,reset=50", 50),
    ] {
        assert_eq!(wait_of(429, &[("ratelimit", value)]), Some(seconds), "{value}");
    }
    for (value, seconds) in [
        ("\"burst\";q=100;w=10", 10),
        ("\"burst\";q=100;w=10, \"daily\";q=1000;w=86400", 10),
        ("100;w=60", 60),
        ("1000;w=86400", 60),
    ] {
        assert_eq!(
            wait_of(429, &[("ratelimit-policy", value)]),
            Some(seconds),
            "{value}"
        );
    }
    assert_eq!(
        wait_of(
            429,
            &[
                ("ratelimit-policy", "100;w=60"),
                ("ratelimit", "\"default\";r=0;t=4")
            ]
        ),
        Some(4)
    );
}

#[test]
fn unreadable_hints_fall_to_the_next_line() {
    assert_eq!(
        wait_of(503, &[("retry-after", "-1"), ("x-ratelimit-reset", "9")]),
        Some(9)
    );
}

#[test]
fn a_request_to_wait_counts_on_every_status_that_is_tried_again() {
    for status in [408, 423, 429, 500, 502, 503, 504, 529] {
        assert_eq!(wait_of(status, &[("retry-after", "9")]), Some(9), "{status}");
    }
    assert_eq!(wait_of(400, &[("retry-after", "9")]), None);
}

#[test]
fn the_end_of_a_window_counts_where_the_window_is_the_reason() {
    for (status, seconds) in [(429, Some(9)), (503, Some(9)), (500, None), (408, None)] {
        assert_eq!(
            wait_of(status, &[("x-ratelimit-reset", "9")]),
            seconds,
            "{status}"
        );
    }
}

#[test]
fn the_body_may_say_it() {
    for (body, millis) in [
        (json!({"error": {"details": {"retryAfter": 4}}}), 4_000),
        (json!({"error": {"details": {"retryAfter": "4"}}}), 4_000),
        (json!({"retry_after": 64.57}), 64_570),
        (json!({"retryAfterMs": 2500}), 2_500),
        (json!({"parameters": {"retry_after": 35}}), 35_000),
        (
            json!({"error": {"details": [{"@type": "RetryInfo", "retryDelay": "3.5s"}]}}),
            3_500,
        ),
        (
            json!({"errors": [{"message": "slow"}, {"extensions": {"retryAfter": 8}}]}),
            8_000,
        ),
        (
            json!({"errors": [{"extensions": {"details": {"retryAfter": 8}}}]}),
            8_000,
        ),
    ] {
        let found = wait(429, &[("content-type", "application/json")], &body.to_string());
        assert_eq!(found, Some(Duration::from_millis(millis)), "{body}");
    }
    for body in [
        json!({"retry_after": -1}),
        json!({"retry_after": null}),
        json!([7]),
        json!("7"),
    ] {
        assert_eq!(
            wait(429, &[("content-type", "application/json")], &body.to_string()),
            None,
            "{body}"
        );
    }
}

#[test]
fn numbers_beyond_all_measure_are_waits_that_can_be_computed_with() {
    let year = Some(LONGEST);
    for value in [
        "18446744073709549568",
        "9".repeat(40).as_str(),
        "999999999",
        "17000000000000000000",
    ] {
        for name in [
            "retry-after",
            "x-ratelimit-retry-after",
            "ratelimit-reset",
            "retry-after-ms",
        ] {
            let found = wait(429, &[(name, value)], "");
            assert!(
                found.is_some_and(|found| found <= LONGEST),
                "{name}: {value}: {found:?}"
            );
        }
    }
    for body in [
        "{\"error\":{\"details\":{\"retryAfter\":1.8446744073709549e19}}}",
        "{\"retry_after_ms\":1e308}",
    ] {
        assert_eq!(
            wait(500, &[("content-type", "application/json")], body),
            year,
            "{body}"
        );
    }
    let of_the_action = Error::Retryable {
        message: String::new(),
        code: crate::ErrorCode::RETRYABLE_ERROR,
        status: 429,
        after: Some(Duration::MAX),
    };
    assert_eq!(wanted_wait(&of_the_action), year);
}
