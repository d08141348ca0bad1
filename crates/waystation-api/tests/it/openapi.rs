use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use serde_json::Value;
use waystation_api::openapi::merged;

use crate::support::TestApi;

fn document() -> Value {
    let api = TestApi::start();
    serde_json::to_value(merged([api.document.clone()])).unwrap()
}

#[tokio::test]
async fn the_document_is_what_it_was() {
    let mut document = document();
    document["info"]["version"] = "<version>".into();
    assert_json_snapshot!(document);
}

#[tokio::test]
async fn every_operation_is_complete() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let place = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{place}: {id} is there twice");
            assert!(operation["summary"].is_string(), "{place} has no summary");
            let scope = operation["security"][0]["token"][0].as_str();
            let known = ["execute", "read", "operate", "admin"];
            assert!(
                scope.is_some_and(|scope| known.contains(&scope)),
                "{place}: {scope:?}"
            );
            if path.starts_with("/admin") {
                assert_eq!(method == "get", scope == Some("read"), "{place}: {scope:?}");
            }
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status == "200" || status == "202"),
                "{place} lacks what it answers when all is well"
            );
            for status in ["401", "403"] {
                assert!(
                    operation["responses"].get(status).is_some(),
                    "{place} lacks {status}"
                );
            }
            for (name, place_of) in path_parameters(path).map(|name| (name, &operation["parameters"])) {
                let mut parameters = place_of.as_array().unwrap().iter();
                assert!(
                    parameters.any(|parameter| parameter["name"] == *name),
                    "{place}: {name}"
                );
            }
        }
    }
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.insert(reference.clone());
                }
                members.values().for_each(|member| references(member, found));
            }
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
