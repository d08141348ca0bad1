//! Events, one by one and in batches.

use serde_json::json;
use waystation_destination_klaviyo::Klaviyo;
use waystation_destination_klaviyo::actions::TrackEvent;
use waystation_kit::ItemError;
use waystation_testkit::{Answer, Event, Harness, Partner};

use crate::support::{LASTING, PASSING, harness, refusal};

const JOBS: &str = "/api/event-bulk-create-jobs/";

fn tracking(partner: &Partner) -> Harness<Klaviyo> {
    harness(partner).map("profile", json!({"external_id": {"@path": "$.userId"}}))
}

fn events() -> Vec<Event> {
    ["One", "Two", "Three"].map(Event::track).into()
}

#[tokio::test]
async fn the_event_to_blame_fails_and_the_others_are_sent_again() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/events-bulk-create/data/2/attributes/profile";
    partner
        .on("POST", JOBS)
        .answers(400, refusal(400, "nobody", pointer))
        .answers(202, json!({}));
    let outcome = tracking(&partner)
        .retries(1)
        .run_batch::<TrackEvent>(events())
        .await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).delivered();
    let error = outcome.assert_item(2).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.sent.as_ref().unwrap()["metric_name"], "Three");
    assert_eq!(outcome.items_by_attempt(), [3, 2]);
}

#[tokio::test]
async fn a_refused_event_is_told_in_klaviyos_words_alone_and_in_a_batch() {
    let words = "Invalid phone number format";
    let pointer = "/data/attributes/events-bulk-create/data/0/attributes/profile";
    let partner = Partner::start().await;
    for path in ["/api/events/", JOBS] {
        partner
            .on("POST", path)
            .answers(400, refusal(400, words, pointer));
    }
    let alone = tracking(&partner).run::<TrackEvent>(Event::track("One")).await;
    let alone = ItemError::from_error(alone.assert_failed().action().unwrap());
    let batch = tracking(&partner)
        .run_batch::<TrackEvent>(vec![Event::track("One")])
        .await;
    let item = batch.assert_item(0).failed_with(400, "BAD_REQUEST");
    assert_eq!((alone.message.as_str(), item.message.as_str()), (words, words));
}

#[tokio::test]
async fn a_key_that_is_refused_is_no_reason_to_try_again() {
    for (status, code) in LASTING {
        let partner = Partner::start().await;
        partner
            .on("POST", JOBS)
            .answers(status, refusal(status, "no", "/data/"));
        let outcome = tracking(&partner)
            .retries(1)
            .run_batch::<TrackEvent>(events())
            .await;
        outcome.assert_item(0).failed_with(status, code);
        outcome.assert_attempts(1);
    }
}

#[tokio::test]
async fn failures_that_may_pass_reach_the_retry_wrapper() {
    for status in PASSING {
        let partner = Partner::start().await;
        partner
            .on("POST", JOBS)
            .answers(status, json!({"message": "later"}))
            .answers(202, json!({}));
        let outcome = tracking(&partner)
            .retries(1)
            .run_batch::<TrackEvent>(events())
            .await;
        outcome.assert_delivered();
    }
}

#[tokio::test]
async fn a_single_event_fails_as_klaviyo_says() {
    let lasting = LASTING.into_iter().map(|(status, _)| status);
    for status in PASSING.into_iter().chain(lasting) {
        let partner = Partner::start().await;
        partner
            .on("POST", "/api/events/")
            .answers(status, refusal(status, "no", "/data"));
        let outcome = tracking(&partner).run::<TrackEvent>(Event::track("One")).await;
        let error = outcome.assert_failed_with(status, "");
        assert_eq!(error.is_retryable(), PASSING.contains(&status), "{status}");
    }
}

