use insta::assert_snapshot;
use waystation_queue::{Fate, SkipRule};

use crate::support::{TestApi, waiting};

async fn busy() -> TestApi {
    let api = TestApi::start();
    api.deliver("m-1", "crm").await;
    api.bury("m-2", "crm").await;
    api.accept("m-3", Some("crm"), waiting()).await;
    let rule = SkipRule::NoConnection;
    api.accept("m-4", None, Fate::Skipped { rule }).await;
    // Accepted before.
    api.accept("m-3", Some("crm"), waiting()).await;
    api
}

#[tokio::test]
async fn the_ledger_adds_up() {
    let api = busy().await;
    assert_snapshot!(api.get("/admin/v1/ledger").await, @r#"
    200 OK
    {
      "balanced": true,
      "total": {
        "accepted": 5,
        "waiting": 1,
        "delivered": 1,
        "deliveredWithWarning": 0,
        "skipped": 2,
        "skippedByRule": {
          "duplicate": 1,
          "no_connection": 1
        },
        "dead": 1,
        "purged": 0,
        "replayed": 0,
        "balanced": true
      },
      "connections": [
        {
          "connection": null,
          "accepted": 2,
          "waiting": 0,
          "delivered": 0,
          "deliveredWithWarning": 0,
          "skipped": 2,
          "skippedByRule": {
            "duplicate": 1,
            "no_connection": 1
          },
          "dead": 0,
          "purged": 0,
          "replayed": 0,
          "balanced": true
        },
        {
          "connection": "crm",
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
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn the_service_is_shown_at_a_glance() {
    let api = busy().await;
    assert_snapshot!(api.get("/admin/v1/stats").await, @r#"
    200 OK
    {
      "healthy": true,
      "following": 0,
      "total": {
        "accepted": 5,
        "waiting": 1,
        "delivered": 1,
        "deliveredWithWarning": 0,
        "skipped": 2,
        "skippedByRule": {
          "duplicate": 1,
          "no_connection": 1
        },
        "dead": 1,
        "purged": 0,
        "replayed": 0,
        "balanced": true
      },
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
async fn a_store_that_is_closed_is_an_answer() {
    let api = TestApi::start();
    api.queue.close().await.unwrap();
    assert_snapshot!(api.get("/admin/v1/ledger").await.problem(), @"503 UNAVAILABLE The server is shutting down: try again.");
}
