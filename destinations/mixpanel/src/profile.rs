//! [Profiles](https://docs.mixpanel.com/docs/data-structure/user-profiles) of people and groups: which traits have a
//! name of Mixpanel's own.

use waystation_kit::json::{is_truthy, js_string};
use waystation_kit::prelude::*;

/// The names of the trait that says since when somebody or something is known; the first one counts.
const CREATED: [&str; 3] = ["created", "createdAt", "created_at"];

/// Traits of a person and what Mixpanel calls them.
const PERSON_TRAITS: [(&str, &str); 5] = [
    ("email", "$email"),
    ("firstName", "$first_name"),
    ("lastName", "$last_name"),
    ("username", "$username"),
    ("phone", "$phone"),
];

/// The properties of a person's profile.
#[must_use]
pub fn person_properties(mut traits: JsonObject) -> JsonObject {
    let name = full_name(&traits);
    let renamed: Vec<(&str, Option<Value>)> = PERSON_TRAITS
        .iter()
        .map(|(ours, theirs)| (*theirs, traits.shift_remove(*ours)))
        .collect();
    traits.shift_remove("name");
    let created = take_created(&mut traits);
    put(&mut traits, "$created", created);
    put(&mut traits, "$name", name);
    for (key, value) in renamed {
        put(&mut traits, key, value);
    }
    traits
}

/// The properties of a group's profile.
#[must_use]
pub fn group_properties(mut traits: JsonObject) -> JsonObject {
    let name = traits.shift_remove("name");
    let created = take_created(&mut traits);
    put(&mut traits, "$name", name);
    put(&mut traits, "$created", created);
    traits
}

/// The name, or first and last name if both are there.
fn full_name(traits: &JsonObject) -> Option<Value> {
    if let Some(name) = traits.get("name").filter(|name| !name.is_null()) {
        return Some(name.clone());
    }
    let part = |key| traits.get(key).filter(|part| is_truthy(part)).map(js_string);
    Some(format!("{} {}", part("firstName")?, part("lastName")?).into())
}

fn take_created(traits: &mut JsonObject) -> Option<Value> {
    let candidates = CREATED.map(|key| traits.shift_remove(key));
    candidates.into_iter().flatten().find(|value| !value.is_null())
}

/// Sets a property, or takes one of the same name away: the trait alone says what it is.
fn put(properties: &mut JsonObject, key: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            properties.insert(key.to_owned(), value);
        }
        None => {
            properties.shift_remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(traits: Value) -> Value {
        let Value::Object(traits) = traits else {
            panic!("traits are an object");
        };
        person_properties(traits).into()
    }

    #[test]
    fn traits_with_a_name_of_mixpanels_own_are_renamed() {
        let traits = json!({
            "email": "a@x.example", "firstName": "A", "lastName": "B", "username": "ab", "phone": "1",
            "created_at": "2020", "plan": "pro",
        });
        let expected = json!({
            "$email": "a@x.example", "$first_name": "A", "$last_name": "B", "$username": "ab", "$phone": "1",
            "$created": "2020", "$name": "A B", "plan": "pro",
        });
        assert_eq!(person(traits), expected);
    }

    #[test]
    fn names_are_full_or_none() {
        assert_eq!(person(json!({"firstName": "A"})), json!({"$first_name": "A"}));
        assert_eq!(
            person(json!({"name": "N", "firstName": "A", "lastName": "B"}))["$name"],
            "N"
        );
    }

    #[test]
    fn the_first_date_that_is_there_counts() {
        let traits = json!({"created": null, "createdAt": "1", "created_at": "2"});
        assert_eq!(person(traits), json!({"$created": "1"}));
    }
}
