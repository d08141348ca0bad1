//! What becomes of events when they are accepted.

use serde_json::json;

use super::*;
use crate::testing::{NOW, config};

const TEXT: &str = r#"
[sources.web]
write_keys = ["key-1", "key-2"]
[sources.app]
write_keys = ["key-3"]
[sources.old]
enabled = false
write_keys = ["key-4"]

[connections.crm]
destination = "example"
sources = ["web"]
settings = { workspace = "acme", workspaceKey = "key" }
[[connections.crm.subscriptions]]
name = "all"
action = "trackEvent"
[[connections.crm.subscriptions]]
name = "orders"
action = "trackEvent"
subscribe = 'event = "Order Completed"'
[[connections.crm.subscriptions]]
name = "people"
action = "upsertContact"
[connections.crm.delivery]
horizon = "2h"
ordering = "user"

[connections.off]
enabled = false
destination = "inspector"
sources = ["web"]

[connections.see]
destination = "inspector"
sources = ["web"]
"#;

const ARRIVAL: Arrival<'_> = Arrival {
    received_at: NOW,
    user: Some("u-1"),
};

/// Connection, subscription and action of each delivery of the source `web`.
fn deliveries(event: &Value) -> Vec<NewDelivery> {
    Routing::new(&config(TEXT)).deliveries("web", event, ARRIVAL)
}

fn of<'d>(deliveries: &'d [NewDelivery], connection: &str) -> Vec<&'d NewDelivery> {
    let is_of = |delivery: &&NewDelivery| delivery.connection.as_deref() == Some(connection);
    deliveries.iter().filter(is_of).collect()
}

#[test]
fn each_subscription_that_matches_is_a_delivery() {
    let deliveries = deliveries(&json!({"type": "track", "event": "Order Completed"}));
    let named = |delivery: &&NewDelivery| {
        let text = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
        (text(&delivery.subscription), text(&delivery.action))
    };
    let crm: Vec<_> = of(&deliveries, "crm").iter().map(named).collect();
    let expected = [("all", "trackEvent"), ("orders", "trackEvent")];
    assert_eq!(
        crm,
        expected.map(|(name, action)| (name.to_owned(), action.to_owned()))
    );
    assert_eq!(of(&deliveries, "see").len(), 1);
}

#[test]
fn a_delivery_is_due_at_once_and_until_its_horizon() {
    let deliveries = deliveries(&json!({"type": "identify"}));
    let crm = of(&deliveries, "crm");
    assert_eq!(crm.len(), 1);
    assert_eq!(
        crm[0].fate,
        Fate::Waiting {
            due: NOW,
            horizon: NOW.plus(std::time::Duration::from_secs(7_200)),
        }
    );
}

#[test]
fn only_connections_that_ask_for_it_keep_the_order_of_a_user() {
    let deliveries = deliveries(&json!({"type": "identify"}));
    assert_eq!(of(&deliveries, "crm")[0].order.as_deref(), Some("u-1"));
    assert_eq!(of(&deliveries, "see")[0].order, None);
}

#[test]
fn a_connection_that_is_switched_off_skips() {
    let deliveries = deliveries(&json!({"type": "track", "event": "x"}));
    let off = of(&deliveries, "off");
    assert_eq!(off.len(), 1);
    let rule = SkipRule::ConnectionDisabled;
    assert_eq!(off[0].fate, Fate::Skipped { rule });
}

#[test]
fn a_connection_without_a_subscription_for_the_event_skips() {
    let deliveries = deliveries(&json!({"type": "group"}));
    let crm = of(&deliveries, "crm");
    assert_eq!(crm.len(), 1);
    let rule = SkipRule::NoSubscriptionMatched;
    assert_eq!(
        (&crm[0].fate, &crm[0].subscription),
        (&Fate::Skipped { rule }, &None)
    );
}

#[test]
fn what_an_event_forbids_is_skipped_visibly_for_each_connection() {
    let event = json!({
        "type": "track", "event": "Order Completed",
        "integrations": {"All": false, "Inspector": {"answer": "any"}}
    });
    let deliveries = deliveries(&event);
    let rule = SkipRule::Integrations;
    let crm = of(&deliveries, "crm");
    assert_eq!((crm.len(), &crm[0].fate), (1, &Fate::Skipped { rule }));
    let see = of(&deliveries, "see");
    assert!(matches!(see[0].fate, Fate::Waiting { .. }), "{see:?}");
    // A connection that is off says so first: it would not deliver whatever the event allows.
    let rule = SkipRule::ConnectionDisabled;
    assert_eq!(of(&deliveries, "off")[0].fate, Fate::Skipped { rule });
}

#[test]
fn a_source_without_connections_skips() {
    let routing = Routing::new(&config(TEXT));
    for source in ["app", "unknown"] {
        let deliveries = routing.deliveries(source, &json!({"type": "track"}), ARRIVAL);
        let rule = SkipRule::NoConnection;
        assert_eq!(deliveries.len(), 1, "{source}");
        assert_eq!(
            (&deliveries[0].fate, &deliveries[0].connection),
            (&Fate::Skipped { rule }, &None)
        );
    }
}

#[test]
fn sources_are_known_by_each_of_their_keys_unless_they_are_switched_off() {
    let routing = Routing::new(&config(TEXT));
    let name = |key: &str| routing.source(key).map(|source| source.name.to_string());
    assert_eq!(name("key-1").as_deref(), Some("web"));
    assert_eq!(name("key-2").as_deref(), Some("web"));
    assert_eq!(name("key-3").as_deref(), Some("app"));
    assert_eq!(name("key-4"), None);
    assert_eq!(name("key-5"), None);
}

const IN_ORDER: &str = r#"
sources.web.write_keys = ["key"]
[connections.crm]
destination = "hubspot"
[[connections.crm.subscriptions]]
name = "company"
action = "upsertCompany"
subscribe = 'type = "group"'
[[connections.crm.subscriptions]]
name = "contact"
action = "upsertContact"
subscribe = 'type = "group" or type = "identify"'
"#;

#[test]
fn an_action_that_builds_on_another_waits_for_it() {
    let routing = Routing::new(&config(IN_ORDER));
    let keys = |kind: &str, id: &str| {
        let event = json!({"type": kind, "messageId": id});
        let deliveries = routing.deliveries("web", &event, ARRIVAL).into_iter();
        let keys = deliveries.map(|delivery| (delivery.subscription.unwrap().to_string(), delivery.order));
        keys.collect::<Vec<_>>()
    };
    let both = keys("group", "m-1");
    let names: Vec<&str> = both.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["contact", "company"]);
    assert!(both[0].1.is_some() && both[0].1 == both[1].1, "{both:?}");
    assert_ne!(keys("group", "m-2")[0].1, both[0].1, "other events do not wait");
    assert_eq!(keys("identify", "m-3"), [("contact".to_owned(), None)]);
}
