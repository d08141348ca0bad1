//! Single profiles.

use serde_json::{Value, json};
use waystation_destination_klaviyo::actions::{AddProfileToList, UpsertProfile};
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{LASTING, PASSING, duplicate_of, harness, person, profile, refusal};

const PROFILES: &str = "/api/profiles/";

/// Somebody who enters the audience of the list `L1`.
fn entering(email: &str) -> Event {
    Event::track("Audience Entered")
        .context("traits", json!({"email": email}))
        .context("personas", json!({"external_audience_id": "L1"}))
}

#[tokio::test]
async fn a_profile_that_exists_is_updated_and_put_on_the_list() {
    let partner = Partner::start().await;
    partner.on("POST", PROFILES).answers(409, duplicate_of("p-7"));
    partner
        .on("PATCH", "/api/profiles/p-7")
        .answers(200, profile("p-7"));
    partner
        .on("POST", "/api/lists/L1/relationships/profiles/")
        .answers(204, json!(null));
    let outcome = harness(&partner)
        .map("list_id", "L1")
        .run::<UpsertProfile>(person("ana@example.com"))
        .await;
    assert_eq!(outcome.assert_delivered(), profile("p-7"));
    let requests = partner.assert_sent(3);
    assert_eq!(requests[1].json()["data"]["id"], "p-7");
    assert_eq!(
        requests[1].json()["data"]["attributes"],
        requests[0].json()["data"]["attributes"]
    );
    assert_eq!(
        requests[2].json(),
        json!({"data": [{"type": "profile", "id": "p-7"}]})
    );
}

