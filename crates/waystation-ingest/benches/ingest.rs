//! What taking events costs, from the request to the acceptor, against what nobody can do without: parsing the same
//! body and writing it again.
//!
//! `cargo bench -p waystation-ingest`; compare the lines in pairs.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has to stop")]

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use waystation_ingest::{Accepted, Acceptor, IngestSettings, Ingested, Refused, SourceRef, router};

fn main() {
    divan::main();
}

struct Forgetful;

#[async_trait]
impl Acceptor for Forgetful {
    fn source(&self, _: &str) -> Option<SourceRef> {
        Some(SourceRef::new("bench"))
    }

    async fn accept(&self, _: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused> {
        assert!(events.iter().all(|event| event.verdict.is_ok()));
        Ok(Accepted {
            kept: black_box(events).len(),
            duplicates: 0,
        })
    }
}

/// The events that all benchmarks of this repository use, of about 1.3 kB each.
fn events() -> Vec<Value> {
    include_str!("../../../tests/bench/events.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn batch(extra: &Value) -> String {
    let mut body =
        json!({"batch": &events()[..100], "sentAt": "2026-11-22T10:00:00.000Z", "writeKey": "key"});
    body.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    body.to_string()
}

fn single() -> String {
    let events = events();
    let track = events.iter().find(|event| event["type"] == "track").unwrap();
    track.to_string()
}

fn rewrite(bencher: Bencher<'_, '_>, body: &str) {
    bencher.counter(BytesCount::of_str(body)).bench(|| {
        let value: Value = serde_json::from_slice(black_box(body.as_bytes())).unwrap();
        serde_json::to_vec(&value).unwrap()
    });
}

fn take(bencher: Bencher<'_, '_>, path: &str, body: &str) {
    let runtime: Runtime = Builder::new_current_thread().build().unwrap();
    let router: Router = router(Arc::new(Forgetful), IngestSettings::default()).into();
    bencher
        .counter(BytesCount::of_str(body))
        .with_inputs(|| {
            let request = Request::post(path).header("authorization", "Basic a2V5Og==");
            (router.clone(), request.body(Body::from(body.to_owned())).unwrap())
        })
        .bench_values(|(router, request)| {
            let answer = runtime.block_on(router.oneshot(request)).unwrap();
            assert!(answer.status().is_success());
        });
}

#[divan::bench]
fn batch_of_100_rewritten(bencher: Bencher<'_, '_>) {
    rewrite(bencher, &batch(&json!({})));
}

#[divan::bench]
fn batch_of_100_taken(bencher: Bencher<'_, '_>) {
    take(bencher, "/v1/batch", &batch(&json!({})));
}

#[divan::bench]
fn batch_of_100_with_context_taken(bencher: Bencher<'_, '_>) {
    let context = json!({"direct": true, "screen": {"width": 1, "height": 2}, "timezone": "Europe/Berlin"});
    take(bencher, "/v1/batch", &batch(&json!({"context": context})));
}

#[divan::bench]
fn single_rewritten(bencher: Bencher<'_, '_>) {
    rewrite(bencher, &single());
}

#[divan::bench]
fn single_taken(bencher: Bencher<'_, '_>) {
    take(bencher, "/v1/track", &single());
}
