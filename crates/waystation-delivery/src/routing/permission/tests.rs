//! Where events must not go.

use serde_json::json;

use super::*;
use crate::testing::config;

const TEXT: &str = r#"
sources.web.write_keys = ["key"]

[connections.crm]
destination = "customerio"
settings = { siteId = "site", apiKey = "key" }
consent = ["Advertising", "Email"]

[connections.hook]
destination = "webhook"
"#;

/// The rules by which the event does not go to the CRM and to the webhook.
fn refusals(event: &Value) -> [Option<SkipRule>; 2] {
    let config = config(TEXT);
    let permission = Permission::of(event);
    [0, 1].map(|index| permission.refusal(&Subject::of(&config.connections[index])))
}

fn crm_integrates(integrations: &Value) -> bool {
    refusals(&json!({"integrations": integrations}))[0].is_none()
}

#[test]
fn an_event_that_says_nothing_goes_everywhere() {
    for event in [
        json!({}),
        json!({"integrations": {}}),
        json!({"integrations": null}),
        json!({"integrations": {"All": true}}),
        json!({"integrations": {"All": null, "Customer.io": null}}),
        json!({"integrations": {"Mixpanel": false, "Segment.io": {"apiKey": "k"}}}),
        json!({"integrations": ["Customer.io"]}),
    ] {
        assert_eq!(refusals(&event), [None, None], "{event}");
    }
}

#[test]
fn all_means_every_destination() {
    let refused = Some(SkipRule::Integrations);
    for all in [
        json!({"All": false}),
        json!({"all": false}),
        json!({"ALL": "false"}),
    ] {
        assert_eq!(refusals(&json!({"integrations": all})), [refused; 2], "{all}");
    }
}

#[test]
fn a_destination_is_known_by_each_of_its_names_in_any_case() {
    for name in [
        "Customer.io",
        "customer.io",
        "customerio",
        "Customer.io (Actions)",
        "Customer.io Actions",
        "Actions Customerio",
        "actions-customerio",
        "CRM",
    ] {
        assert!(!crm_integrates(&json!({name: false})), "{name}");
        assert!(crm_integrates(&json!({"All": false, name: true})), "{name}");
        assert!(
            crm_integrates(&json!({"All": false, name: {"option": 1}})),
            "{name}"
        );
        assert!(crm_integrates(&json!({"All": false, name: {}})), "{name}");
    }
    for name in ["Customer", "Customer.io Data Pipelines", "Webhook", "Actions", ""] {
        assert!(crm_integrates(&json!({name: false})), "{name}");
    }
    let webhooks = json!({"integrations": {"Webhooks (Actions)": false}});
    assert_eq!(refusals(&webhooks), [None, Some(SkipRule::Integrations)]);
}

#[test]
fn the_name_of_a_destination_is_narrower_than_all() {
    assert!(!crm_integrates(&json!({"Customer.io": false, "All": true})));
    assert!(crm_integrates(&json!({"Customer.io": true, "All": false})));
    assert!(!crm_integrates(&json!({"Customer.io": null, "All": false})));
    // Two names for one destination that contradict each other.
    assert!(!crm_integrates(
        &json!({"Customer.io": true, "customerio": false})
    ));
}

/// The CRM needs consent to both of its categories, the webhook to none.
#[test]
fn consent_is_needed_for_every_category_of_the_connection() {
    let refused = [Some(SkipRule::Consent), None];
    for (preferences, expected) in [
        (
            json!({"Advertising": true, "Email": true, "Analytics": false}),
            [None; 2],
        ),
        (json!({"Advertising": true, "Email": false}), refused),
        (json!({"Advertising": true}), refused),
        (json!({"advertising": true, "email": true}), refused),
        (json!({"Advertising": "true", "Email": 1}), refused),
        (json!({}), refused),
        (json!("all"), refused),
    ] {
        let event = json!({"context": {"consent": {"categoryPreferences": preferences}}});
        assert_eq!(refusals(&event), expected, "{event}");
    }
}

#[test]
fn events_without_consent_object_flow_as_at_segment() {
    for context in [json!({}), json!({"consent": null}), json!({"consent": {}})] {
        assert_eq!(refusals(&json!({"context": context})), [None; 2], "{context}");
    }
    // Segment's table: an empty consent object beside an integrations object is a refusal.
    let event = json!({"context": {"consent": {}}, "integrations": {"Customer.io": true}});
    assert_eq!(refusals(&event), [Some(SkipRule::Consent), None]);
}

#[test]
fn consent_comes_before_integrations() {
    let event = json!({
        "context": {"consent": {"categoryPreferences": {}}},
        "integrations": {"All": false}
    });
    assert_eq!(
        refusals(&event),
        [Some(SkipRule::Consent), Some(SkipRule::Integrations)]
    );
}
