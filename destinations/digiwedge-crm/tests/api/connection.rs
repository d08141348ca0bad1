//! Credentials, tokens, choices, and the definition itself.

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::DigiWedgeCrm;
use waystation_destination_digiwedge_crm::actions::{CreatePost, PublishPost, RefreshSegment};
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::{Auth, Secret};
use waystation_testkit::{Answer, Event, Harness, Partner};

use crate::support::{CUSTOMERS, refusal, rest};

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<DigiWedgeCrm>();
}

#[tokio::test]
async fn credentials_are_tested_by_asking_for_a_customer() {
    let partner = Partner::start().await;
    let _ = partner
        .on("GET", CUSTOMERS)
        .answers(
            200,
            json!({"data": [], "meta": {"total": 0, "skip": 0, "take": 1, "hasMore": false}}),
        )
        .answers(403, refusal("TENANT_MISMATCH"))
        .answers_with(Answer::text(200, "<html>"))
        .answers(200, json!({"data": {}}));
    let harness = rest(&partner);
    harness.test_authentication().await.expect("they are accepted");
    for status in [403, 502, 502] {
        let error = harness.test_authentication().await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
    }
    let first = &partner.assert_sent(4)[0];
    assert_eq!(first.url.query(), Some("tenantId=t-1&take=1"));
    assert_eq!(first.header("authorization"), Some("Bearer jwt-1"));
}

fn with_tokens(partner: &Partner) -> Harness<DigiWedgeCrm> {
    let settings = json!({"baseUrl": "https://crm.test", "tenantId": "t-1"});
    Harness::new(partner, settings).auth(Auth {
        access_token: Some(Secret::from("jwt-1")),
        refresh_token: Some(Secret::from("refresh-1")),
        refresh_token_url: Some("https://login.test/token".to_owned()),
        client_id: Some("client".to_owned()),
        client_secret: Some(Secret::from("hush")),
    })
}

fn approved() -> Event {
    Event::track("Post Approved").property("postId", "p-1")
}

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    let partner = Partner::start().await;
    let _ = partner
        .on("POST", "/api/v1/social/posts/p-1/publish")
        .answers(401, refusal("TOKEN_EXPIRED"))
        .answers(200, json!({"id": "p-1"}));
    let tokens = json!({"access_token": "jwt-2", "refresh_token": "refresh-2", "expires_in": 3600});
    let _ = partner.on("POST", "/token").answers(200, tokens);
    let harness = with_tokens(&partner);

    harness.run::<PublishPost>(approved()).await.assert_delivered();

    let requests = partner.assert_sent(3);
    assert_eq!(requests[1].url.host_str(), Some("login.test"));
    assert_eq!(requests[1].header("authorization"), None);
    assert!(
        requests[1]
            .form()
            .contains(&("refresh_token".into(), "refresh-1".into()))
    );
    assert_eq!(requests[2].header("authorization"), Some("Bearer jwt-2"));
    assert_eq!(harness.auth_now().refresh_token, Some("refresh-2".into()));
}

#[tokio::test]
async fn a_refresh_token_that_the_provider_says_nothing_of_stays_in_use() {
    for tokens in [
        json!({"access_token": "jwt-2"}),
        json!({"access_token": "jwt-2", "refresh_token": ""}),
        json!({"access_token": "jwt-2", "refresh_token": null}),
    ] {
        let partner = Partner::start().await;
        let _ = partner
            .on("POST", "/api/v1/social/posts/p-1/publish")
            .answers(401, refusal("TOKEN_EXPIRED"))
            .answers(200, json!({"id": "p-1"}));
        let _ = partner.on("POST", "/token").answers(200, tokens.clone());
        let harness = with_tokens(&partner);
        let refreshed = harness.refresh_access_token().await.unwrap().unwrap();
        assert_eq!(refreshed.refresh_token, Some("refresh-1".into()), "{tokens}");
    }
}

