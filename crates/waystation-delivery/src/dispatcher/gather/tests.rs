//! Deliveries that come one by one and go out in groups.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use waystation_queue::{Queue, SqliteQueue, SqliteSettings};

use super::*;
use crate::testing::{config, leased};

const TEXT: &str = r#"
sources.web.write_keys = ["key"]
[connections.crm]
destination = "example"
settings = { workspace = "acme", workspaceKey = "key" }
[[connections.crm.subscriptions]]
name = "events"
action = "trackEvent"
[[connections.crm.subscriptions]]
name = "contacts"
action = "upsertContact"
[[connections.crm.subscriptions]]
name = "messages"
action = "sendMessage"
mapping = { template_id = "t", channel = "email" }
[[connections.crm.subscriptions]]
name = "imports"
action = "importContacts"
[connections.crm.delivery]
batch = { size = 3, linger = "10s", keys = ["name"] }
"#;

async fn connection(text: &str) -> OpenConnection {
    let folder = tempfile::tempdir().unwrap();
    let queue = SqliteQueue::open(SqliteSettings::new(folder.path().join("queue.db"))).unwrap();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let config = config(text);
    OpenConnection::open(Arc::clone(&config.connections[0]), Arc::default(), &queue)
        .await
        .unwrap()
}

fn named(name: &str) -> Value {
    json!({"type": "track", "event": name, "userId": "u-1"})
}

/// The deliveries of a group in the order in which they came.
fn ids(group: Group) -> Vec<u64> {
    group
        .work
        .into_leased()
        .iter()
        .map(|leased| leased.id().0)
        .collect()
}

#[tokio::test]
async fn a_batch_is_complete_when_it_is_full() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    assert!(
        gather
            .add(&connection, leased(1, "events", &named("x")))
            .is_none()
    );
    assert!(
        gather
            .add(&connection, leased(2, "events", &named("x")))
            .is_none()
    );
    assert_eq!(gather.held(), 2);
    let group = gather
        .add(&connection, leased(3, "events", &named("x")))
        .expect("it is full");
    assert_eq!(&*group.subscription, "events");
    assert!(matches!(group.work, Work::Batch(_)));
    assert_eq!(ids(group), [1, 2, 3]);
    assert_eq!((gather.held(), gather.next_ripe()), (0, None));
}

