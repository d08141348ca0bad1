//! What the tests stand on: a store in a folder of its own, deliveries from it, and a partner.

mod bench;
mod faulty;
mod partner;

use std::sync::LazyLock;

use serde_json::{Value, json};
use waystation_config::{Config, Loader};
use waystation_json::JsonObject;
use waystation_kit::Destination;
use waystation_queue::Round;
use waystation_runtime::Registry;

pub(crate) use bench::{Bench, eventually};
pub(crate) use faulty::Faulty;
pub(crate) use partner::{Partner, Reaction, Received};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut destinations = waystation_destinations::all();
    destinations.push(Faulty::definition().build());
    Registry::new(destinations).unwrap()
});

/// The configuration of a text.
pub(crate) fn config(text: &str) -> Config {
    Loader::new(&REGISTRY)
        .parse("waystation.toml", text)
        .unwrap_or_else(|faults| panic!("{faults}\n{text}"))
}

/// A source, and requests that go to this partner wherever they want to go.
pub(crate) fn head(partner: &Partner) -> String {
    format!(
        "sources.web.write_keys = [\"key\"]\nnetwork.rewrite = [\"*={}\"]\n",
        partner.origin()
    )
}

/// Attempts that do not wait: one in process, the next through the queue at once.
pub(crate) const HASTY: &str = r#"first_return = "10ms"
retry = { attempts = 1 }
batch = { linger = "50ms" }
breaker = { enabled = false }
hold = { without_hint = "0s" }
"#;

/// A connection to the example whose key is its name, with these actions, and with this in its delivery section.
pub(crate) fn example(name: &str, actions: &[&str], delivery: &str) -> String {
    let subscriptions: String = actions
        .iter()
        .map(|action| {
            format!("[[connections.{name}.subscriptions]]\nname = \"{action}\"\naction = \"{action}\"\n")
        })
        .collect();
    format!(
        "[connections.{name}]\ndestination = \"example\"\n\
         settings = {{ workspace = \"acme\", workspaceKey = \"{name}-key\" }}\n\
         {subscriptions}[connections.{name}.delivery]\n{delivery}\n"
    )
}

/// A track event.
pub(crate) fn track(id: &str) -> Value {
    json!({
        "type": "track", "event": "Order Completed", "messageId": id, "userId": "u-1",
        "timestamp": "2026-01-01T00:00:00.000Z", "properties": {"total": 1}
    })
}

/// An identify event.
pub(crate) fn identify(user: &str) -> Value {
    json!({"type": "identify", "messageId": format!("of {user}"), "userId": user, "traits": {"plan": "pro"}})
}

/// The ids of the events of a request, whether it carries one or a batch.
pub(crate) fn ids(request: &Received) -> Vec<String> {
    let body = request.json();
    let id = |event: &Value| event["id"].as_str().unwrap_or_default().to_owned();
    let lists = ["events", "contacts"]
        .into_iter()
        .find_map(|key| body[key].as_array());
    lists.map_or_else(|| vec![id(&body)], |events| events.iter().map(id).collect())
}

/// What is recorded of a round: what its call has in common with others, and what it has of its own.
pub(crate) fn detail(round: &Round) -> Value {
    let mut detail = json!({});
    for part in [&round.report.call, &round.report.detail].into_iter().flatten() {
        let part: JsonObject = serde_json::from_slice(part).unwrap();
        detail.as_object_mut().unwrap().extend(part);
    }
    detail
}
