//! The tests of a crate.

use std::fmt::Write as _;

use waystation_check::Finding;
use waystation_kit::auth::Scheme;

use super::action::type_name;
use super::{CrateNames, SourceFile};
use crate::blueprint::{Action, Blueprint, Body};

pub(crate) fn files(blueprint: &Blueprint, names: &CrateNames) -> Vec<SourceFile> {
    let posting: Vec<(&Action, &str)> = blueprint
        .actions
        .iter()
        .filter_map(|action| match &action.body {
            Body::Post(path) => Some((action, path.as_str())),
            Body::Unwritten => None,
        })
        .collect();
    let delivering = if posting.is_empty() {
        ""
    } else {
        "#[cfg(test)]\nmod delivering;\n"
    };
    let main = format!(
        "//! {} against a scripted partner.\n\n#[cfg(test)]\nmod connecting;\n{delivering}",
        names.partner
    );
    let mut files = vec![
        SourceFile::new("tests/api/main.rs", main),
        SourceFile::new("tests/api/connecting.rs", connecting(blueprint, names)),
    ];
    if !posting.is_empty() {
        files.push(SourceFile::new(
            "tests/api/delivering.rs",
            delivering_tests(blueprint, names, &posting),
        ));
    }
    files
}

fn connecting(blueprint: &Blueprint, names: &CrateNames) -> String {
    let (library, destination) = (&names.library, &names.destination);
    let findings = blueprint.findings();
    let mut text = "//! The definition, and connecting.\n\n".to_owned();
    if findings.is_empty() {
        let _ = write!(
            text,
            "use {library}::{destination};\n\n#[test]\nfn the_definition_holds_together() {{\n    \
             waystation_testkit::check::<{destination}>();\n}}\n"
        );
        return text;
    }
    let exceptions: Vec<String> = findings.iter().map(exception).collect();
    let _ = write!(
        text,
        "use {library}::{destination};\nuse waystation_testkit::{{Rule, check_except}};\n\n\
         /// The platform's definition of this destination has what our rules do not want; it is kept as it is.\n\
         #[test]\nfn the_definition_holds_together() {{\n    check_except::<{destination}>(&[\n{}\n    ]);\n}}\n",
        exceptions.join("\n")
    );
    text
}

fn exception(finding: &Finding) -> String {
    format!(
        "(Rule::{:?}, {}),",
        finding.rule,
        super::literal::text(&finding.place)
    )
}

fn delivering_tests(blueprint: &Blueprint, names: &CrateNames, posting: &[(&Action, &str)]) -> String {
    let (library, destination, slug) = (&names.library, &names.destination, &blueprint.slug);
    let mut types: Vec<String> = posting.iter().map(|(action, _)| type_name(action)).collect();
    types.sort();
    let scheme = blueprint.authentication.as_ref().map(|known| known.scheme);
    let (settings, tokens) = match scheme {
        Some(Scheme::OAuth2 | Scheme::OAuthManaged) => ("json!({})", ".tokens(\"access-1\", \"refresh-1\")"),
        Some(Scheme::Basic) => (r#"json!({"username": "ada", "password": "secret-1"})"#, ""),
        _ => (r#"json!({"apiKey": "key-1"})"#, ""),
    };
    let mut text = format!(
        "//! Events on their way to the partner.\n\nuse serde_json::json;\nuse {library}::{destination};\n\
         use {library}::actions::{{{}}};\nuse waystation_testkit::{{Event, Harness, Partner}};\n\n\
         fn connected(partner: &Partner) -> Harness<{destination}> {{\n    Harness::new(partner, {settings}){tokens}\n}}\n",
        types.join(", ")
    );
    for (action, path) in posting {
        let (action_type, name) = (type_name(action), crate::names::snake(&action.slug));
        let _ = write!(
            text,
            r#"
#[tokio::test]
async fn {name}_posts_what_a_person_did() {{
    let partner = Partner::start().await;
    partner.answers(200, json!({{"ok": true}}));

    let event = Event::track("Order Completed").user_id("u-1").property("total", 12.5);
    let outcome = connected(&partner).run::<{action_type}>(event).await;

    assert_eq!(outcome.assert_delivered(), json!({{"ok": true}}));
    let request = partner.assert_sent_once();
    assert_eq!(request.url.as_str(), "https://api.{slug}.example{path}");
    assert_eq!(request.json(), json!({{"userId": "u-1", "event": "Order Completed", "properties": {{"total": 12.5}}}}));
}}

#[tokio::test]
async fn {name}_fails_for_the_items_that_are_rejected() {{
    let partner = Partner::start().await;
    partner.answers(200, json!({{"rejected": [{{"index": 1, "reason": "no such person"}}]}}));

    let events = [Event::track("A").user_id("u-1"), Event::track("B").user_id("u-2")];
    let outcome = connected(&partner).run_batch::<{action_type}>(events).await;

    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(error.message, "no such person");
}}
"#
        );
    }
    text
}
