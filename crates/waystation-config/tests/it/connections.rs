//! Connections: what of a file becomes of them.

use serde_json::json;
use waystation_kit::PresetTrigger;

use crate::support::{config, connection, registry, with_connection, with_source};

#[test]
fn settings_are_validated_and_coerced() {
    let text = with_connection("")
        .replace("\"site\"", "5")
        .replace("\"key\" }", "\"key\", deduplicateEvents = \"true\" }");
    let connection = &config(&text).connections[0];
    assert_eq!(
        json!(connection.settings.expose()),
        json!({"siteId": "5", "apiKey": "key", "deduplicateEvents": true})
    );
    assert_eq!(&*connection.name, "crm");
    assert!(connection.enabled);
    assert_eq!(connection.destination.definition().slug, "customerio");
}

#[test]
fn sources_are_all_unless_some_are_named() {
    let text = "[sources.phone]\nwrite_keys = [\"p\"]\n[connections.other]\ndestination = \"inspector\"\nsources = [\"phone\", \"phone\"]\nenabled = false\n";
    let config = config(&with_connection(text));
    let sources = |index: usize| {
        config.connections[index]
            .sources
            .iter()
            .map(|name| &**name)
            .collect::<Vec<_>>()
    };
    assert_eq!(sources(0), ["phone", "web"]);
    assert_eq!(sources(1), ["phone"]);
    assert!(!config.connections[1].enabled);
}

