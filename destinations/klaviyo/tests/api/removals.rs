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
