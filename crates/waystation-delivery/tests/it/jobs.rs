//! Batches that become jobs at the partner.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use waystation_queue::{Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, identify};

/// A partner whose job runs until it is told to be done; then the second contact is refused.
async fn partner(done: &Arc<AtomicBool>) -> Partner {
    let done = Arc::clone(done);
    Partner::deciding(
        move |_, request| match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/v1/imports") => Reaction::answer(202, json!({"id": "job-1"})),
            ("GET", "/v1/imports/job-1") if done.load(Ordering::Acquire) => Reaction::answer(
                200,
                json!({"id": "job-1", "state": "done", "refused": [{"index": 1, "message": "Too old"}]}),
            ),
            ("GET", "/v1/imports/job-1") => Reaction::answer(200, json!({"id": "job-1", "state": "running"})),
            _ => Reaction::answer(404, json!({})),
        },
    )
    .await
}

fn handed_in(partner: &Partner) -> usize {
    partner
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .count()
}

#[tokio::test]
async fn a_job_is_handed_in_once_though_the_service_restarts() {
    let done = Arc::new(AtomicBool::new(false));
    let partner = partner(&done).await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["u-1", "u-2"].map(identify)).await;
    eventually("the job was asked about", || async {
        partner.requests().iter().any(|request| request.method == "GET")
    })
    .await;
    assert_eq!(bench.tally().await.waiting, 2);

    let bench = bench.restart(&config).await;
    let before = partner.requests().len();
    eventually("it is asked about again", || async {
        partner.requests().len() > before
    })
    .await;
    done.store(true, Ordering::Release);
    bench
        .until("one is delivered and one is dead", |tally| {
            tally.delivered == 1 && tally.dead == 1
        })
        .await;
    assert_eq!(handed_in(&partner), 1);
    let State::Dead { failure, .. } = bench.record("of u-2").await.summary.state else {
        panic!("the second is dead");
    };
    assert_eq!((failure.status, failure.message.as_str()), (Some(400), "Too old"));
}

#[tokio::test]
async fn a_job_that_cannot_be_asked_about_is_not_handed_in_again() {
    let partner = Partner::deciding(|before, request| match (request.method.as_str(), before) {
        ("POST", _) => Reaction::answer(202, json!({"id": "job-1"})),
        (_, ..3) => Reaction::answer(500, json!({})),
        _ => Reaction::answer(200, json!({"id": "job-1", "state": "done"})),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["u-1", "u-2"].map(identify)).await;
    bench.until_delivered(2).await;
    assert_eq!(handed_in(&partner), 1);
}

#[tokio::test]
async fn a_job_that_cannot_be_handed_in_is_handed_in_again() {
    let partner = Partner::deciding(|before, request| match (request.method.as_str(), before) {
        ("POST", 0) => Reaction::answer(503, json!({})),
        ("POST", 1) => Reaction::Reset,
        ("POST", _) => Reaction::answer(202, json!({"id": "job-1"})),
        _ => Reaction::answer(200, json!({"id": "job-1", "state": "done"})),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send([identify("u-1")]).await;
    bench.until_delivered(1).await;
    assert_eq!(handed_in(&partner), 3);
}

#[tokio::test]
async fn a_job_that_failed_is_the_end_of_its_deliveries() {
    let partner = Partner::deciding(|_, request| match request.method.as_str() {
        "POST" => Reaction::answer(202, json!({"id": "job-1"})),
        _ => Reaction::answer(200, json!({"id": "job-1", "state": "failed"})),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["u-1", "u-2"].map(identify)).await;
    bench.until("both are dead", |tally| tally.dead == 2).await;
    let polls = partner
        .requests()
        .iter()
        .filter(|request| request.method == "GET")
        .count();
    assert_eq!(polls, 1, "one question for all deliveries of the job");
}

#[tokio::test]
async fn a_submission_whose_answer_is_not_understood_is_made_once_more_and_then_dies_of_it() {
    let partner = Partner::deciding(|_, _| Reaction::answer(200, json!({"ok": true}))).await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send([identify("u-1")]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    assert_eq!(handed_in(&partner), 2);
    let State::Dead { failure, .. } = bench.record("of u-1").await.summary.state else {
        panic!("it is dead");
    };
    assert_eq!(
        (failure.stage, failure.status),
        (Stage::UnknownOutcome, Some(502))
    );
}

#[tokio::test]
async fn a_question_that_fails_keeps_the_partners_words_and_wait() {
    let partner = Partner::deciding(|_, request| match request.method.as_str() {
        "POST" => Reaction::answer(202, json!({"id": "job-1"})),
        _ => Reaction::with_headers(503, "retry-after: 600\r\n"),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["importContacts"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send([identify("u-1")]).await;
    eventually("the question has failed", || async {
        bench.record("of u-1").await.summary.rounds > 1
    })
    .await;
    let record = bench.record("of u-1").await;
    let State::Waiting { due, .. } = &record.summary.state else {
        panic!("it waits: {record:?}");
    };
    let last = record.history.last().unwrap();
    assert_eq!(
        last.failure.as_ref().and_then(|failure| failure.status),
        Some(503)
    );
    let wait = due.since(last.report.finished_at).as_secs();
    assert!((599..=661).contains(&wait), "{wait} s");
    assert_eq!(handed_in(&partner), 1);
}