#[test]
fn tokens_and_features() {
    let text = "\
sources.web.write_keys = [\"key\"]
[connections.contacts]
destination = \"example\"
settings = { workspace = \"acme\", workspaceKey = \"key\" }
features = [\"faster\"]
[connections.contacts.auth]
access_token = \"a\"
refresh_token = \"r\"
refresh_token_url = \"https://partner.example/token\"
client_id = \"i\"
client_secret = \"s\"
";
    let config = config(text);
    let connection = &config.connections[0];
    assert_eq!(json!(&*connection.features), json!({"faster": true}));
    let auth = &connection.auth;
    let shown = [&auth.access_token, &auth.refresh_token, &auth.client_secret]
        .map(|secret| secret.as_ref().unwrap().expose());
    assert_eq!(shown, ["a", "r", "s"]);
    assert_eq!(
        auth.refresh_token_url.as_deref(),
        Some("https://partner.example/token")
    );
    assert_eq!(auth.client_id.as_deref(), Some("i"));
}

#[test]
fn without_subscriptions_there_are_the_presets() {
    let connection = connection("");
    let presets = &connection.destination.definition().presets;
    assert!(!connection.subscriptions.is_empty());
    assert!(connection.subscriptions.len() <= presets.len());
    for subscription in &connection.subscriptions {
        assert!(subscription.pipeline.filter.is_ok() && subscription.pipeline.pipeline.is_ok());
        assert!(presets.iter().any(|preset| *preset.name == *subscription.name));
    }
}

/// Automatic presets become subscriptions, whose names must not be the same.
#[test]
fn automatic_presets_of_all_destinations_have_names_of_their_own() {
    for destination in registry().iter() {
        let mut names: Vec<&str> = destination
            .definition()
            .presets
            .iter()
            .filter(|preset| matches!(preset.trigger, PresetTrigger::Automatic { .. }))
            .map(|preset| preset.name)
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}", destination.definition().slug);
    }
}

#[test]
fn a_subscription_starts_with_what_the_action_suggests() {
    let connection = connection("subscriptions = [{ action = \"trackEvent\" }]");
    let [subscription] = connection.subscriptions.as_slice() else {
        panic!("{connection:?}");
    };
    let action = connection.destination.action("trackEvent").unwrap();
    let definition = action.definition();
    assert_eq!(&*subscription.name, "trackEvent");
    assert_eq!(
        Some(subscription.pipeline.subscribe.as_str()),
        definition.subscribe
    );
    let mapping = mapping(&connection, 0);
    assert_eq!(
        mapping,
        json!(waystation_kit::payload::default_mapping(&definition.fields))
    );
}

fn mapping(connection: &waystation_config::ConnectionConfig, index: usize) -> serde_json::Value {
    let pipeline = connection.subscriptions[index]
        .pipeline
        .pipeline
        .as_ref()
        .ok()
        .unwrap();
    (**pipeline.source()).clone()
}

#[test]
fn mappings_take_the_place_of_the_default_or_change_it() {
    let text = "\
[[connections.crm.subscriptions]]
name = \"whole\"
action = \"trackEvent\"
subscribe = 'type = \"track\"'
mapping = { name = { \"@path\" = \"$.event\" }, nothing = 1.5 }
[[connections.crm.subscriptions]]
name = \"changed\"
action = \"trackEvent\"
extend_defaults = true
mapping.name = \"Order\"
omit = [\"timestamp\"]
matching_key = \"email\"
[[connections.crm.subscriptions]]
name = \"stored\"
action = \"trackEvent\"
mapping = '{\"name\": {\"@path\": \"$.event\"}, \"data\": null}'
[[connections.crm.subscriptions]]
name = \"off\"
enabled = false
action = \"trackEvent\"
";
    let connection = connection(text);
    let names: Vec<&str> = connection
        .subscriptions
        .iter()
        .map(|subscription| &*subscription.name)
        .collect();
    assert_eq!(names, ["whole", "changed", "stored"]);
    assert_eq!(connection.subscriptions[0].pipeline.subscribe, "type = \"track\"");
    assert_eq!(
        mapping(&connection, 0),
        json!({"name": {"@path": "$.event"}, "nothing": 1.5})
    );
    assert_eq!(
        mapping(&connection, 2),
        json!({"name": {"@path": "$.event"}, "data": null})
    );
    let action = connection.destination.action("trackEvent").unwrap();
    let mut changed = waystation_kit::payload::default_mapping(&action.definition().fields);
    changed
        .shift_remove("timestamp")
        .expect("the default mapping fills the timestamp");
    changed.insert("name".to_owned(), json!("Order"));
    changed.insert("__segment_internal_matching_key".to_owned(), json!("email"));
    assert_eq!(mapping(&connection, 1), json!(changed));
    let pipeline = connection.subscriptions[1]
        .pipeline
        .pipeline
        .as_ref()
        .ok()
        .unwrap();
    assert_eq!(pipeline.matching_key(), Some("email"));
}

#[test]
fn the_smallest_of_all_sizes_counts_for_batches() {
    let size = |rest: &str| connection(rest).subscriptions[0].batch.size;
    let subscription = |mapping: &str| {
        format!(
            "subscriptions = [{{ action = \"trackEvent\", extend_defaults = true, mapping = {{ {mapping} }} }}]"
        )
    };
    let unlimited = size(&subscription(""));
    assert!((2..=1_000).contains(&unlimited), "{unlimited}");
    assert_eq!(size(&format!("delivery.batch.size = 5\n{}", subscription(""))), 5);
    assert_eq!(size(&subscription("batch_size = 7")), 7);
    assert_eq!(size(&subscription("enable_batching = false")), 1);
    let keys = connection(&format!(
        "delivery.batch.keys = [\"a\"]\n{}",
        subscription("batch_keys = [\"b\", \"a\"]")
    ));
    assert_eq!(keys.subscriptions[0].batch.keys, ["b", "a"]);
}

#[test]
fn the_batches_of_an_action_are_its_own_default_unless_the_mapping_changes_them() {
    let batch = |mapping: &str| {
        let text = format!(
            "sources.web.write_keys = [\"k\"]\n[connections.w]\ndestination = \"webhook\"\n\
             subscriptions = [{{ action = \"send\", subscribe = 'type = \"track\"', mapping = {{ {mapping} }} }}]"
        );
        config(&text).connections[0].subscriptions[0].batch.clone()
    };
    let explicit = "url = \"https://receiver.example/in\", method = \"POST\", data = { \"@path\" = \"$.\" }";
    let own = batch(explicit);
    assert_eq!(own.size, 1, "events go out one by one");
    assert_eq!(own.keys, ["url", "method", "headers"]);
    let changed = batch(&format!("{explicit}, batch_size = 50, batch_keys = [\"url\"]"));
    assert_eq!((changed.size, changed.keys), (50, vec!["url".to_owned()]));
}

#[test]
fn an_action_that_takes_no_batches_gets_none() {
    let connection =
        &config("sources.web.write_keys = [\"k\"]\nconnections.i.destination = \"inspector\"").connections[0];
    assert_eq!(connection.subscriptions[0].batch.size, 1);
}

#[test]
fn connections_stand_in_the_order_of_their_names() {
    let text = "[connections.a]\ndestination = \"inspector\"\n";
    let config = config(&with_connection(text));
    let names: Vec<&str> = config
        .connections
        .iter()
        .map(|connection| &*connection.name)
        .collect();
    assert_eq!(names, ["a", "crm"]);
}

#[test]
fn a_way_of_syncing() {
    let text = "\
sources.web.write_keys = [\"key\"]
[connections.example]
destination = \"example\"
settings = { workspace = \"acme\", workspaceKey = \"key\" }
subscriptions = [{ action = \"syncAudience\", sync_mode = \"mirror\" }]
";
    let config = config(text);
    let pipeline = config.connections[0].subscriptions[0]
        .pipeline
        .pipeline
        .as_ref()
        .ok()
        .unwrap();
    assert_eq!(pipeline.sync_mode(), Some(waystation_kit::SyncMode::Mirror));
}

/// An event's receiver may differ from the next one's, whatever the mapping leaves out.
#[test]
fn how_an_action_gathers_survives_a_mapping_that_does_not_say_it() {
    let hook = |mapping: &str| {
        let text = format!(
            "[connections.hook]\ndestination = \"webhook\"\n[[connections.hook.subscriptions]]\naction = \"send\"\n\
             subscribe = 'type = \"track\"'\nmapping = {{ url = \"https://a.example\", method = \"POST\"{mapping} }}\n"
        );
        config(&with_source(&text)).connections[0].subscriptions[0]
            .batch
            .clone()
    };
    let keys = ["url", "method", "headers"];
    let batch = hook("");
    assert_eq!((batch.size, &batch.keys[..]), (1, &keys.map(str::to_owned)[..]));
    let batch = hook(", batch_size = 20");
    assert_eq!((batch.size, &batch.keys[..]), (20, &keys.map(str::to_owned)[..]));
    let batch = hook(", batch_size = 20, batch_keys = [\"url\"]");
    assert_eq!((batch.size, &batch.keys[..]), (20, &["url".to_owned()][..]));
    let batch = hook(", enable_batching = false, batch_size = 20");
    assert_eq!(batch.size, 1);
    // The webhook has no field of that name; it is read all the same, and nothing is told.
    let told = config(&with_source(
        "[connections.hook]\ndestination = \"webhook\"\n[[connections.hook.subscriptions]]\naction = \"send\"\n\
         subscribe = 'type = \"track\"'\nmapping = { url = \"https://a.example\", method = \"POST\", enable_batching = true }\n",
    ));
    assert!(told.warnings.is_empty(), "{}", told.warnings);
}
