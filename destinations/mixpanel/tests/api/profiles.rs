//! Profiles and identities.

use serde_json::{Value, json};
use waystation_destination_mixpanel::actions::{Alias, GroupIdentifyUser, IdentifyUser, IncrementProperties};
use waystation_testkit::{Answer, Event, Partner, ReceivedRequest, RunOutcome};

use crate::support::harness;

/// The JSON in the form of a request.
fn data(request: &ReceivedRequest) -> Value {
    let form = request.form();
    assert_eq!(form[0].0, "data", "{form:?}");
    serde_json::from_str(&form[0].1).unwrap()
}

#[tokio::test]
async fn the_profile_is_not_touched_before_the_person_is_known() {
    let partner = Partner::start().await;
    partner.on("POST", "/track").answers(500, json!({}));
    let event = Event::identify()
        .anonymous_id("anon-1")
        .trait_value("plan", "pro");
    let outcome = harness(&partner).run::<IdentifyUser>(event).await;
    assert_eq!(outcome.assert_failed().status(), Some(500));
    let identity = data(&partner.assert_sent_once());
    assert_eq!(identity["event"], "$identify");
    assert_eq!(identity["properties"]["token"], "token-1");
}

#[tokio::test]
async fn an_unknown_person_is_explicitly_none() {
    let partner = Partner::start().await;
    partner.always_answers(200, json!(1));
    let event = Event::identify()
        .set("userId", Value::Null)
        .anonymous_id("anon-1")
        .trait_value("plan", "pro");
    harness(&partner)
        .run::<IdentifyUser>(event)
        .await
        .assert_delivered();
    let requests = partner.assert_sent(2);
    let identity = data(&requests[0]);
    assert_eq!(identity["properties"].get("$identified_id"), Some(&Value::Null));
    assert_eq!(data(&requests[1])["$distinct_id"], "anon-1");
}

#[tokio::test]
async fn a_trait_named_as_the_group_key_is_the_group_id() {
    let partner = Partner::start().await;
    partner.on("POST", "/groups").answers(200, json!(1));
    let event = Event::group("g-1").trait_value("company", "c-1");
    let harness = harness(&partner).map("group_key", "company");
    harness.run::<GroupIdentifyUser>(event).await.assert_delivered();
    let profile = data(&partner.assert_sent_once());
    assert_eq!(profile["$group_key"], "company");
    assert_eq!(profile["$group_id"], "c-1");
}

#[tokio::test]
async fn an_alias_joins_two_ids() {
    let partner = Partner::start().await;
    partner.on("POST", "/track").answers(200, json!(1));
    let harness = harness(&partner).subscribe("type = \"alias\"");
    harness
        .run::<Alias>(Event::alias("new", "old"))
        .await
        .assert_delivered();
    let event = data(&partner.assert_sent_once());
    assert_eq!(event["event"], "$create_alias");
    assert_eq!(event["properties"]["alias"], "new");
    assert_eq!(event["properties"]["distinct_id"], "old");
}

#[tokio::test]
async fn nothing_to_add_is_no_request() {
    let partner = Partner::start().await;
    let event = Event::track("Level Reached").property("increment", json!({}));
    let output = harness(&partner)
        .run::<IncrementProperties>(event)
        .await
        .assert_delivered();
    assert_eq!(output, json!([]));
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn what_is_no_number_is_not_added() {
    let partner = Partner::start().await;
    let event = Event::track("Level Reached").property("increment", json!({"a": "many"}));
    let outcome = harness(&partner).run::<IncrementProperties>(event).await;
    outcome.assert_failed_with(400, "Non numeric increment value");
    partner.assert_nothing_sent();
}

/// Runs each of the actions about people and groups against the same answer to everything.
async fn run_each(answer: impl Fn() -> Answer) -> Vec<(&'static str, RunOutcome)> {
    let partner = Partner::start().await;
    for _ in 0..6 {
        partner.answers_with(answer());
    }
    let person = Event::identify()
        .user_id("u-1")
        .anonymous_id("a-1")
        .trait_value("plan", "pro");
    let increment = Event::track("Level Reached").property("increment", json!({"a": 1}));
    let on_alias = harness(&partner).subscribe("type = \"alias\"");
    vec![
        (
            "identifyUser",
            harness(&partner).run::<IdentifyUser>(person).await,
        ),
        (
            "groupIdentifyUser",
            harness(&partner)
                .run::<GroupIdentifyUser>(Event::group("g-1").trait_value("plan", "pro"))
                .await,
        ),
        ("alias", on_alias.run::<Alias>(Event::alias("new", "old")).await),
        (
            "incrementProperties",
            harness(&partner).run::<IncrementProperties>(increment).await,
        ),
    ]
}

#[tokio::test]
async fn zero_is_a_refusal_whatever_the_action() {
    let silent = "Mixpanel took none of the data, and gives no reason";
    for (answer, words) in [
        (Answer::text(200, "0"), silent),
        (Answer::json(200, json!(0)), silent),
        (Answer::json(200, json!({"status": 0})), silent),
        (
            Answer::json(
                200,
                json!({"status": 0, "error": "$distinct_id, missing or empty"}),
            ),
            "$distinct_id, missing or empty",
        ),
    ] {
        for (action, outcome) in run_each(|| answer.clone()).await {
            let error = outcome.assert_failed_with(400, "BAD_REQUEST");
            assert_eq!(error.to_string(), words, "{action}");
        }
    }
}

#[tokio::test]
async fn one_is_a_delivery_whatever_its_form() {
    for answer in [
        Answer::text(200, "1"),
        Answer::text(200, "1\n"),
        Answer::json(200, json!(1)),
        Answer::json(200, json!({"status": 1, "error": null})),
        Answer::json(200, json!({"code": 200, "status": "OK"})),
    ] {
        for (action, outcome) in run_each(|| answer.clone()).await {
            assert!(outcome.error().is_none(), "{action}: {:?}", outcome.error());
        }
    }
}

#[tokio::test]
async fn another_answer_leaves_the_outcome_unknown_whatever_the_action() {
    for answer in [
        Answer::text(200, "<html></html>"),
        Answer::text(200, ""),
        Answer::json(200, json!({"status": "queued"})),
        Answer::json(200, json!([1])),
    ] {
        for (action, outcome) in run_each(|| answer.clone()).await {
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            assert!(
                error
                    .action()
                    .is_some_and(waystation_kit::Error::outcome_is_unknown),
                "{action}: {error}"
            );
        }
    }
}
