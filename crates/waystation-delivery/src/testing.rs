//! What unit tests are made of.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use waystation_client::{Exchanges, Redactor};
use waystation_config::{Config, DeliveryPolicy, Loader, Record};
use waystation_queue::{Accepted, DeliveryId, Lease, LeaseHolder, Leased, LeasedEvent, Millis};
use waystation_runtime::Registry;
use waystation_runtime::retry::{Attempt, Verdict};

use crate::detail::Trail;

/// When the tests take place.
pub(crate) const NOW: Millis = Millis(1_700_000_000_000);

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::new(waystation_destinations::all()).unwrap());

/// The configuration of a text.
pub(crate) fn config(text: &str) -> Config {
    Loader::new(&REGISTRY)
        .parse("waystation.toml", text)
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// A policy with waits of one second to one minute.
pub(crate) fn policy() -> DeliveryPolicy {
    DeliveryPolicy {
        first_return: Duration::from_secs(1),
        longest_return: Duration::from_secs(60),
        ..DeliveryPolicy::default()
    }
}

struct Nobody;

impl LeaseHolder for Nobody {
    fn give_back(&self, _: &str, _: DeliveryId) {}
}

/// A delivery in its first round, with an hour until its horizon.
pub(crate) fn leased(id: u64, subscription: &str, event: &Value) -> Leased {
    Leased {
        lease: Lease::new(
            DeliveryId(id),
            "crm".into(),
            Accepted::default(),
            Arc::new(Nobody),
        ),
        event: Arc::new(LeasedEvent {
            first: DeliveryId(id),
            source: "web".into(),
            message_id: format!("m-{id}"),
            user: None,
            received_at: NOW,
            body: Bytes::from(event.to_string()),
        }),
        subscription: Some(subscription.into()),
        action: None,
        due: NOW,
        horizon: NOW.plus(Duration::from_secs(3_600)),
        attempts: 0,
        first_attempt_at: None,
        rounds: 0,
        unknown_outcomes: 0,
        is_followed: false,
        resume: None,
    }
}

/// An attempt; one that was sent, unless the guards held it back.
pub(crate) fn attempt(was_sent: bool) -> Attempt {
    Attempt {
        number: 1,
        items: 1,
        duration: Duration::from_millis(5),
        sent_after: was_sent.then_some(Duration::ZERO),
        verdict: Verdict::Delivered,
        waited: None,
        gave_up: None,
    }
}

/// A trail of these attempts, which hides the word `hush`.
pub(crate) fn trail(attempts: &[Attempt]) -> Trail {
    let secrets = [waystation_kit::Secret::from("hush-hush-hush".to_owned())];
    let redactor = Redactor::builder().secrets(&secrets).build();
    Trail::new(attempts, &Exchanges::default(), redactor, &Record::default())
}
