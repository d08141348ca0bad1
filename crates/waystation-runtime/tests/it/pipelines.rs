//! The memory for compiled mappings.

use std::sync::{Arc, Barrier};

use serde_json::{Value, json};
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::{LoadedDestination, Pipeline, PipelineCache};

use crate::support::shop;

fn order() -> (LoadedDestination, Arc<LoadedAction>) {
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let action = Arc::clone(shop.action("order").unwrap());
    (shop, action)
}

fn mapping(number: usize, bytes: usize) -> Value {
    json!({"id": {"@path": "$.id"}, "padding": format!("{number:0bytes$}")})
}

#[test]
fn a_mapping_is_compiled_once_however_many_ask_for_it_at_once() {
    let (shop, action) = order();
    for round in 0..20 {
        let cache = PipelineCache::default();
        let mapping = mapping(round, 10_000);
        let barrier = Barrier::new(4);
        let compiled: Vec<Arc<Pipeline>> = std::thread::scope(|scope| {
            let get = || {
                barrier.wait();
                cache.get(&shop, &action, &mapping).unwrap()
            };
            let callers: Vec<_> = (0..4).map(|_| scope.spawn(get)).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        assert!(
            compiled
                .iter()
                .all(|pipeline| Arc::ptr_eq(pipeline, &compiled[0]))
        );
    }
}

#[test]
fn what_is_remembered_is_bounded_in_bytes() {
    let (shop, action) = order();
    let cache = PipelineCache::with_capacity(10_000);
    for number in 0..50 {
        cache.get(&shop, &action, &mapping(number, 1_000)).unwrap();
    }
    let remembered = cache.remembered_bytes();
    assert!((1_000..=10_000).contains(&remembered), "{remembered}");
}

#[test]
fn a_mapping_that_is_larger_than_the_memory_is_compiled_for_each_call() {
    let (shop, action) = order();
    let cache = PipelineCache::with_capacity(10_000);
    let huge = mapping(0, 20_000);
    let first = cache.get(&shop, &action, &huge).unwrap();
    assert_eq!(cache.remembered_bytes(), 0);
    let second = cache.get(&shop, &action, &huge).unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
}

#[test]
fn a_mapping_with_faults_is_refused_each_time_it_is_asked_for() {
    let (shop, action) = order();
    let cache = PipelineCache::default();
    for _ in 0..2 {
        assert!(
            cache
                .get(&shop, &action, &json!({"id": {"@nothing": 1}}))
                .is_err()
        );
    }
}
