//! People whom partners are to forget.

use serde_json::{Value, json};
use waystation_testkit::Partner;

use crate::support::{Home, Running, inspector, to, webhook};

/// Two connections that offer deletion, and two that do not, of which one is switched off.
fn connections() -> String {
    let crm = |name: &str| {
        format!(
            "[connections.{name}]\ndestination = \"customerio\"\n\
             settings = {{ siteId = \"site-1\", apiKey = \"key-of-{name}-0123456789\" }}\n\
             [connections.{name}.delivery]\nfirst_return = \"10ms\"\nretry = {{ attempts = 1 }}\n"
        )
    };
    let off = inspector("off", "delivered").replace("destination", "enabled = false\ndestination");
    format!("{}{}{}{off}", crm("crm"), crm("other"), webhook("hook", ""))
}

async fn outcomes(service: &Running, id: &str) -> Vec<(String, String)> {
    let found = service
        .get(&format!("/admin/v1/deliveries?messageId={id}"))
        .await
        .body;
    let items = found["items"].as_array().cloned().unwrap_or_default();
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let mut outcomes: Vec<_> = items
        .iter()
        .map(|item| (text(item, "connection"), text(item, "outcome")))
        .collect();
    outcomes.sort();
    outcomes
}

#[tokio::test]
async fn a_deletion_reaches_every_connection_that_offers_it_and_has_its_outcomes_in_the_record() {
    let (partner, home) = (Partner::start().await, Home::new());
    // The first try fails, for now.
    partner.answers(503, json!({}));
    partner.always_answers(200, json!({}));
    home.write(&format!("{}{}", to(&partner), connections()));
    let service = home.start().await;
    let answer = service
        .post("/admin/v1/deletions", &json!({"userId": "user-1"}))
        .await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(
        (&answer.body["connections"], &answer.body["notOfferedBy"]),
        (&json!(["crm", "other"]), &json!(["hook"]))
    );
    service.until_counted(&[("delivered", 2), ("waiting", 0)]).await;
    let id = answer.body["messageId"].as_str().unwrap();
    let delivered = |name: &str| (name.to_owned(), "delivered".to_owned());
    assert_eq!(
        outcomes(&service, id).await,
        [delivered("crm"), delivered("other")]
    );
    let requests = partner.requests();
    assert_eq!(requests.len(), 3, "one was tried again");
    for request in &requests {
        assert_eq!(
            (request.method.as_str(), request.path()),
            ("DELETE", "/api/v1/customers/user-1")
        );
    }
    let shown = service.get("/admin/v1/deliveries/1").await;
    assert_eq!(
        (
            &shown.body["action"],
            &shown.body["eventType"],
            &shown.body["event"]["userId"]
        ),
        (&json!("(delete)"), &json!("delete"), &json!("user-1")),
        "{shown:?}"
    );
    assert!(shown.text().contains("/api/v1/customers/user-1"), "{shown:?}");
    for secret in ["key-of-crm-0123456789", "key-of-other-0123456789"] {
        assert!(!shown.text().contains(secret), "{shown:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_deletion_that_a_partner_refuses_is_a_dead_letter_that_can_be_replayed() {
    let (partner, home) = (Partner::start().await, Home::new());
    partner.always_answers(400, json!({"meta": {"error": "no such customer"}}));
    home.write(&format!("{}{}", to(&partner), connections()));
    let service = home.start().await;
    service
        .post("/admin/v1/deletions", &json!({"userId": "user-1"}))
        .await;
    service.until_counted(&[("dead", 2)]).await;
    partner.always_answers(200, json!({}));
    let replayed = service
        .post("/admin/v1/dead-letters/replay", &json!({"filter": {}}))
        .await;
    assert_eq!(replayed.body["replayed"], 2, "{replayed:?}");
    service.until_counted(&[("dead", 0), ("delivered", 2)]).await;
    service.stop().await;
}

#[tokio::test]
async fn a_deletion_of_nobody_or_for_nobody_is_refused() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    for body in [json!({}), json!({"userId": " "}), json!({"user": "user-1"})] {
        let answer = service.post("/admin/v1/deletions", &body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    let answer = service
        .post("/admin/v1/deletions", &json!({"userId": "user-1"}))
        .await;
    assert_eq!(
        (answer.status, &answer.body["notOfferedBy"]),
        (409, &json!(["see"])),
        "{answer:?}"
    );
    assert_eq!(service.ledger().await["accepted"], 0);
    service.stop().await;
}