#[tokio::test]
async fn a_conflict_that_names_no_profile_stays_one() {
    for body in [
        json!({"errors": [{"meta": {}}]}),
        json!({"errors": []}),
        json!("odd"),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", PROFILES).answers(409, body);
        let outcome = harness(&partner)
            .run::<UpsertProfile>(person("ana@example.com"))
            .await;
        outcome.assert_failed_with(409, "");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_tell_the_profile_is_a_fault_of_klaviyo() {
    let partner = Partner::start().await;
    partner.on("POST", PROFILES).answers(201, json!({"data": {}}));
    let outcome = harness(&partner)
        .map("list_id", "L1")
        .run::<UpsertProfile>(person("ana@example.com"))
        .await;
    outcome.assert_failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn nobody_is_put_on_a_list_whose_profile_could_not_be_created() {
    let lasting = LASTING.into_iter().map(|(status, _)| status);
    for status in PASSING.into_iter().chain(lasting) {
        let partner = Partner::start().await;
        partner
            .on("POST", PROFILES)
            .answers(status, refusal(status, "no", "/data"));
        let outcome = harness(&partner)
            .run::<AddProfileToList>(entering("ana@example.com"))
            .await;
        let error = outcome.assert_failed_with(status, "");
        assert_eq!(error.is_retryable(), PASSING.contains(&status), "{status}");
        partner.assert_sent(1);
    }
}

#[tokio::test]
async fn somebody_who_exists_is_put_on_the_list_without_an_update() {
    let partner = Partner::start().await;
    partner.on("POST", PROFILES).answers(409, duplicate_of("p-7"));
    partner
        .on("POST", "/api/lists/L1/relationships/profiles/")
        .answers(204, json!(null));
    harness(&partner)
        .run::<AddProfileToList>(entering("ana@example.com"))
        .await
        .assert_delivered();
    assert_eq!(partner.assert_sent(2)[1].json()["data"][0]["id"], "p-7");
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_and_the_profile_sent_again() {
    let partner = Partner::start().await;
    partner
        .on("POST", PROFILES)
        .answers(429, refusal(429, "slow down", "/data/"))
        .answers(201, profile("p-1"));
    let outcome = harness(&partner)
        .retries(1)
        .run::<UpsertProfile>(person("ana@example.com"))
        .await;
    outcome.assert_delivered();
    outcome.assert_attempts(2);
}

#[tokio::test]
async fn what_klaviyo_would_refuse_is_not_sent() {
    let partner = Partner::start().await;
    let harness = harness(&partner);
    for nobody in [
        Event::identify(),
        person("ana@example.com").context("traits.phone", "12"),
    ] {
        let outcome = harness.run::<UpsertProfile>(nobody).await;
        outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    }
    let odd_address = harness.run::<AddProfileToList>(entering("ana@b.example1")).await;
    odd_address.assert_failed();
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn a_conflict_names_the_profile_whatever_its_content_type() {
    let mut body = duplicate_of("p-7");
    let others = json!({"status": "409", "detail": "another thing"});
    body["errors"].as_array_mut().unwrap().insert(0, others);
    for content_type in [
        "text/html",
        "text/plain; charset=utf-8",
        "application/vnd.api+json",
    ] {
        let partner = Partner::start().await;
        let conflict = Answer::text(409, &body.to_string()).header("content-type", content_type);
        partner.on("POST", PROFILES).answers_with(conflict);
        partner
            .on("PATCH", "/api/profiles/p-7")
            .answers(200, profile("p-7"));
        let outcome = harness(&partner)
            .run::<UpsertProfile>(person("ana@example.com"))
            .await;
        assert_eq!(outcome.assert_delivered(), profile("p-7"), "{content_type}");
    }
}

#[tokio::test]
async fn a_profile_is_stored_when_the_answer_names_it() {
    for answer in [
        Answer::json(200, json!({"ok": true})),
        Answer::json(201, json!({"data": {"id": null}})),
        Answer::json(201, Value::Null),
        Answer::text(200, "<html>Sign in</html>"),
        Answer::empty(204),
    ] {
        let partner = Partner::start().await;
        partner.always_answers_with(answer.clone());
        for outcome in [
            harness(&partner)
                .run::<UpsertProfile>(person("ana@example.com"))
                .await,
            harness(&partner)
                .run::<AddProfileToList>(entering("ana@example.com"))
                .await,
        ] {
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            assert!(error.action().unwrap().outcome_is_unknown(), "{answer:?}");
        }
        partner.on("POST", PROFILES).answers(409, duplicate_of("p-7"));
        let outcome = harness(&partner)
            .run::<UpsertProfile>(person("ana@example.com"))
            .await;
        outcome.assert_failed_with(502, "INVALID_RESPONSE");
    }
    let partner = Partner::start().await;
    partner.answers(200, json!({"data": {"id": 17}}));
    let outcome = harness(&partner)
        .run::<UpsertProfile>(person("ana@example.com"))
        .await;
    outcome.assert_delivered();
}

#[tokio::test]
async fn a_list_has_not_taken_a_profile_if_somebody_else_answers() {
    for answer in [Answer::json(200, json!(["ok"])), Answer::text(200, "<html>")] {
        let partner = Partner::start().await;
        partner.on("POST", PROFILES).answers(201, profile("p-1"));
        partner
            .on("POST", "/api/lists/L1/relationships/profiles/")
            .answers_with(answer);
        let outcome = harness(&partner)
            .run::<AddProfileToList>(entering("ana@example.com"))
            .await;
        outcome.assert_failed_with(502, "INVALID_RESPONSE");
    }
}

#[tokio::test]
async fn what_is_empty_is_left_out_alone_and_in_a_batch() {
    let partner = Partner::start().await;
    partner.on("POST", PROFILES).answers(201, profile("p-1"));
    partner
        .on("POST", "/api/profile-bulk-import-jobs/")
        .answers(202, json!({"data": {"id": "job"}}));
    let harness = harness(&partner).map("external_id", json!({"@path": "$.traits.team"}));
    let empty = json!({
        "email": "ana@example.com", "team": "", "firstName": "", "title": "",
        "address": {"city": "", "country": "PL"},
    });
    let event = || Event::identify().set("traits", empty.clone());
    harness.run::<UpsertProfile>(event()).await.assert_delivered();
    harness
        .run_batch::<UpsertProfile>([event()])
        .await
        .assert_delivered();
    let requests = partner.assert_sent(2);
    let alone = requests[0].json()["data"]["attributes"].take();
    let in_batch = requests[1].json()["data"]["attributes"]["profiles"]["data"][0]["attributes"].take();
    assert_eq!(
        alone,
        json!({"email": "ana@example.com", "location": {"country": "PL"}})
    );
    assert_eq!(in_batch, alone);
}
