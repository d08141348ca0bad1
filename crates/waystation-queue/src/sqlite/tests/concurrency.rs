//! Many workers at once, on threads of their own.

use std::collections::HashMap;

use super::*;

const EVENTS: usize = 150;
const WORKERS: usize = 4;

/// What workers did: each delivery that ended, in the order of the ends, by order key.
type Ends = Arc<Mutex<HashMap<String, Vec<u64>>>>;

fn event(bench: &Bench, number: usize) -> NewEvent {
    let order = (!number.is_multiple_of(3)).then(|| format!("user {}", number % 7));
    let delivery = |connection| NewDelivery {
        order: order.clone(),
        ..bench.waiting(connection)
    };
    let deliveries = vec![delivery("crm"), delivery("mail")];
    NewEvent {
        // The body tells workers what the test knows of the event.
        body: Bytes::from(order.clone().unwrap_or_default()),
        ..bench.event_with(&number.to_string(), deliveries)
    }
}

async fn work(queue: Arc<SqliteQueue>, connection: &'static str, ends: Ends, mut turn: usize) {
    loop {
        queue.due(connection).await;
        if queue.shared.is_closed() {
            return;
        }
        let Ok(leased) = queue.lease(connection, 1 + turn % 5).await else {
            return;
        };
        let mut settlements = Vec::new();
        for item in leased {
            turn += 1;
            let report = Report {
                attempts: 1,
                ..Report::unsent(START)
            };
            let outcome = match turn % 5 {
                // Dropped without a word.
                0 => continue,
                1 => Settled::Again {
                    due: START,
                    resume: None,
                    unknown_outcomes: 0,
                    failure: failure("not yet"),
                    report,
                },
                2 => Settled::Returned,
                _ => {
                    let key = format!("{connection} {}", String::from_utf8_lossy(&item.event.body));
                    let mut ends = ends.lock().unwrap();
                    ends.entry(key).or_default().push(item.id().0);
                    Settled::delivered(report)
                }
            };
            let lease = item.lease;
            settlements.push(Settlement { lease, outcome });
        }
        if let Err(unsettled) = queue.settle(settlements).await {
            // Everything was delivered, and the queue closed, while this worker had nothing that ends.
            assert!(queue.shared.is_closed(), "{unsettled:?}");
            return;
        }
    }
}

/// Ends when everything was delivered; something that is stuck or missed keeps it from ending.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn everything_is_delivered_once_and_in_order() {
    let bench = Bench::new();
    let events: Vec<Vec<NewEvent>> = (0..EVENTS)
        .collect::<Vec<_>>()
        .chunks(4)
        .map(|numbers| numbers.iter().map(|number| event(&bench, *number)).collect())
        .collect();
    let Bench {
        queue,
        settings,
        _folder,
        ..
    } = bench;
    let queue = Arc::new(queue);
    let ends = Ends::default();
    let mut workers = Vec::new();
    for connection in ["crm", "mail"] {
        for turn in 0..WORKERS {
            workers.push(tokio::spawn(work(
                Arc::clone(&queue),
                connection,
                Arc::clone(&ends),
                turn,
            )));
        }
    }
    for chunk in events {
        queue.append(chunk).await.unwrap();
    }
    while queue.ledger().await.unwrap().total.delivered < 2 * EVENTS as u64 {
        tokio::task::yield_now().await;
    }
    queue.close().await.unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let ends = ends.lock().unwrap();
    assert_eq!(ends.values().map(Vec::len).sum::<usize>(), 2 * EVENTS);
    for (key, ids) in ends.iter() {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len(), "{key:?} was delivered twice: {ids:?}");
        if key.contains("user") {
            assert_eq!(*ids, sorted, "{key:?} was delivered out of order");
        }
    }
    drop(queue);
    let complaints = maintenance::audit::complaints(&file::open_reader(&settings.path).unwrap()).unwrap();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
