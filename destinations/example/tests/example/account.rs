//! Credentials, tokens, and forgetting a person.

use serde_json::json;
use waystation_destination_example::actions::TrackEvent;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::connected;

#[tokio::test]
async fn credentials_are_tested_by_asking_who_we_are() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/v1/me")
        .answers(200, json!({}))
        .answers_with(Answer::empty(401));
    let harness = connected(&partner);

    harness
        .test_authentication()
        .await
        .expect("the partner accepts them");
    let refused = harness
        .test_authentication()
        .await
        .expect_err("the partner refuses them");
    assert_eq!(refused.status(), Some(401));

    let first = &partner.assert_sent(2)[0];
    assert_eq!(first.header("authorization"), Some("Bearer access-1"));
    assert_eq!(first.header("x-workspace-key"), Some("key-1"));
}

#[tokio::test]
async fn a_refused_token_is_refreshed_and_the_event_sent_again() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/events")
        .answers_with(Answer::empty(401))
        .answers(200, json!({}));
    let tokens = json!({"access_token": "access-2", "refresh_token": "refresh-2"});
    partner.on("POST", "/token").answers(200, tokens);
    let harness = connected(&partner);

    harness
        .run::<TrackEvent>(Event::track("Order Completed"))
        .await
        .assert_delivered();

    let requests = partner.assert_sent(3);
    let authorizations: Vec<_> = requests
        .iter()
        .map(|request| request.header("authorization"))
        .collect();
    assert_eq!(
        authorizations,
        [Some("Bearer access-1"), None, Some("Bearer access-2")]
    );
    assert_eq!(requests[1].url.host_str(), Some("login.example.invalid"));
    assert!(
        requests[1]
            .form()
            .contains(&("refresh_token".into(), "refresh-1".into()))
    );
    let kept = harness.auth_now();
    assert_eq!(kept.refresh_token, Some("refresh-2".into()));
}

#[tokio::test]
async fn a_token_that_cannot_be_refreshed_is_the_end() {
    let partner = Partner::start().await;
    partner.on("POST", "/v1/events").answers_with(Answer::empty(401));
    partner
        .on("POST", "/token")
        .answers(400, json!({"error": "invalid_grant"}));

    let outcome = connected(&partner)
        .run::<TrackEvent>(Event::track("Order Completed"))
        .await;

    assert_eq!(outcome.assert_failed().status(), Some(400));
    partner.assert_sent(2);
}

#[tokio::test]
async fn people_are_forgotten_by_user_id() {
    let partner = Partner::start().await;
    partner
        .on("DELETE", "/v1/contacts/a%20b%2Fc")
        .answers(200, json!({"deleted": true}));
    let harness = connected(&partner);

    let deleted = harness.delete(Event::track("").user_id("a b/c")).await;
    assert_eq!(deleted.expect("it is deleted"), Some(json!({"deleted": true})));

    let nobody = harness.delete(Event::track("").without("userId")).await;
    assert_eq!(nobody.expect_err("there is nobody").status(), Some(400));
    partner.assert_sent(1);
}

#[tokio::test]
async fn who_is_not_known_is_forgotten_already() {
    let partner = Partner::start().await;
    partner.answers_with(Answer::empty(404));
    connected(&partner)
        .delete(Event::track(""))
        .await
        .expect("it is no failure");
}
