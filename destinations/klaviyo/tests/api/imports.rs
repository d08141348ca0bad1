//! Profiles in batches.

use serde_json::{Value, json};
use waystation_destination_klaviyo::actions::UpsertProfile;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{LASTING, PASSING, error, harness, person, refusal};

const JOBS: &str = "/api/profile-bulk-import-jobs/";

fn people(count: usize) -> Vec<Event> {
    (0..count)
        .map(|number| person(&format!("p{number}@example.com")))
        .collect()
}

#[tokio::test]
async fn the_profile_to_blame_fails_and_the_others_are_sent_again() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/profiles/data/1/attributes/phone_number";
    partner
        .on("POST", JOBS)
        .answers(400, refusal(400, "no such number", pointer))
        .answers(202, json!({"data": {"id": "job-2"}}));
    let outcome = harness(&partner)
        .retries(1)
        .run_batch::<UpsertProfile>(people(3))
        .await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(2).delivered();
    let error = outcome.assert_item(1).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.message, "no such number");
    assert_eq!(error.sent.as_ref().unwrap()["email"], "p1@example.com");
    assert_eq!(outcome.items_by_attempt(), [3, 2]);
}

#[tokio::test]
async fn pointers_count_what_was_sent_and_not_what_was_given() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/profiles/data/1/attributes";
    partner
        .on("POST", JOBS)
        .answers(400, refusal(422, "bad", pointer));
    let events = [
        person("a@example.com"),
        Event::identify(),
        person("c@example.com"),
    ];
    let outcome = harness(&partner).run_batch::<UpsertProfile>(events).await;
    outcome.assert_item(0).failed_with(429, "RETRYABLE_BATCH_FAILURE");
    outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(2).failed_with(422, "UNPROCESSABLE_ENTITY");
}

#[tokio::test]
async fn the_first_error_about_a_profile_counts() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/profiles/data/0/attributes/email";
    let body = json!({"errors": [error(400, "first", pointer), error(409, "second", pointer)]});
    partner.on("POST", JOBS).answers(400, body);
    let outcome = harness(&partner).run_batch::<UpsertProfile>(people(1)).await;
    let error = outcome.assert_item(0).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.message, "first");
}

#[tokio::test]
async fn a_job_that_is_refused_as_a_whole_fails_all_its_profiles() {
    for (status, code) in LASTING {
        for body in [
            refusal(status, "no", "/data/"),
            refusal(status, "no", "/data/attributes/profiles/data/9/attributes"),
            json!({"message": "no"}),
            json!({"errors": [{"detail": "no source"}]}),
        ] {
            let partner = Partner::start().await;
            partner.on("POST", JOBS).answers(status, body.clone());
            let outcome = harness(&partner).run_batch::<UpsertProfile>(people(2)).await;
            for index in 0..2 {
                let error = outcome.assert_item(index).failed_with(status, code);
                assert_eq!(error.body, Some(Value::from(body.to_string())));
            }
        }
    }
}

