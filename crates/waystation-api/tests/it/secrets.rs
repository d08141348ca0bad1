use axum::http::Method;
use serde_json::{Value, json};
use waystation_queue::Failure;

use crate::support::{ADMIN, CONFIG, EXECUTE, SECRET, TestApi, refused, waiting};

/// Everything that must never be in an answer.
const SECRETS: [&str; 7] = [
    SECRET,
    "site-1234",
    "write-key-of-web",
    ADMIN,
    EXECUTE,
    "key-of-the-caller",
    "token-of-the-caller",
];

/// The text as it may stand in answers of partners: in credentials, too.
fn encoded() -> String {
    // "site-1234:hunter2-hunter2"
    "c2l0ZS0xMjM0Omh1bnRlcjItaHVudGVyMg==".to_owned()
}

#[tokio::test]
async fn no_answer_holds_a_secret() {
    let echo = json!([{"status": 500, "json": {"got": ["key-of-the-caller", "token-of-the-caller"]}}]);
    let config = format!("{CONFIG}\n[connections.shown.settings]\nanswer = \"refused\"\n");
    let api = TestApi::with(&config, echo);
    let message = "the partner said something".to_owned();
    api.accept("m-1", Some("crm"), waiting()).await;
    let failure = Failure { message, ..refused() };
    let dead = waystation_queue::Settled::Dead {
        failure,
        report: crate::support::report(500),
    };
    api.settle("crm", dead).await;
    let mut answers = Vec::new();
    for path in [
        "config",
        "sources",
        "connections",
        "connections/crm",
        "connections/shown",
        "deliveries",
        "deliveries/1",
        "dead-letters",
        "ledger",
        "stats",
    ] {
        let answer = api.get(&format!("/admin/v1/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {answer}");
        answers.push(answer);
    }
    answers.push(api.call(Method::POST, "/admin/v1/reload", None).await);
    let settings = json!({
        "siteId": "site-1234",
        "apiKey": "key-of-the-caller",
        "oauth": {"access_token": "token-of-the-caller"},
        "subscriptions": [{"subscribe": "type = \"track\"", "partnerAction": "trackEvent", "mapping": {
            "id": {"@path": "$.userId"}, "name": {"@template": "key-of-the-caller {{event}}"},
        }}],
    });
    let event = json!({"type": "track", "event": "A", "userId": "ada"});
    let events = json!({"payload": event, "settings": settings});
    answers.push(api.post("/v1/destinations/customerio/events", events).await);
    let mut settings = json!({"siteId": "site-1234", "apiKey": "key-of-the-caller"});
    settings["oauth"] = json!({"access_token": "token-of-the-caller"});
    let run = json!({"payload": event, "settings": settings});
    answers.push(
        api.post("/v1/destinations/customerio/actions/trackEvent", run.clone())
            .await,
    );
    let mut misfit = run;
    misfit["settings"]["accountRegion"] = json!("key-of-the-caller");
    answers.push(
        api.post("/v1/destinations/customerio/actions/trackEvent", misfit)
            .await,
    );
    for answer in &answers {
        for secret in SECRETS.iter().copied().chain([encoded().as_str()]) {
            assert!(!answer.body.contains(secret), "{secret} is in {answer}");
        }
    }
    assert!(answers.iter().any(|answer| answer.body.contains("<redacted>")));
}

#[tokio::test]
async fn short_secrets_are_hidden_by_their_field() {
    let config = "sources.web.write_keys = [\"key\"]\napi.open = true\n[connections.crm]\ndestination = \"customerio\"\n\
                  settings = { siteId = \"s\", apiKey = \"k\" }\n";
    let api = TestApi::with(config, json!([]));
    let connection = api.get("/admin/v1/connections/crm").await.json();
    let settings: &Value = &connection["configuration"]["settings"];
    assert_eq!(
        (&settings["siteId"], &settings["apiKey"]),
        (&json!("<redacted>"), &json!("<redacted>"))
    );
}
