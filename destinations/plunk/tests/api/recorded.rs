//! Recorded answers of the real server (build of 2026-04-30) through the reader of refusals.

use serde_json::{Value, json};
use waystation_destination_plunk::actions::{SendEmail, TrackEvent, UpsertContact};
use waystation_destination_plunk::idempotency::FirstRequest;
use waystation_destination_plunk::refusal::{explain, is_contact_not_found};
use waystation_kit::request::Answer;
use waystation_kit::services::Millis;
use waystation_kit::{Error, Response};
use waystation_testkit::Partner;

use crate::support::{event, harness};

const EXCHANGES: &str = include_str!("../recorded/exchanges.jsonl");

fn exchanges() -> Vec<Value> {
    EXCHANGES
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn response(exchange: &Value) -> Response {
    let recorded = &exchange["response"];
    let headers = recorded["headers"].as_object().unwrap();
    let body = match &recorded["body"] {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    Response::new(
        Answer {
            status: recorded["status"].as_u64().unwrap().try_into().unwrap(),
            reason: None,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.as_str().unwrap().parse().unwrap()))
                .collect(),
            url: "https://next-api.useplunk.com/".parse().unwrap(),
            body: body.into(),
        },
        Millis(0),
    )
}

fn id(exchange: &Value) -> &str {
    exchange["id"].as_str().unwrap()
}

/// The failing exchanges and what is made of them.
fn refusals() -> Vec<(Value, Error)> {
    let failed = exchanges()
        .into_iter()
        .filter(|exchange| !response(exchange).is_success());
    failed
        .map(|exchange| {
            let error = explain(Error::Http(Box::new(response(&exchange))));
            (exchange, error)
        })
        .collect()
}

#[test]
fn there_are_ninety_exchanges() {
    assert_eq!(exchanges().len(), 90);
    assert!(refusals().len() > 40, "{}", refusals().len());
}

#[test]
fn only_faults_of_the_server_are_tried_again() {
    for (exchange, error) in refusals() {
        let status = exchange["response"]["status"].as_u64().unwrap();
        assert_eq!(error.is_retryable(), status == 500, "{}: {error}", id(&exchange));
    }
}

#[test]
fn statuses_stay_except_for_the_used_up_cap() {
    for (exchange, error) in refusals() {
        let recorded = exchange["response"]["status"].as_u64().unwrap();
        let status = error.status().map(u64::from);
        if id(&exchange) == "send.billing_cap" {
            assert_eq!((recorded, status), (429, Some(402)));
            assert_eq!(error.code().unwrap(), "BILLING_LIMIT_EXCEEDED");
        } else {
            assert_eq!(status, Some(recorded), "{}", id(&exchange));
        }
    }
}

#[test]
fn no_final_refusal_is_called_a_fault_of_the_server() {
    for (exchange, error) in refusals() {
        let code = error.code().unwrap();
        let recorded = exchange["response"]["body"]["error"]["code"].as_str();
        let expected = match (error.status().unwrap(), recorded) {
            (500, recorded) => recorded.unwrap(),
            (402, _) => "BILLING_LIMIT_EXCEEDED",
            (_, Some("VALIDATION_ERROR")) => "PAYLOAD_VALIDATION_FAILED",
            (400, _) => "BAD_REQUEST",
            (403, Some("INTERNAL_SERVER_ERROR")) => "FORBIDDEN",
            (404, Some("INTERNAL_SERVER_ERROR")) => "NOT_FOUND",
            (409, Some("INTERNAL_SERVER_ERROR")) => "CONFLICT",
            (_, recorded) => recorded.unwrap(),
        };
        assert_eq!(code, expected, "{}: {error}", id(&exchange));
    }
}

#[test]
fn keys_that_are_refused_are_a_matter_of_authentication() {
    for (exchange, error) in refusals() {
        assert_eq!(
            matches!(error, Error::InvalidAuthentication { .. }),
            exchange["response"]["status"] == 401,
            "{}",
            id(&exchange)
        );
    }
}

#[test]
fn nothing_that_plunk_says_is_lost() {
    for (exchange, error) in refusals() {
        let said = &exchange["response"]["body"]["error"];
        let line = error.to_string();
        let fields = said["errors"].as_array().into_iter().flatten();
        let faults = fields.flat_map(|fault| [&fault["field"], &fault["message"]]);
        let words = [&said["message"], &said["suggestion"], &said["requestId"]];
        for words in words.into_iter().chain(faults).filter_map(Value::as_str) {
            assert!(
                line.contains(words),
                "{}: {words:?} is not in {line:?}",
                id(&exchange)
            );
        }
        if let Some(flat) = said.as_str() {
            assert!(line.contains(flat), "{}: {line}", id(&exchange));
        }
    }
}

#[test]
fn contacts_that_are_gone_are_told_from_addresses_that_are_wrong() {
    for exchange in exchanges() {
        let message = exchange["response"]["body"]["error"]["message"].as_str();
        assert_eq!(
            is_contact_not_found(&response(&exchange)),
            message == Some("Contact not found"),
            "{}",
            id(&exchange)
        );
    }
}

#[test]
fn no_answer_of_this_build_is_about_idempotency_keys() {
    for exchange in exchanges() {
        assert_eq!(
            FirstRequest::of_answer(&response(&exchange)),
            None,
            "{}",
            id(&exchange)
        );
    }
}

/// What was posted to a path and taken.
fn successes(path: &str) -> Vec<Value> {
    let posted = exchanges()
        .into_iter()
        .filter(|exchange| exchange["request"]["method"] == "POST" && exchange["request"]["path"] == path);
    posted
        .filter(|exchange| response(exchange).is_success())
        .collect()
}

#[tokio::test]
async fn successes_are_understood() {
    let (events, mails, contacts) = (
        successes("/v1/track"),
        successes("/v1/send"),
        successes("/contacts"),
    );
    assert!(events.len() > 5 && mails.len() > 5 && contacts.len() > 2);
    let partner = Partner::start().await;
    let answer_with = |exchange: &Value| {
        let response = &exchange["response"];
        let status = response["status"].as_u64().unwrap().try_into().unwrap();
        partner.answers(status, response["body"].clone());
        response["body"].clone()
    };
    for exchange in &events {
        let recorded = answer_with(exchange);
        let outcome = harness(&partner).run::<TrackEvent>(event()).await;
        assert_eq!(outcome.assert_delivered(), recorded, "{}", id(exchange));
    }
    for exchange in &contacts {
        let recorded = answer_with(exchange);
        let harness = harness(&partner).subscribe("type = track");
        let outcome = harness.run::<UpsertContact>(event()).await;
        assert_eq!(outcome.assert_delivered(), recorded, "{}", id(exchange));
    }
    for exchange in &mails {
        let recorded = answer_with(exchange);
        let harness = harness(&partner).map("template", "a1111111-1111-4111-8111-111111111111");
        let outcome = harness.run::<SendEmail>(event()).await;
        match recorded["data"]["emails"].get(0) {
            Some(receipt) => {
                let expected = json!({"emails": [receipt]});
                assert_eq!(outcome.assert_delivered(), expected, "{}", id(exchange));
            }
            None => assert_eq!(outcome.assert_failed().status(), Some(502), "{}", id(exchange)),
        }
    }
}
