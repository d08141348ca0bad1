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
    POST /placeOrder/rows
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
fn asynchronous_actions_are_not() {
    let members = LoadedDestination::new(members::definition()).unwrap();
    let routes: Vec<String> = listing::routes(&members)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(!routes.iter().any(|route| route.contains("export")), "{routes:?}");
}

#[test]
fn the_example_survives_a_shell() {
    let shop = LoadedDestination::new(shop::definition()).unwrap();
    let example = listing::example(&shop, "http://127.0.0.1:3000").unwrap();
    assert_snapshot!(example, @r#"
    curl -sS http://127.0.0.1:3000/placeOrder -H 'content-type: application/json' -d '{"payload":{"type":"track","event":"Order Completed","messageId":"message-1","userId":"user-1","timestamp":"2026-01-01T12:00:00.000Z","properties":{"total":25,"currency":"EUR"},"context":{"traits":{"email":"person@example.com"}}},"settings":{"apiKey":"your apiKey"}}'
    "#);
    let words = example.replacen("curl", "printf '%s\\n'", 1);
    let printed = Command::new("sh").args(["-c", &words]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let body = printed.lines().last().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["settings"]["apiKey"], "your apiKey");
}