#[tokio::test]
async fn klaviyo_takes_an_event_with_202_and_nothing_that_complains() {
    let html = || Answer::text(202, "<html>Sign in</html>");
    for (answer, is_refusal) in [
        (Answer::json(200, json!({})), false),
        (html(), false),
        (Answer::json(202, json!(["x"])), false),
        (Answer::json(202, refusal(403, "no scope", "/data")), true),
    ] {
        let partner = Partner::start().await;
        partner.always_answers_with(answer.clone());
        let single = tracking(&partner)
            .run::<TrackEvent>(Event::track("Seat Upgraded"))
            .await;
        let error = single.assert_failed().action().unwrap().clone();
        let batch = tracking(&partner)
            .run_batch::<TrackEvent>([Event::track("Seat Upgraded")])
            .await;
        let expected = if is_refusal { 403 } else { 502 };
        assert_eq!(error.status(), Some(expected), "{answer:?}");
        assert_eq!(batch.items()[0].status(), expected, "{answer:?}");
        assert_eq!(error.outcome_is_unknown(), !is_refusal, "{answer:?}");
        assert_eq!(batch.items()[0].outcome_is_unknown(), !is_refusal, "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_empty_is_left_out_alone_and_in_a_batch() {
    let partner = Partner::start().await;
    partner.always_answers(202, json!({}));
    let profile =
        json!({"email": "a@b.co", "external_id": "", "anonymous_id": "", "phone_number": "", "team": ""});
    let harness = harness(&partner).map("profile", profile).map("unique_id", "");
    let event = || Event::track("Seat Upgraded");
    harness.run::<TrackEvent>(event()).await.assert_delivered();
    harness
        .run_batch::<TrackEvent>([event()])
        .await
        .assert_delivered();
    let requests = partner.assert_sent(2);
    let single = requests[0].json()["data"]["attributes"].take();
    let item = requests[1].json()["data"]["attributes"]["events-bulk-create"]["data"][0]["attributes"].take();
    for (profile, event) in [
        (&single["profile"], &single),
        (&item["profile"], &item["events"]["data"][0]["attributes"]),
    ] {
        let expected = json!({"email": "a@b.co", "team": ""});
        assert_eq!(
            profile["data"]["attributes"], expected,
            "attributes of one's own stay as they are"
        );
        assert_eq!(event.get("unique_id"), None);
    }
}

#[tokio::test]
async fn a_unix_time_never_becomes_a_wrong_year() {
    for (time, expected) in [
        (json!("1709907751"), "2024-03-08T14:22:31.000Z"),
        (json!(1_709_907_751), "2024-03-08T14:22:31.000Z"),
        (json!("1709907751118"), "2024-03-08T14:22:31.118Z"),
        (json!(1_709_907_751_118_i64), "2024-03-08T14:22:31.118Z"),
    ] {
        let partner = Partner::start().await;
        partner.always_answers(202, json!({}));
        let event = || Event::track("Seat Upgraded").set("timestamp", time.clone());
        let harness = tracking(&partner);
        harness.run::<TrackEvent>(event()).await.assert_delivered();
        harness
            .run_batch::<TrackEvent>([event()])
            .await
            .assert_delivered();
        let requests = partner.assert_sent(2);
        assert_eq!(
            requests[0].json()["data"]["attributes"]["time"],
            expected,
            "{time}"
        );
        let item = requests[1].json()["data"]["attributes"]["events-bulk-create"]["data"][0].take();
        assert_eq!(
            item["attributes"]["events"]["data"][0]["attributes"]["time"],
            expected
        );
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_does_not_have_the_job_refused() {
    let partner = Partner::start().await;
    partner.always_answers(202, json!({}));
    let event = |id: &str, user: &str| Event::track("Seat Upgraded").message_id(id).user_id(user);
    let events = [
        event("m-1", "ana"),
        event("m-1", "ana"),
        event("m-2", "ana"),
        event("m-1", "bo"),
    ];
    let outcome = tracking(&partner).run_batch::<TrackEvent>(events).await;
    outcome.assert_delivered();
    let sizes: Vec<usize> = partner
        .assert_sent(2)
        .iter()
        .map(|request| {
            let events = request.json()["data"]["attributes"]["events-bulk-create"]["data"].take();
            events.as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [3, 1]);
}
