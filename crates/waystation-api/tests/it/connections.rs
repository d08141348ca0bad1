use std::sync::Arc;

use insta::assert_snapshot;
use waystation_client::{Client, ClientConfig};
use waystation_config::Record;
use waystation_delivery::Resources;
use waystation_delivery::watch::Unwatched;

use crate::support::{TestApi, waiting};

#[tokio::test]
async fn connections_are_listed_with_what_waits_and_what_became_of_the_rest() {
    let api = TestApi::start();
    api.deliver("m-1", "crm").await;
    api.bury("m-2", "crm").await;
    api.accept("m-3", Some("crm"), waiting()).await;
    assert_snapshot!(api.get("/admin/v1/connections").await, @r#"
    200 OK
    {
      "connections": [
        {
          "name": "crm",
          "destination": "customerio",
          "enabled": true,
          "depth": {
            "waiting": 1,
            "leased": 0,
            "oldestDue": "2026-01-31T12:00:00.000Z",
            "oldestReceived": "2026-01-31T12:00:00.000Z"
          },
          "tally": {
            "accepted": 3,
            "waiting": 1,
            "delivered": 1,
            "deliveredWithWarning": 0,
            "skipped": 0,
            "skippedByRule": {},
            "dead": 1,
            "purged": 0,
            "replayed": 0,
            "balanced": true
          },
          "paused": []
        },
        {
          "name": "shown",
          "destination": "inspector",
          "enabled": false,
          "depth": {
            "waiting": 0,
            "leased": 0
          },
          "tally": {
            "accepted": 0,
            "waiting": 0,
            "delivered": 0,
            "deliveredWithWarning": 0,
            "skipped": 0,
            "skippedByRule": {},
            "dead": 0,
            "purged": 0,
            "replayed": 0,
            "balanced": true
          },
          "paused": []
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_connection_that_runs_shows_its_guards() {
    let api = TestApi::start();
    let resources = Arc::new(Resources {
        queue: Arc::clone(&api.queue),
        client: Client::new(ClientConfig::default()).unwrap(),
        record: Record::default(),
        watch: Arc::new(Unwatched),
    });
    api.deliveries
        .apply(&api.config.load(), &resources)
        .await
        .unwrap();
    let answer = api.get("/admin/v1/connections/crm").await.json();
    assert_eq!(answer["guards"]["breaker"], "admitting");
    assert_eq!(answer["guards"]["inFlight"], 0);
    assert_eq!(answer["configuration"]["settings"]["apiKey"], "<redacted>");
    let schedule = answer["scheduleMs"].as_array().unwrap();
    assert_eq!(
        (schedule.len(), &schedule[6], &schedule[10]),
        (11, &217_000.into(), &14_400_000.into())
    );
    let disabled = api.get("/admin/v1/connections/shown").await.json();
    assert_eq!(
        (&disabled["enabled"], disabled.get("guards")),
        (&false.into(), None)
    );
    let healthy = api.get("/admin/v1/stats").await.json();
    assert_eq!(healthy["healthy"], true);
}

#[tokio::test]
async fn a_connection_that_nobody_has_is_told_the_nearest() {
    let api = TestApi::start();
    assert_snapshot!(api.get("/admin/v1/connections/crn").await, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_CONNECTION",
      "message": "There is no connection \"crn\". Did you mean \"crm\"?",
      "requestId": "test",
      "suggestion": "crm"
    }
    "#);
}
