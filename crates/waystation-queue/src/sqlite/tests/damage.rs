//! Stores with pages that are really damaged: checked, repaired, and used as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::error::OpenError;
use crate::outcome::OutcomeKind;
use crate::record::{RecordFilter, Selection};
use maintenance::{Checked, Finding, RepairError, Repaired, check, repair};

const PAGE: usize = 4096;

/// A closed store with 60 events: those of `crm` wait, those of `dead` are dead letters, those of `done` were delivered
/// with a warning, which can be found in the file.
async fn store() -> Bench {
    let bench = Bench::new();
    for id in 0..20 {
        for connection in ["crm", "dead", "done"] {
            let mut event = bench.event(&format!("{connection}-{id}"), connection);
            event.body = Bytes::from(format!("needle-{connection}-{id}-{}", "x".repeat(700)));
            bench.append(event).await;
        }
    }
    for leased in bench.lease("dead").await {
        let outcome = Settled::Dead {
            failure: failure("no such customer"),
            report: bench.report(400),
        };
        bench.settle(leased, outcome).await;
    }
    for leased in bench.lease("done").await {
        let outcome = Settled::Delivered {
            warning: Some(format!(
                "warning of {}, {}",
                leased.event.message_id,
                "y".repeat(300)
            )),
            notes: None,
            report: bench.report(200),
        };
        bench.settle(leased, outcome).await;
    }
    bench.queue.keep("token", b"kept".to_vec()).await.unwrap();
    bench.queue.close().await.unwrap();
    bench
}

/// Overwrites the page that holds this text, as a disk does that lies.
fn damage(path: &Path, text: &str) {
    let mut bytes = std::fs::read(path).unwrap();
    let text = text.as_bytes();
    let place = bytes.windows(text.len()).position(|window| window == text);
    let page = place.expect("the text is in the file") / PAGE * PAGE;
    bytes[page..page + PAGE].fill(0xA5);
    std::fs::write(path, bytes).unwrap();
}

fn rows(checked: &Checked) -> BTreeMap<&str, u64> {
    checked
        .tables
        .iter()
        .map(|table| (table.name, table.rows))
        .collect()
}

fn renewed(repaired: Repaired) -> (BTreeMap<&'static str, (u64, u64)>, u64, PathBuf, String) {
    let Repaired::Renewed {
        tables,
        revived,
        old,
        list,
    } = repaired
    else {
        panic!("it was damaged");
    };
    let tables = tables.iter().map(|table| (table.name, (table.kept, table.lost)));
    (
        tables.collect(),
        revived,
        old,
        std::fs::read_to_string(list).unwrap(),
    )
}

#[tokio::test]
async fn a_sound_store_is_found_to_be_sound_and_left_alone() {
    let bench = store().await;
    let before = std::fs::read(&bench.settings.path).unwrap();
    let checked = check(&bench.settings.path).unwrap();
    assert!(checked.is_sound(), "{checked:#?}");
    assert_eq!((rows(&checked)["events"], rows(&checked)["deliveries"]), (60, 60));
    assert_eq!(repair(&bench.settings.path).unwrap(), Repaired::WasSound);
    assert_eq!(std::fs::read(&bench.settings.path).unwrap(), before);
    // Nothing was made beside it.
    assert!(!bench.settings.path.with_extension("db-wal").exists());
}

