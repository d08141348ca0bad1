//! The whole way of an event, from the bytes that come in to the bytes that go out.
//!
//! `delivery` parses a track event, asks the subscription, resolves the default mapping of Customer.io's
//! `trackEvent`, cleans and validates the payload, gives it its type, builds the operation and serialises the
//! request, through the real tower stack; only the wire is missing. `pipeline` stops at the validated payload.
//! `parse_and_serialise` is what serde_json needs for the same events, the yardstick: read the figures as
//! ratios. Run with `cargo bench -p waystation-tests`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot run has to stop"
)]

use std::hint::black_box;
use std::sync::Arc;

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::payload::default_mapping;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_runtime::entries::event::deliver_event;
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::{CallOptions, Connection, LoadedDestination, Registry, SubscriptionSettings};

fn main() {
    divan::main();
}

/// The track events of the benchmark's input.
fn track_events() -> Vec<Vec<u8>> {
    let events: Vec<Vec<u8>> = include_bytes!("../bench/events.jsonl")
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(br#"{"type":"track""#))
        .map(<[u8]>::to_vec)
        .collect();
    assert!(!events.is_empty(), "the input has no track event");
    events
}

/// A partner that takes everything at once.
#[derive(Debug)]
struct Sink;

impl Transport for Sink {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let url = request.url.clone();
        black_box(request.body);
        let answer = Answer {
            status: 200,
            reason: None,
            headers: http::HeaderMap::new(),
            url,
            body: Bytes::new(),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

struct Setup {
    connection: Connection,
    subscription: Arc<SubscribedPipeline>,
    options: CallOptions,
    executor: Runtime,
}

fn customerio() -> Arc<LoadedDestination> {
    let registry = Registry::new(waystation_destinations::all()).expect("the definitions are valid");
    Arc::clone(registry.get("customerio").expect("customerio is compiled in"))
}

fn setup() -> Setup {
    let destination = customerio();
    let action = destination.action("trackEvent").unwrap().definition();
    let subscription = SubscriptionSettings {
        subscribe: action.subscribe.map(str::to_owned),
        action: action.slug.to_owned(),
        mapping: Value::Object(default_mapping(&action.fields)),
        ..SubscriptionSettings::default()
    };
    let subscription = Arc::new(SubscribedPipeline::compile(&destination, subscription));
    let settings = json!({"siteId": "site", "apiKey": "key"});
    let connection = Connection::open_in_memory(destination, settings.as_object().unwrap().clone()).unwrap();
    Setup {
        connection,
        subscription,
        options: CallOptions::new(Arc::new(Sink)),
        executor: tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap(),
    }
}

#[divan::bench]
fn parse_and_serialise(bencher: Bencher<'_, '_>) {
    let events = track_events();
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        for event in &events {
            let event: Value = serde_json::from_slice(event).unwrap();
            black_box(serde_json::to_vec(&event).unwrap());
        }
    });
}

#[divan::bench]
fn pipeline(bencher: Bencher<'_, '_>) {
    let events = track_events();
    let setup = setup();
    let (Ok(filter), Ok(pipeline)) = (&setup.subscription.filter, &setup.subscription.pipeline) else {
        panic!("the defaults of trackEvent compile")
    };
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        for event in &events {
            let event: Value = serde_json::from_slice(event).unwrap();
            if filter.matches(&event) {
                black_box(pipeline.payload(&event).unwrap());
            }
        }
    });
}

#[divan::bench]
fn delivery(bencher: Bencher<'_, '_>) {
    let events = track_events();
    let setup = setup();
    let subscriptions = [Arc::clone(&setup.subscription)];
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        setup.executor.block_on(async {
            for event in &events {
                let event: Arc<Value> = Arc::new(serde_json::from_slice(event).unwrap());
                let reports = deliver_event(&setup.connection, &subscriptions, &event, &setup.options).await;
                assert!(
                    reports.iter().all(|report| report.result.is_ok()),
                    "an event was not delivered"
                );
            }
        });
    });
}
