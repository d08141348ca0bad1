//! What a connection's account offers besides deliveries.

use serde_json::json;
use waystation_testkit::Partner;

use crate::support::{Home, Running, inspector, to};

const KEY: &str = "pk_0123456789abcdef";

async fn service(partner: &Partner, home: &Home) -> Running {
    home.write(&format!(
        "{}{}[connections.lists]\ndestination = \"klaviyo\"\nsettings = {{ api_key = \"{KEY}\" }}\n",
        to(partner),
        inspector("see", "delivered")
    ));
    home.start().await
}

#[tokio::test]
async fn an_audience_is_created_and_found_again() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.answers(
        201,
        json!({"data": {"id": "XyZ1", "attributes": {"name": "Regulars"}}}),
    );
    partner.answers(
        200,
        json!({"data": {"id": "XyZ1", "attributes": {"name": "Regulars"}}}),
    );
    let service = service(&partner, &home).await;
    let created = service
        .post(
            "/admin/v1/connections/lists/audiences",
            &json!({"name": "Regulars"}),
        )
        .await;
    assert_eq!(
        (created.status, &created.body),
        (200, &json!({"externalId": "XyZ1"})),
        "{created:?}"
    );
    let found = service.get("/admin/v1/connections/lists/audiences/XyZ1").await;
    assert_eq!(
        (found.status, &found.body),
        (200, &json!({"externalId": "XyZ1"})),
        "{found:?}"
    );
    let requests = partner.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].json()["data"]["attributes"]["name"], "Regulars");
    assert!(
        requests[1].path().ends_with("/lists/XyZ1"),
        "{}",
        requests[1].path()
    );
    service.stop().await;
}

#[tokio::test]
async fn choices_are_asked_of_the_partner_and_hooks_are_run() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.answers(
        200,
        json!({"data": [{"id": "L1", "attributes": {"name": "Regulars"}}], "links": {"next": null}}),
    );
    partner.answers(201, json!({"data": {"id": "L2", "attributes": {"name": "New"}}}));
    let service = service(&partner, &home).await;
    let choices = service
        .post(
            "/admin/v1/connections/lists/actions/subscribeProfile/fields/list_id",
            &json!({}),
        )
        .await;
    assert_eq!(
        (choices.status, &choices.body["choices"][0]),
        (200, &json!({"value": "L1", "label": "Regulars"})),
        "{choices:?}"
    );
    let none = service
        .post(
            "/admin/v1/connections/lists/actions/subscribeProfile/fields/nothing",
            &json!({}),
        )
        .await;
    assert!(none.body["error"].is_object(), "{none:?}");
    let saved = service
        .post(
            "/admin/v1/connections/lists/actions/upsertProfile/hooks/retlOnMappingSave",
            &json!({"inputs": {"list_name": "New"}}),
        )
        .await;
    assert_eq!(
        (saved.status, &saved.body["savedData"]["id"]),
        (200, &json!("L2")),
        "{saved:?}"
    );
    service.stop().await;
}

#[tokio::test]
async fn refusals_are_reports_without_secrets() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(403, json!({"errors": [{"detail": format!("{KEY} may not")}]}));
    let service = service(&partner, &home).await;
    let audiences = "/admin/v1/connections/lists/audiences";
    let refused = service.post(audiences, &json!({"name": "Regulars"})).await;
    assert_eq!(
        (refused.status, &refused.body["outcome"]["status"]),
        (403, &json!("failed")),
        "{refused:?}"
    );
    assert!(!refused.text().contains(KEY), "{refused:?}");
    for (path, status, code) in [
        ("connections/list/audiences", 404, "UNKNOWN_CONNECTION"),
        (
            "connections/lists/actions/subscribe/fields/list_id",
            404,
            "UNKNOWN_ACTION",
        ),
    ] {
        let answer = service.post(&format!("/admin/v1/{path}"), &json!({})).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (status, &json!(code)),
            "{path}: {answer:?}"
        );
    }
    for path in [
        "connections/see/audiences",
        "connections/lists/actions/addProfileToList/hooks/nothing",
    ] {
        let answer = service.post(&format!("/admin/v1/{path}"), &json!({})).await;
        assert_eq!(answer.body["outcome"]["status"], "failed", "{path}: {answer:?}");
    }
    service.stop().await;
}