#[tokio::test]
async fn a_provider_that_hands_out_no_token_is_quoted() {
    let partner = Partner::start().await;
    let refused = json!({"error": "invalid_grant", "error_description": "The refresh token was used before"});
    for (answer, words) in [
        (refused, "The refresh token was used before"),
        (json!({"access_token": " "}), "does not say why"),
    ] {
        let _ = partner.on("POST", "/token").answers(200, answer);
        let error = with_tokens(&partner).refresh_access_token().await.unwrap_err();
        assert_eq!(error.status(), Some(401));
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_second_refusal_of_the_token_is_final() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/v1/social/posts/p-1/publish")
        .always_answers(401, refusal("TOKEN_INVALID"));
    let _ = partner
        .on("POST", "/token")
        .answers(200, json!({"access_token": "jwt-2"}));
    let outcome = with_tokens(&partner).run::<PublishPost>(approved()).await;
    outcome.assert_failed_with(401, "TOKEN_INVALID");
    partner.assert_sent(3);
}

#[tokio::test]
async fn a_token_of_the_settings_cannot_be_renewed() {
    let partner = Partner::start().await;
    partner.answers(401, refusal("TOKEN_EXPIRED"));
    let outcome = rest(&partner).run::<PublishPost>(approved()).await;
    let error = outcome.assert_failed();
    assert_eq!(error.status(), Some(401));
    assert!(error.to_string().contains("Access token"), "{error}");
    partner.assert_sent(1);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let partner = Partner::start().await;
    let settings = json!({"baseUrl": "https://crm.test", "tenantId": "t-1"});
    let harness = Harness::<DigiWedgeCrm>::new(&partner, settings);
    let outcome = harness.run::<PublishPost>(approved()).await;
    assert_eq!(outcome.assert_failed().status(), Some(401));
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn one_odd_entry_does_not_empty_a_list_of_choices() {
    let partner = Partner::start().await;
    let data = json!([
        {"id": "s-1", "platform": "FACEBOOK", "name": "Club page"},
        {"id": 7, "platform": "INSTAGRAM"},
        {"name": "no ID"},
        "odd",
        {"id": "s-2", "name": null, "platform": ["X"]},
    ]);
    let _ = partner
        .on("GET", "/api/v1/social/connections")
        .answers(200, json!({"data": data, "meta": "none"}));
    let answer = rest(&partner)
        .dynamic_field::<CreatePost>("connectionId", DynamicFieldRequest::default())
        .await
        .unwrap();
    let choices: Vec<(&str, &Value)> = answer
        .choices
        .iter()
        .map(|choice| (choice.label.as_str(), &choice.value))
        .collect();
    let expected = [
        ("Club page", &json!("s-1")),
        ("INSTAGRAM", &json!("7")),
        ("s-2", &json!("s-2")),
    ];
    assert_eq!(choices, expected);
    assert_eq!(answer.error, None);
}

#[tokio::test]
async fn segments_are_listed_page_by_page() {
    let partner = Partner::start().await;
    let _ = partner
        .on("GET", "/api/v1/segments")
        .answers(
            200,
            json!({"data": [{"id": "g-1", "name": "VIPs"}], "meta": {"hasMore": true}}),
        )
        .answers(200, json!({"data": [{"id": "g-2"}], "meta": {"hasMore": false}}))
        .answers(403, refusal("SCOPE_REQUIRED"));
    let harness = rest(&partner);
    let ask = async |page: Option<&str>| {
        let request = DynamicFieldRequest {
            page: page.map(str::to_owned),
            ..DynamicFieldRequest::default()
        };
        let answer = harness
            .dynamic_field::<RefreshSegment>("segmentId", request)
            .await;
        answer.unwrap()
    };
    let first = ask(None).await;
    assert_eq!(
        (first.choices[0].label.as_str(), &first.choices[0].value),
        ("VIPs", &json!("g-1"))
    );
    let second = ask(first.next_page.as_deref()).await;
    assert_eq!(second.choices[0].label, "g-2");
    assert_eq!(second.next_page, None);
    assert_eq!(ask(None).await.error.unwrap().code, "403");
    assert_eq!(partner.requests()[1].query("skip").as_deref(), Some("1"));
}
