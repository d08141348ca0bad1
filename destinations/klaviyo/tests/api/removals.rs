//! People taken off lists.

use serde_json::json;
use waystation_destination_klaviyo::Klaviyo;
use waystation_destination_klaviyo::actions::RemoveProfile;
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{LASTING, PASSING, harness, page, person, refusal};

const PROFILES: &str = "/api/profiles/";
const MEMBERS: &str = "/api/lists/L1/relationships/profiles/";

fn removing(partner: &Partner) -> Harness<Klaviyo> {
    // The default subscription matches no event.
    harness(partner)
        .subscribe(r#"type = "identify""#)
        .map("list_id", "L1")
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("p-{number}")).collect()
}

#[tokio::test]
async fn every_page_of_the_lookup_is_read() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .answers(200, page(&ids(0..20), Some("c2")))
        .answers(200, page(&ids(19..25), None));
    partner.on("DELETE", MEMBERS).answers(204, json!(null));
    let outcome = removing(&partner)
        .run::<RemoveProfile>(person("ana@example.com"))
        .await;
    outcome.assert_delivered();
    let requests = partner.assert_sent(3);
    assert_eq!(
        requests[0].query("filter").as_deref(),
        Some(r#"any(email,["ana@example.com"])"#)
    );
    assert_eq!(requests[1].query("page[cursor]").as_deref(), Some("c2"));
    assert_eq!(
        requests[1].url.host_str(),
        Some("a.klaviyo.com"),
        "the key stays at home"
    );
    let removed = requests[2].json();
    assert_eq!(removed["data"].as_array().unwrap().len(), 25, "each profile once");
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_the_lookup() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .always_answers(200, page(&ids(0..1), Some("same")));
    partner.on("DELETE", MEMBERS).answers(204, json!(null));
    removing(&partner)
        .run::<RemoveProfile>(person("ana@example.com"))
        .await
        .assert_delivered();
    partner.assert_sent(3);
}

#[tokio::test]
async fn many_people_are_looked_up_a_hundred_at_a_time() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .answers(200, page(&ids(0..100), None))
        .answers(200, page(&ids(100..150), None));
    partner.on("DELETE", MEMBERS).answers(204, json!(null));
    let people = (0..150).map(|number| person(&format!("p{number}@example.com")));
    let outcome = removing(&partner).run_batch::<RemoveProfile>(people).await;
    outcome.assert_delivered();
    let requests = partner.assert_sent(3);
    assert_eq!(requests[0].query("page[size]").as_deref(), Some("100"));
    assert_eq!(requests[2].json()["data"].as_array().unwrap().len(), 150);
}

#[tokio::test]
async fn somebody_whom_klaviyo_does_not_know_is_on_no_list() {
    let partner = Partner::start().await;
    partner.on("GET", PROFILES).always_answers(200, page(&[], None));
    let removing = removing(&partner);
    let outcome = removing
        .run_batch::<RemoveProfile>([person("ana@example.com"), Event::identify()])
        .await;
    outcome.assert_item(0).delivered();
    outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let single = removing.run::<RemoveProfile>(person("ana@example.com")).await;
    single.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_refused_lookup_or_removal_fails_everybody() {
    for (status, code) in LASTING {
        for lookup_succeeds in [true, false] {
            let partner = Partner::start().await;
            let refused = refusal(status, "no", "/data");
            if lookup_succeeds {
                partner.on("GET", PROFILES).answers(200, page(&ids(0..1), None));
                partner.on("DELETE", MEMBERS).answers(status, refused);
            } else {
                partner.on("GET", PROFILES).answers(status, refused);
            }
            let people = [person("ana@example.com"), person("bo@example.com")];
            let outcome = removing(&partner).run_batch::<RemoveProfile>(people).await;
            for index in 0..2 {
                outcome.assert_item(index).failed_with(status, code);
            }
        }
    }
}

#[tokio::test]
async fn failures_that_may_pass_reach_the_retry_wrapper() {
    for status in PASSING {
        let partner = Partner::start().await;
        partner
            .on("GET", PROFILES)
            .answers(status, json!({}))
            .answers(200, page(&ids(0..1), None));
        partner.on("DELETE", MEMBERS).answers(204, json!(null));
        let outcome = removing(&partner)
            .retries(1)
            .run_batch::<RemoveProfile>([person("ana@example.com")])
            .await;
        outcome.assert_delivered();
        outcome.assert_attempts(2);
    }
}

#[tokio::test]
async fn an_answer_without_profiles_is_a_fault_of_klaviyo() {
    let partner = Partner::start().await;
    partner.on("GET", PROFILES).answers(200, json!({"profiles": []}));
    let outcome = removing(&partner)
        .run::<RemoveProfile>(person("ana@example.com"))
        .await;
    outcome.assert_failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn a_removal_is_not_done_if_somebody_else_answers() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .always_answers(200, page(&ids(0..1), None));
    partner.on("DELETE", MEMBERS).always_answers(200, json!("ok"));
    let harness = removing(&partner);
    let alone = harness.run::<RemoveProfile>(person("ana@example.com")).await;
    alone.assert_failed_with(502, "INVALID_RESPONSE");
    let batch = harness
        .run_batch::<RemoveProfile>([person("ana@example.com")])
        .await;
    assert!(batch.items()[0].outcome_is_unknown());
}

#[tokio::test]
async fn somebody_who_cannot_be_read_is_not_passed_over() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .answers(200, json!({"data": [{"type": "profile"}]}));
    let outcome = removing(&partner)
        .run::<RemoveProfile>(person("ana@example.com"))
        .await;
    let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
    assert!(
        !error.action().unwrap().outcome_is_unknown(),
        "a search changes nothing"
    );
    partner.assert_sent(1);
}

#[tokio::test]
async fn nobody_is_taken_off_anothers_list() {
    let partner = Partner::start().await;
    partner
        .on("GET", PROFILES)
        .always_answers(200, page(&ids(0..1), None));
    partner.on("DELETE", MEMBERS).always_answers(204, json!(null));
    partner
        .on("DELETE", "/api/lists/L2/relationships/profiles/")
        .always_answers(204, json!(null));
    let mapping = json!({"email": {"@path": "$.traits.email"}, "list_id": {"@path": "$.traits.list"}});
    let events = [("ana@example.com", "L1"), ("bo@example.com", "L2")]
        .map(|(email, list)| person(email).trait_value("list", list));
    let outcome = harness(&partner)
        .subscribe(r#"type = "identify""#)
        .mapping(mapping)
        .run_batch::<RemoveProfile>(events)
        .await;
    outcome.assert_delivered();
    let requests = partner.assert_sent(4);
    for (lookup, removal) in [(0, 1), (2, 3)] {
        let filter = requests[lookup].query("filter").unwrap();
        let list = if filter.contains("ana") { "L1" } else { "L2" };
        assert!(
            requests[removal].path().contains(list),
            "{filter}: {}",
            requests[removal].path()
        );
    }
}
