use std::process::Command;

use insta::assert_snapshot;
use waystation_author::listing;
use waystation_runtime::LoadedDestination;

use crate::support::{members, shop};

#[test]
fn every_route_is_listed() {
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let routes: Vec<String> = listing::routes(&shop).iter().map(ToString::to_string).collect();
    assert_snapshot!(routes.join("\n"), @r#"
    GET /manifest
    POST /authenticate
    POST /refreshAccessToken
    POST /delete
    POST /createAudience
    POST /getAudience
    POST /placeOrder
    POST /placeOrder/currency
    POST /placeOrder/total
    POST /placeOrder/rows.column
    POST /placeOrder/hooks/onMappingSave
    POST /placeOrder/hooks/onMappingSave/dynamic/currency
    POST /note
    POST /panic
    POST /destinations/shop/actions/placeOrder
    POST /destinations/shop/actions/note
    POST /destinations/shop/actions/panic
    "#);
}

#[test]
fn people_see_the_executing_routes_as_one() {
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let lines = listing::lines(&shop);
    assert_eq!(lines.len(), 15);
    assert_eq!(lines.last().unwrap(), "POST /destinations/shop/actions/{action}");
}

#[test]
fn asynchronous_actions_are_jobs() {
    let members = LoadedDestination::new(members::definition()).unwrap();
    let routes: Vec<String> = listing::routes(&members)
        .iter()
        .map(ToString::to_string)
        .collect();
    let exporting: Vec<&String> = routes.iter().filter(|route| route.contains("export")).collect();
    assert_eq!(
        exporting,
        [
            "POST /destinations/members/actions/export/jobs/{job}",
            "POST /destinations/members/actions/export"
        ]
    );
}

#[test]
fn the_example_survives_a_shell() {
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let example = listing::examples(&shop, "http://127.0.0.1:3000", false)
        .remove(0)
        .command;
    let words = example.replacen("curl", "printf '%s\\n'", 1);
    let printed = Command::new("sh").args(["-c", &words]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let body = printed.lines().last().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["settings"]["apiKey"], "your apiKey");
}

#[test]
fn every_action_has_a_command_with_what_it_needs() {
    let members = LoadedDestination::new(members::definition()).unwrap();
    let examples = listing::examples(&members, "http://127.0.0.1:3000", true);
    let actions: Vec<&str> = examples.iter().map(|example| example.action).collect();
    assert_eq!(actions, ["join", "export"]);
    assert!(
        !examples[0].command.contains("settings"),
        "{}",
        examples[0].command
    );
    assert!(
        examples[1]
            .command
            .contains("/destinations/members/actions/export "),
        "{}",
        examples[1].command
    );
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let order = listing::examples(&shop, "http://127.0.0.1:3000", false)
        .remove(0)
        .command;
    assert!(
        order.contains(r#""settings":{"apiKey":"your apiKey"}"#),
        "{order}"
    );
    assert!(order.contains(r#""type":"track""#), "{order}");
}
