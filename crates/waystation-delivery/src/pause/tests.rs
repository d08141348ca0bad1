//! What is paused, over restarts of the store's holder and over time.

use std::time::Duration;

use serde_json::json;
use waystation_queue::{SqliteQueue, SqliteSettings};

use super::*;
use crate::testing::{NOW, leased};

fn queue(folder: &tempfile::TempDir) -> Arc<dyn Queue> {
    Arc::new(SqliteQueue::open(SqliteSettings::new(folder.path().join("store.db"))).unwrap())
}

fn connection(name: &str) -> Paused {
    Paused::Connection { name: name.into() }
}

fn subscription(connection: &str, name: &str) -> Paused {
    Paused::Subscription {
        connection: connection.into(),
        name: name.into(),
    }
}

fn pause(paused: Paused, meanwhile: Meanwhile) -> Pause {
    Pause {
        paused,
        meanwhile,
        reason: Some("the partner moves house".to_owned()),
        since: NOW,
        by: None,
    }
}

#[tokio::test]
async fn pauses_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let before = queue(&folder);
    let pauses = Pauses::new(&before);
    pauses.restore().await.unwrap();
    pauses
        .pause(pause(connection("crm"), Meanwhile::Wait))
        .await
        .unwrap();
    pauses
        .pause(pause(subscription("see", "all"), Meanwhile::Skip))
        .await
        .unwrap();
    assert_eq!(pauses.resume(&subscription("see", "all")).await.unwrap(), Some(0));
    assert_eq!(pauses.resume(&subscription("see", "all")).await.unwrap(), None);
    before.close().await.unwrap();
    drop((before, pauses));
    let pauses = Pauses::new(&queue(&folder));
    pauses.restore().await.unwrap();
    assert_eq!(pauses.all(), [pause(connection("crm"), Meanwhile::Wait)]);
    assert!(pauses.holds("crm") && !pauses.holds("see"));
}

#[tokio::test]
async fn a_pause_concerns_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let pauses = Pauses::new(&queue(&folder));
    let source = Paused::Source { name: "web".into() };
    pauses.pause(pause(source, Meanwhile::Wait)).await.unwrap();
    pauses
        .pause(pause(subscription("crm", "orders"), Meanwhile::Skip))
        .await
        .unwrap();
    pauses
        .pause(pause(connection("off"), Meanwhile::Wait))
        .await
        .unwrap();
    for (source, connection, subscription, meanwhile) in [
        ("web", "see", "all", Some(Meanwhile::Wait)),
        ("app", "see", "all", None),
        ("web", "crm", "orders", Some(Meanwhile::Skip)),
        ("app", "crm", "orders", Some(Meanwhile::Skip)),
        ("app", "crm", "people", None),
        ("app", "off", "all", None),
    ] {
        assert_eq!(
            pauses.meanwhile(source, connection, subscription),
            meanwhile,
            "{source} {connection} {subscription}"
        );
    }
    let event = json!({});
    assert!(
        pauses.parks("see", &leased(1, "all", &event)).is_some(),
        "of the source"
    );
    let told = pauses.parks("crm", &leased(1, "orders", &event)).unwrap();
    assert!(
        told.ends_with("is paused by hand: the partner moves house"),
        "{told}"
    );
}

#[tokio::test]
async fn the_time_of_pauses_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let pauses = Pauses::new(&queue(&folder));
    let hours = |hours| Duration::from_hours(hours);
    let mut list = List::default();
    let mut over = |paused: Paused, since: u64, until: u64| {
        list.pause(Pause {
            since: NOW.plus(hours(since)),
            ..pause(paused.clone(), Meanwhile::Wait)
        });
        list.end(&paused, NOW.plus(hours(until)));
    };
    // Two that overlap, one after them, and one of somebody else.
    over(connection("crm"), 1, 5);
    over(subscription("crm", "all"), 3, 6);
    over(connection("crm"), 7, 9);
    over(connection("see"), 0, 100);
    pauses.list.store(Arc::new(list));
    let horizon = |subscription: &str, start: u64, patience: u64| {
        let mut leased = leased(1, subscription, &json!({}));
        leased.horizon = NOW.plus(hours(start + patience));
        pauses.prolong("crm", hours(patience), &mut leased);
        leased.horizon.since(NOW).as_secs() / 3_600
    };
    assert_eq!(horizon("all", 0, 4), 4 + 5 + 2);
    assert_eq!(horizon("other", 0, 4), 4 + 4 + 2);
    assert_eq!(horizon("all", 4, 4), 8 + 2 + 2);
    assert_eq!(horizon("all", 10, 4), 14, "it came when all were over");
    assert_eq!(horizon("all", 0, 1), 1, "it had ended before");
}