/// An event of about so many bytes.
fn sized(bytes: usize) -> Value {
    json!({"type": "track", "event": "x", "userId": "u-1", "properties": {"note": "n".repeat(bytes)}})
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_full_when_another_event_would_be_too_many_bytes() {
    let bounded = TEXT.replace("size = 3", "size = 100, bytes = \"10KiB\"");
    let connection = connection(&bounded).await;
    let mut gather = Gather::default();
    let mut add = |id, bytes| {
        gather
            .add(&connection, leased(id, "events", &sized(bytes)))
            .map(ids)
    };
    assert_eq!((add(1, 4_000), add(2, 4_000)), (None, None));
    assert_eq!(add(3, 4_000), Some(vec![1, 2]), "it has no room for the third");
    assert_eq!(
        add(4, 40_000),
        Some(vec![3]),
        "nobody shares a request with what is too large alone"
    );
    assert!(gather.next_ripe() <= Some(Instant::now()), "it waits for nobody");
    let ripe: Vec<_> = gather.ripe(Instant::now()).into_iter().map(ids).collect();
    assert_eq!(ripe, [[4]]);
}

#[tokio::test]
async fn batches_have_a_bound_of_bytes_by_default() {
    let connection = connection(&TEXT.replace("size = 3, ", "")).await;
    let mut gather = Gather::default();
    let event = sized(30_000);
    let full = (1..100).find_map(|id| gather.add(&connection, leased(id, "events", &event)));
    let bytes: usize = full
        .expect("it is full at some time")
        .work
        .into_leased()
        .iter()
        .map(|leased| leased.event.body.len())
        .sum();
    assert!((850_000..=900 << 10).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn subscriptions_and_batch_keys_keep_deliveries_apart() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    for (id, subscription, name) in [
        (1, "events", "x"),
        (2, "events", "y"),
        (3, "contacts", "x"),
        (4, "events", "x"),
    ] {
        assert!(
            gather
                .add(&connection, leased(id, subscription, &named(name)))
                .is_none()
        );
    }
    let group = gather
        .add(&connection, leased(5, "events", &named("x")))
        .expect("it is full");
    assert_eq!(ids(group), [1, 4, 5]);
    assert_eq!(gather.held(), 2);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_shares_a_batch_all_the_same() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    let mut broken = leased(1, "events", &json!({}));
    Arc::get_mut(&mut broken.event).unwrap().body = Bytes::from_static(b"{");
    assert!(gather.add(&connection, broken).is_none());
    assert_eq!(gather.held(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_ripe_when_its_first_delivery_has_waited_long_enough() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    let start = Instant::now();
    let linger = Duration::from_secs(10);
    gather.add(&connection, leased(1, "events", &named("x")));
    tokio::time::advance(Duration::from_secs(4)).await;
    gather.add(&connection, leased(2, "events", &named("x")));
    gather.add(&connection, leased(3, "contacts", &named("x")));
    assert_eq!(gather.next_ripe(), Some(start + linger));
    assert!(gather.ripe(start + linger - Duration::from_millis(1)).is_empty());
    let ripe: Vec<_> = gather.ripe(start + linger).into_iter().map(ids).collect();
    assert_eq!(ripe, [[1, 2]]);
    assert_eq!(gather.next_ripe(), Some(start + Duration::from_secs(14)));
}

#[tokio::test]
async fn the_fullest_group_goes_first_when_there_is_no_room() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    gather.add(&connection, leased(1, "contacts", &named("x")));
    gather.add(&connection, leased(2, "events", &named("x")));
    gather.add(&connection, leased(3, "events", &named("x")));
    assert_eq!(gather.fullest().map(ids), Some(vec![2, 3]));
    assert_eq!(gather.fullest().map(ids), Some(vec![1]));
    assert!(gather.fullest().is_none());
}

#[tokio::test]
async fn actions_without_batches_go_alone() {
    let batched = connection(TEXT).await;
    let mut gather = Gather::default();
    let group = gather
        .add(&batched, leased(1, "messages", &named("x")))
        .expect("it goes");
    assert!(matches!(group.work, Work::Single(_)));
    let unbatched = connection(&TEXT.replace("size = 3", "size = 1")).await;
    let group = gather
        .add(&unbatched, leased(2, "events", &named("x")))
        .expect("it goes");
    assert!(matches!(group.work, Work::Single(_)));
    // There is no other way to hand in a job than as a batch.
    let group = gather
        .add(&unbatched, leased(3, "imports", &named("x")))
        .expect("it goes");
    assert!(matches!(group.work, Work::Batch(_)));
}

#[tokio::test]
async fn a_delivery_without_a_subscription_goes_alone_to_be_told_so() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    let group = gather
        .add(&connection, leased(1, "gone", &named("x")))
        .expect("it goes");
    assert_eq!(&*group.subscription, "gone");
    assert!(matches!(group.work, Work::Single(_)));
}

#[tokio::test]
async fn the_deliveries_of_a_job_are_asked_about_together() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    let of_job = |id: u64, job: &str, index: usize| {
        let resume = json!({"job": job, "index": index, "count": 2}).to_string();
        Leased {
            resume: Some(Bytes::from(resume)),
            ..leased(id, "imports", &named("x"))
        }
    };
    assert!(gather.add(&connection, of_job(1, "job-1", 0)).is_none());
    assert!(gather.add(&connection, of_job(2, "job-2", 0)).is_none());
    let group = gather
        .add(&connection, of_job(3, "job-1", 1))
        .expect("it is complete");
    let Work::Poll(items) = group.work else {
        panic!("it is asked about");
    };
    let places: Vec<_> = items
        .iter()
        .map(|(leased, place)| (leased.id().0, place.index))
        .collect();
    assert_eq!(places, [(1, 0), (3, 1)]);
    assert_eq!(gather.held(), 1);
}

#[tokio::test]
async fn what_a_mapping_allows_bounds_the_largest_batch() {
    assert_eq!(connection(TEXT).await.largest_batch(), 3);
    assert_eq!(
        connection(&TEXT.replace("size = 3", "size = 1000"))
            .await
            .largest_batch(),
        100
    );
}

#[tokio::test]
async fn a_batch_does_not_linger_for_what_waits_for_its_own_end() {
    let connection = connection(TEXT).await;
    let mut gather = Gather::default();
    gather.add(&connection, leased(1, "events", &named("x")));
    assert!(gather.next_ripe().unwrap() > Instant::now(), "others may come");
    let mut followed = leased(2, "events", &named("x"));
    followed.is_followed = true;
    gather.add(&connection, followed);
    let groups = gather.ripe(Instant::now());
    assert_eq!(groups.len(), 1);
    assert_eq!(groups.into_iter().flat_map(ids).collect::<Vec<_>>(), [1, 2]);
}

/// The connection of the other tests, but that nothing is said about waiting.
async fn adaptive() -> OpenConnection {
    connection(&TEXT.replace("size = 3, linger = \"10s\"", "size = 100")).await
}

#[tokio::test(start_paused = true)]
async fn without_a_word_about_waiting_a_rare_event_goes_at_once() {
    let connection = adaptive().await;
    let mut gather = Gather::default();
    for id in 1..=5 {
        assert!(
            gather
                .add(&connection, leased(id, "events", &named("x")))
                .is_none()
        );
        let groups: Vec<_> = gather.ripe(Instant::now()).into_iter().map(ids).collect();
        assert_eq!(groups, [[id]]);
        tokio::time::advance(Duration::from_millis(50)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_word_about_waiting_what_comes_meanwhile_goes_together() {
    let connection = adaptive().await;
    let mut gather = Gather::default();
    gather.add(&connection, leased(1, "events", &named("x")));
    let under_way = gather.ripe(Instant::now());
    assert_eq!(under_way.len(), 1);
    gather.add(&connection, leased(2, "events", &named("x")));
    gather.add(&connection, leased(3, "events", &named("x")));
    assert!(gather.ripe(Instant::now()).is_empty(), "another is under way");
    assert_eq!(gather.next_ripe(), Some(Instant::now() + Duration::from_secs(1)));
    drop(under_way);
    let groups: Vec<_> = gather.ripe(Instant::now()).into_iter().map(ids).collect();
    assert_eq!(groups, [[2, 3]]);
}

#[tokio::test(start_paused = true)]
async fn without_a_word_about_waiting_a_burst_fills_its_batches() {
    let connection = adaptive().await;
    let mut gather = Gather::default();
    let mut sizes = Vec::new();
    for id in 1..=1_000 {
        let full = gather.add(&connection, leased(id, "events", &named("x")));
        let ripe = gather.ripe(Instant::now());
        sizes.extend(full.into_iter().chain(ripe).map(|group| group.work.len()));
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    let full = sizes.iter().filter(|size| **size == 100).count();
    // The first few go before anybody can know that it is a burst.
    assert!(full >= 9 && sizes.len() <= full + 10, "{sizes:?}");
    tokio::time::advance(Duration::from_millis(100)).await;
    let rest = gather.ripe(Instant::now());
    let sent: usize = sizes.iter().sum();
    assert_eq!(
        sent + rest.iter().map(|group| group.work.len()).sum::<usize>(),
        1_000
    );
}

#[tokio::test]
async fn batch_keys_that_a_mapping_cannot_resolve_do_not_part_others() {
    let text = TEXT.replace(
        "action = \"trackEvent\"\n",
        "action = \"trackEvent\"\nmapping = { name = { \"@path\" = \"$.event\" }, id = { \"@path\" = \"$.messageId\" } }\n",
    );
    let connection = connection(&text).await;
    let mut gather = Gather::default();
    for (id, name) in [(1, "x"), (2, "y"), (3, "x")] {
        assert!(
            gather
                .add(&connection, leased(id, "events", &named(name)))
                .is_none()
        );
    }
    assert_eq!(gather.held(), 3);
    let group = gather
        .add(&connection, leased(4, "events", &named("x")))
        .expect("it is full");
    assert_eq!(ids(group), [1, 3, 4]);
}
