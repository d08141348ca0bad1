//! Acme against a scripted partner.

use acme_waystation::{Acme, TrackEvent};
use serde_json::json;
use waystation_testkit::{Event, Harness, Partner};

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<Acme>();
}

#[tokio::test]
async fn an_event_reaches_acme() {
    let partner = Partner::start().await;
    partner.answers(200, json!({"ok": true}));
    let harness = Harness::<Acme>::new(&partner, json!({"apiKey": "key-1"}));

    let outcome = harness.run::<TrackEvent>(Event::track("Signed Up").user_id("u-1")).await;

    assert_eq!(outcome.assert_delivered(), json!({"ok": true}));
    assert_eq!(partner.assert_sent_once().json(), json!({"user": "u-1", "name": "Signed Up"}));
}
