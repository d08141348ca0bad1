//! Secrets that nobody declared: what stands behind names of credentials, and in addresses.

use serde_json::Value;
use waystation_kit::Secret;

use super::addresses::credentials;
use super::names::is_secret;

/// At most so many are found: a mapping that holds more is no mapping of a person's.
const MOST: usize = 32;

/// The shortest that is found. Shorter ones are hidden by their name alone, for they are words of other texts, too.
const SHORTEST: usize = 8;

/// The secrets that a mapping or settings hold as they are written: texts behind names of credentials, and credentials
/// in addresses. Behind a directive there is no secret, but the way to one.
#[must_use]
pub fn secrets_by_name(value: &Value) -> Vec<Secret> {
    let mut found = Vec::new();
    look(value, false, &mut found);
    found
}

fn look(value: &Value, is_named: bool, found: &mut Vec<Secret>) {
    if found.len() >= MOST {
        return;
    }
    match value {
        Value::String(text) => {
            if is_named && !text.contains("{{") {
                // With the scheme before it, as in `Bearer abc`, and without.
                add(text, found);
                text.rsplit(' ').take(1).for_each(|last| add(last, found));
            }
            for (start, end) in credentials(text) {
                add(&text[start..end], found);
                text[start..end]
                    .split(':')
                    .skip(1)
                    .for_each(|password| add(password, found));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look(item, is_named, found)),
        Value::Object(members) => {
            for (name, member) in members {
                let is_named = (is_named || is_secret(name)) && !name.starts_with('@');
                look(member, is_named, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn add(text: &str, found: &mut Vec<Secret>) {
    let secret = Secret::from(text);
    if text.len() >= SHORTEST && !text.contains("{{") && found.len() < MOST && !found.contains(&secret) {
        found.push(secret);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(value: &Value) -> Vec<String> {
        let secrets = secrets_by_name(value).into_iter();
        secrets.map(|secret| secret.expose().to_owned()).collect()
    }

    #[test]
    fn what_is_written_behind_names_and_in_addresses_is_found() {
        let mapping = json!({
            "url": "https://user:pass-word-1@a.test/{{properties.x}}?api_key=query-key-1&v=12345678",
            "hook": {"@template": "https://hooks.slack.com/services/T0/B0/xyz"},
            "headers": {"Authorization": "Bearer header-token", "X-Api-Key": "short", "accept": "application/json"},
            "token": {"@path": "$.properties.token"},
            "password": "{{properties.password}}",
            "event": "Order Completed",
        });
        assert_eq!(
            found(&mapping),
            [
                "user:pass-word-1",
                "pass-word-1",
                "query-key-1",
                "services/T0/B0/xyz",
                "Bearer header-token",
                "header-token",
            ]
        );
    }

    #[test]
    fn no_more_are_found_than_anybody_writes() {
        let many: serde_json::Map<_, _> = (0..500)
            .map(|n| (format!("a{n}_token"), json!(format!("value-{n:04}"))))
            .collect();
        assert_eq!(found(&Value::Object(many)).len(), MOST);
    }
}
