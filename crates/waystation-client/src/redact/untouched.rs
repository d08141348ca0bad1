//! Whether a JSON text has anything to hide, found out without building its values: most texts have nothing.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Hidden, Redactor, may_be_json};

/// Stands for `serde_json`'s own name: see `waystation_json::read`.
const RESERVED: &str = "$serde_json::private::RawValue";

impl Redactor {
    /// Whether nothing in a text would be hidden if it were read as JSON; `true` as well if it is no JSON. Where in doubt,
    /// `false`.
    pub(super) fn leaves_untouched(&self, text: &str, nesting: usize) -> bool {
        if !may_be_json(text, nesting) {
            return true;
        }
        let found = Cell::new(false);
        let look = Look {
            redactor: self,
            found: &found,
            hidden: Hidden::No,
            nesting: nesting - 1,
        };
        // What cannot be read has nothing that would be hidden as JSON.
        let _ = look.deserialize(&mut serde_json::Deserializer::from_str(text));
        !found.get()
    }

    /// Whether a text is not shown as it is.
    fn touches(&self, text: &str) -> bool {
        *self.text(text) != *text
    }
}

/// Looks at a value.
#[derive(Clone, Copy)]
struct Look<'r> {
    redactor: &'r Redactor,
    /// Whether there is something to hide.
    found: &'r Cell<bool>,
    hidden: Hidden,
    nesting: usize,
}

impl Look<'_> {
    /// Ends the reading as soon as something is found.
    fn note<E: Error>(self, is_to_be_hidden: bool) -> Result<(), E> {
        if is_to_be_hidden {
            self.found.set(true);
            return Err(E::custom("something is to be hidden"));
        }
        Ok(())
    }

    fn number<E: Error>(self, number: impl fmt::Display) -> Result<(), E> {
        self.note(self.redactor.touches(&number.to_string()))
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.number(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.number(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        // As JSON writes it.
        self.number(serde_json::Value::from(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let is_hidden = self.hidden == Hidden::Yes && !text.is_empty();
        self.note(
            is_hidden || self.redactor.touches(text) || !self.redactor.leaves_untouched(text, self.nesting),
        )
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(hidden) = members.next_key_seed(Name(self))? {
            members.next_value_seed(Self { hidden, ..self })?;
        }
        Ok(())
    }
}

/// Looks at a name; whether it hides what is behind it.
struct Name<'r>(Look<'r>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Hidden;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Hidden, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Hidden;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Hidden, E> {
        let Self(look) = self;
        if name == RESERVED {
            return Err(E::custom("a reserved name"));
        }
        look.note(look.redactor.touches(name))?;
        Ok(match look.redactor.hides(name) {
            true => Hidden::Yes,
            false => look.hidden,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::{DEEPEST_NESTING, NameRules, parsed};
    use super::*;

    fn redactor() -> Redactor {
        let redactor = Redactor::builder().secret(&"hush-hush".into());
        redactor.names(NameRules::Credentials).build()
    }

    /// Values in which there is something to hide now and then, also as text within text.
    fn values() -> impl Strategy<Value = Value> {
        let texts = prop_oneof![
            Just("hush-hush"),
            Just("so hush-hush it is"),
            Just(""),
            Just("fine"),
            Just("{\"token\":\"x\"}"),
            Just("[\"fine\"]"),
            Just("{broken"),
        ];
        let leaves = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            texts.prop_map(Value::from),
        ];
        let names = prop_oneof![
            Just("name"),
            Just("token"),
            Just("api_key"),
            Just("hush-hush"),
            Just("a")
        ];
        leaves.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((names.clone(), inner), 0..4).prop_map(|members| {
                    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
                    Value::Object(members.collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_says_what_building_and_comparing_says(value in values()) {
            let text = value.to_string();
            let redactor = redactor();
            let by_comparing = parsed(&text, DEEPEST_NESTING)
                .is_none_or(|value| redactor.redacted(&value, Hidden::No, DEEPEST_NESTING - 1) == value);
            prop_assert_eq!(redactor.leaves_untouched(&text, DEEPEST_NESTING), by_comparing);
        }
    }

    #[test]
    fn what_cannot_be_read_has_nothing_to_hide_as_json() {
        for text in ["", "token", "{broken", "{\"token\":", "[1e999]"] {
            assert!(redactor().leaves_untouched(text, DEEPEST_NESTING), "{text}");
        }
    }
}
