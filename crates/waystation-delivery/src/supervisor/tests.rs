use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use waystation_queue::{Clock, NewDelivery, NewEvent, SqliteQueue, SqliteSettings};

use super::*;
use crate::testing::config;

const TEXT: &str = r#"
sources.web.write_keys = ["key"]
[connections.crm]
destination = "example"
settings = { workspace = "acme", workspaceKey = "key" }
[[connections.crm.subscriptions]]
name = "trackEvent"
action = "trackEvent"
"#;

fn event(routing: &Routing, number: usize) -> NewEvent {
    let now = Clock::System.now();
    let body = serde_json::json!({"type": "track", "event": "E", "userId": "u-1"});
    let arrival = crate::routing::Arrival {
        received_at: now,
        user: None,
    };
    let deliveries: Vec<NewDelivery> = routing.deliveries("web", &body, arrival);
    assert_eq!(deliveries.len(), 1);
    NewEvent {
        source: "web".into(),
        message_id: format!("m-{number}"),
        user: None,
        event_type: None,
        event_name: None,
        received_at: now,
        body: Bytes::from(body.to_string()),
        deliveries,
    }
}

#[tokio::test]
async fn what_waits_for_a_connection_that_has_come_back_is_not_buried() {
    let folder = tempfile::tempdir().unwrap();
    let queue = SqliteQueue::open(SqliteSettings::new(folder.path().join("queue.db"))).unwrap();
    let routing = Routing::new(&config(TEXT));
    let events = (0..=MOST_LEASED).map(|number| event(&routing, number));
    queue.append(events.collect()).await.unwrap();
    // A reload brings the connection back while the first handful is buried.
    let asked = AtomicUsize::new(0);
    let is_orphaned = || asked.fetch_add(1, Ordering::Relaxed) == 0;
    bury(&queue, &"crm".into(), is_orphaned).await.unwrap();
    let total = queue.ledger().await.unwrap().total;
    assert_eq!((total.dead, total.waiting), (MOST_LEASED as u64, 1));
}