#[tokio::test]
async fn a_store_in_use_is_checked_and_not_repaired() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let checked = check(&bench.settings.path).unwrap();
    assert!(checked.is_sound(), "{checked:#?}");
    assert_eq!(rows(&checked)["events"], 1);
    let error = repair(&bench.settings.path).unwrap_err();
    assert!(
        matches!(error, RepairError::Open(OpenError::InUse { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_found_and_the_rest_is_saved() {
    let mut bench = store().await;
    let path = bench.settings.path.clone();
    damage(&path, "needle-crm-10-");
    let damaged = std::fs::read(&path).unwrap();
    let checked = check(&path).unwrap();
    let unreadable = |finding: &Finding| matches!(finding, Finding::Unreadable { table: "events", .. });
    assert!(checked.findings.iter().any(unreadable), "{checked:#?}");
    let structure = |finding: &Finding| matches!(finding, Finding::Structure { .. });
    assert!(checked.findings.iter().any(structure), "{checked:#?}");
    let readable = rows(&checked)["events"];
    // Four or five events are on a page.
    assert!((54..60).contains(&readable), "{readable}");
    assert_eq!(std::fs::read(&path).unwrap(), damaged);

    let (tables, revived, old, list) = renewed(repair(&path).unwrap());
    assert_eq!(tables["events"], (readable, 60 - readable));
    assert_eq!(tables["deliveries"], (readable, 60 - readable));
    assert_eq!(revived, 0);
    assert_eq!(std::fs::read(&old).unwrap(), damaged);
    assert!(list.contains("delivery 31 to crm, waiting"), "{list}");
    assert_eq!(list.matches("its event").count() as u64, 60 - readable, "{list}");

    bench.reopen();
    bench.audit();
    let total = bench.queue.ledger().await.unwrap().total;
    assert!(total.balances() && total.accepted == readable, "{total:?}");
    assert_eq!(bench.due_ids("crm").await.len() as u64, total.waiting);
    assert_eq!(
        bench.queue.kept("token").await.unwrap().as_deref(),
        Some(&b"kept"[..])
    );
    // Numbers go on.
    let next = bench.append(bench.event("new", "crm")).await;
    assert_eq!(next, DeliveryId(61));
}

#[tokio::test]
async fn events_that_lost_their_deliveries_are_dead_letters_that_can_be_looked_at() {
    let mut bench = store().await;
    let path = bench.settings.path.clone();
    damage(&path, "warning of done-10,");
    let checked = check(&path).unwrap();
    let readable = rows(&checked)["deliveries"];
    assert!(readable < 60, "{checked:#?}");
    let (tables, revived, _, list) = renewed(repair(&path).unwrap());
    assert_eq!((tables["events"], revived), ((60, 0), 60 - readable));
    assert_eq!(tables["deliveries"], (60, 60 - readable));
    assert!(list.contains("deliveries: "), "{list}");
    bench.reopen();
    bench.audit();
    let page = bench.queue.records(RecordQuery {
        filter: RecordFilter {
            outcome: Some(OutcomeKind::Dead),
            error_type: Some("STORE_DAMAGED".to_owned()),
            ..RecordFilter::default()
        },
        limit: 100,
        ..RecordQuery::default()
    });
    let page = page.await.unwrap();
    assert_eq!(page.items.len() as u64, revived);
    let record = bench.queue.record(page.items[0].id).await.unwrap().unwrap();
    assert!(record.body.starts_with(b"needle-"));
}

#[tokio::test]
async fn damaged_rows_are_set_aside_while_it_runs_and_the_others_are_delivered() {
    let mut bench = store().await;
    damage(&bench.settings.path, "needle-crm-10-");
    let readable = {
        let checked = check(&bench.settings.path).unwrap();
        checked
            .tables
            .iter()
            .find(|table| table.name == "events")
            .unwrap()
            .rows
    };
    bench.reopen();
    // Events are taken, and what can be read is leased.
    bench.append(bench.event("new", "crm")).await;
    let mut leased = Vec::new();
    loop {
        let more = bench.lease("crm").await;
        if more.is_empty() {
            break;
        }
        leased.extend(more);
    }
    assert!((15..21).contains(&leased.len()), "{}", leased.len());
    let ids: Vec<_> = leased.iter().map(|leased| leased.id().0).collect();
    assert!(
        ids.contains(&1) && ids.contains(&58) && ids.contains(&61),
        "{ids:?}"
    );
    for leased in leased {
        bench.settle(leased, Settled::delivered(bench.report(200))).await;
    }
    let set_aside = bench.queue.occupancy().await.unwrap().unreadable;
    assert!(set_aside > 0 && set_aside <= 60 - readable, "{set_aside}");
    let error = bench.queue.ready().await.unwrap_err().to_string();
    assert!(error.contains("damaged"), "{error}");
}

#[tokio::test]
async fn damage_that_a_search_meets_is_counted_and_told() {
    let mut bench = store().await;
    damage(&bench.settings.path, "needle-done-10-");
    bench.reopen();
    let query = RecordQuery {
        limit: 1000,
        ..RecordQuery::default()
    };
    let error = bench.queue.records(query).await.unwrap_err();
    assert!(error.to_string().contains("malformed"), "{error}");
    let errors = bench.queue.activity().errors;
    let damaged = errors.iter().find(|(kind, _)| *kind == crate::ErrorKind::Damaged);
    assert_eq!(damaged.map(|(_, count)| *count), Some(1));
    assert!(
        bench
            .queue
            .ready()
            .await
            .unwrap_err()
            .to_string()
            .contains("damaged")
    );
    // A purge of what is well goes on.
    assert_eq!(bench.queue.purge(Selection::One(DeliveryId(2))).await, Ok(1));
}

#[tokio::test]
async fn what_is_no_store_is_not_checked_and_not_repaired() {
    let bench = store().await;
    let path = &bench.settings.path;
    let missing = path.with_extension("other");
    let error = check(&missing).unwrap_err().to_string();
    assert!(error.contains("there is no store"), "{error}");
    let mut bytes = std::fs::read(path).unwrap();
    bytes[..100].fill(0);
    std::fs::write(path, &bytes).unwrap();
    let error = repair(path).unwrap_err().to_string();
    assert!(error.contains("its first page is damaged"), "{error}");
    assert_eq!(std::fs::read(path).unwrap(), bytes);
}

#[tokio::test]
async fn a_log_that_a_reader_keeps_from_being_used_again_is_bounded_and_told() {
    let bench = Bench::with(|settings| settings.max_bytes = 4 << 20);
    bench.append(bench.event("first", "crm")).await;
    let reader = bench.shell();
    let held = reader.unchecked_transaction().unwrap();
    held.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0))
        .unwrap();
    let mut refused = None;
    for id in 0..2_000 {
        let event = NewEvent {
            body: vec![b'x'; 8 << 10].into(),
            ..bench.event(&format!("m{id}"), "crm")
        };
        // What is delivered makes room in the file, and not in the log.
        match bench.queue.append(vec![event]).await {
            Ok(_) => {
                for leased in bench.lease("crm").await {
                    bench.settle(leased, Settled::delivered(bench.report(200))).await;
                }
            }
            Err(error) => {
                refused = Some(error.to_string());
                break;
            }
        }
    }
    let refused = refused.expect("the log is bounded");
    assert!(refused.contains("another process keeps reading"), "{refused}");
    let occupancy = bench.queue.occupancy().await.unwrap();
    assert!(occupancy.log <= 2 * bench.settings.max_bytes, "{occupancy:?}");
    let error = bench.queue.ready().await.unwrap_err().to_string();
    assert!(error.contains("write-ahead log has grown"), "{error}");
    // It recovers when the reader has gone.
    drop(held);
    drop(reader);
    while let Err(error) = bench.queue.append(vec![bench.event("last", "crm")]).await {
        assert!(
            error.to_string().contains("another process keeps reading"),
            "{error}"
        );
    }
    bench.queue.ready().await.unwrap();
}