#[tokio::test]
async fn failures_that_may_pass_reach_the_retry_wrapper() {
    for status in PASSING {
        let partner = Partner::start().await;
        partner
            .on("POST", JOBS)
            .answers(
                status,
                refusal(status, "later", "/data/attributes/profiles/data/0"),
            )
            .answers(202, json!({}));
        let outcome = harness(&partner)
            .retries(1)
            .run_batch::<UpsertProfile>(people(2))
            .await;
        outcome.assert_delivered();
        assert_eq!(outcome.items_by_attempt(), [2, 2], "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_klaviyos_counts_by_its_status() {
    let partner = Partner::start().await;
    partner
        .on("POST", JOBS)
        .answers_with(Answer::text(502, "<html>bad gateway</html>"))
        .answers_with(Answer::text(202, ""));
    let outcome = harness(&partner)
        .retries(1)
        .run_batch::<UpsertProfile>(people(1))
        .await;
    outcome.assert_delivered();
    outcome.assert_attempts(2);
}

#[tokio::test]
async fn nobody_is_put_on_anothers_list() {
    let partner = Partner::start().await;
    partner.on("POST", JOBS).always_answers(202, json!({}));
    let lists = ["LIST1", "LIST2", "", "LIST1"];
    let events = lists
        .iter()
        .zip(people(4))
        .map(|(list, person)| person.trait_value("list", *list));
    // A mapping of one's own says nothing of batch keys.
    let mapping = json!({"email": {"@path": "$.traits.email"}, "list_id": {"@path": "$.traits.list"}});
    let outcome = harness(&partner)
        .mapping(mapping)
        .run_batch::<UpsertProfile>(events)
        .await;
    outcome.assert_delivered();
    let mut told: Vec<(String, Value)> = Vec::new();
    for request in partner.assert_sent(3) {
        let job = request.json()["data"].take();
        for profile in job["attributes"]["profiles"]["data"].as_array().unwrap() {
            let email = profile["attributes"]["email"].as_str().unwrap();
            let list = job["relationships"]["lists"]["data"][0]["id"].clone();
            told.push((email.to_owned(), list));
        }
    }
    told.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [json!("LIST1"), json!("LIST2"), json!(null), json!("LIST1")];
    let expected: Vec<(String, Value)> = expected
        .into_iter()
        .enumerate()
        .map(|(number, list)| (format!("p{number}@example.com"), list))
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_complaint_about_the_job_and_one_about_a_profile_are_both_told() {
    let partner = Partner::start().await;
    let body = json!({"errors": [
        error(400, "no such number", "/data/attributes/profiles/data/1/attributes/phone_number"),
        error(400, "no such list", "/data/relationships/lists"),
    ]});
    partner.on("POST", JOBS).answers(400, body);
    let outcome = harness(&partner).run_batch::<UpsertProfile>(people(2)).await;
    let other = outcome.assert_item(0).failed_with(400, "BAD_REQUEST");
    assert!(other.body.as_ref().unwrap().to_string().contains("no such list"));
    let blamed = outcome.assert_item(1).failed_with(400, "BAD_REQUEST");
    assert_eq!(blamed.message, "no such number");
}

#[tokio::test]
async fn a_job_is_accepted_with_202() {
    for answer in [
        Answer::json(200, json!({})),
        Answer::text(202, "<html>Sign in</html>"),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", JOBS).answers_with(answer.clone());
        let outcome = harness(&partner).run_batch::<UpsertProfile>(people(2)).await;
        for item in outcome.items() {
            assert_eq!(item.status(), 502, "{answer:?}");
            assert!(item.outcome_is_unknown(), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_batch_over_five_megabytes_becomes_several_jobs() {
    let partner = Partner::start().await;
    partner.on("POST", JOBS).always_answers(202, json!({}));
    let events = people(60)
        .into_iter()
        .map(|event| event.property("note", "x".repeat(90_000)));
    let outcome = harness(&partner).run_batch::<UpsertProfile>(events).await;
    outcome.assert_delivered();
    let requests = partner.assert_sent(2);
    assert!(requests.iter().all(|request| request.body.len() <= 5_000_000));
}

#[tokio::test]
async fn a_profile_over_a_hundred_kilobytes_fails_alone() {
    let partner = Partner::start().await;
    partner.on("POST", JOBS).answers(202, json!({}));
    let large = person("large@example.com").property("note", "x".repeat(100_000));
    let outcome = harness(&partner)
        .run_batch::<UpsertProfile>([large, person("small@example.com")])
        .await;
    outcome.assert_item(0).failed_with(413, "PAYLOAD_TOO_LARGE");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn nothing_is_sent_when_no_profile_can_be() {
    let partner = Partner::start().await;
    let outcome = harness(&partner)
        .run_batch::<UpsertProfile>([Event::identify(), Event::identify()])
        .await;
    outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn results_show_the_number_as_it_was_sent() {
    let partner = Partner::start().await;
    partner.on("POST", JOBS).answers(202, json!({}));
    let event = Event::identify().context("traits.phone", "601 445 120");
    let outcome = harness(&partner)
        .map("country_code", "PL")
        .run_batch::<UpsertProfile>([event])
        .await;
    let sent = &outcome.nodes()[0]["sent"];
    assert_eq!(sent["phone_number"], "+48601445120");
    assert_eq!(sent.get("country_code"), None);
    let body = partner.assert_sent_once().json();
    let profile = &body["data"]["attributes"]["profiles"]["data"][0];
    assert_eq!(profile["attributes"]["phone_number"], "+48601445120");
}
