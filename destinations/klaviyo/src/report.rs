//! Payloads as results show them: with what was really sent.

use std::sync::Arc;

use waystation_kit::prelude::*;

use crate::phone::PhoneNumber;

/// What becomes of the country that a phone number was read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountryCode {
    /// It stays in the payload.
    Kept,
    /// It has done its work.
    Dropped,
}

/// Shows a phone number in the form in which it is sent. `person` is the JSON pointer to the object that the
/// number is in.
pub fn show_phone_number(
    given: &mut Arc<Value>,
    person: &str,
    phone_number: Option<&PhoneNumber>,
    country_code: CountryCode,
) {
    let (Some(phone_number), Some(shown)) = (phone_number, given.pointer(person)) else {
        return;
    };
    let is_country_shown = country_code == CountryCode::Kept || shown.get("country_code").is_none();
    if is_country_shown && shown["phone_number"] == phone_number.as_str() {
        return;
    }
    if let Some(Value::Object(person)) = Arc::make_mut(given).pointer_mut(person) {
        person.insert("phone_number".to_owned(), phone_number.as_str().into());
        if country_code == CountryCode::Dropped {
            person.shift_remove("country_code");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(given: Value, person: &str, country_code: CountryCode) -> Value {
        let country = given.pointer(person).unwrap()["country_code"].as_str();
        let text = given.pointer(person).unwrap()["phone_number"].as_str().unwrap();
        let phone_number = PhoneNumber::read(text.to_owned(), country).unwrap();
        let mut given = Arc::new(given);
        show_phone_number(&mut given, person, Some(&phone_number), country_code);
        Arc::unwrap_or_clone(given)
    }

    #[test]
    fn the_number_is_shown_as_it_is_sent() {
        let given = json!({"phone_number": "601 445 120", "country_code": "PL", "email": "a@b.co"});
        assert_eq!(
            shown(given.clone(), "", CountryCode::Dropped),
            json!({"phone_number": "+48601445120", "email": "a@b.co"})
        );
        assert_eq!(
            shown(given.clone(), "", CountryCode::Kept),
            json!({"phone_number": "+48601445120", "country_code": "PL", "email": "a@b.co"})
        );
        assert_eq!(
            shown(json!({"profile": given}), "/profile", CountryCode::Dropped),
            json!({"profile": {"phone_number": "+48601445120", "email": "a@b.co"}})
        );
    }

    #[test]
    fn what_shows_the_number_already_is_not_copied() {
        let mut given = Arc::new(json!({"phone_number": "+48601445120"}));
        let (other, number) = (
            Arc::clone(&given),
            PhoneNumber::read("+48601445120".to_owned(), None).unwrap(),
        );
        show_phone_number(&mut given, "", Some(&number), CountryCode::Dropped);
        assert!(Arc::ptr_eq(&given, &other));
    }
}
