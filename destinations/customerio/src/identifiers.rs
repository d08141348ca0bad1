//! How the Track API knows people and objects.

use serde_json::{Value, json};
use waystation_kit::fields::Format;

/// The type that objects have unless a mapping names another: the first one of a workspace.
pub const DEFAULT_OBJECT_TYPE: &str = "1";

/// The one identifier that an operation is about; several would be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// A person by Customer.io's own, unchangeable ID.
    CioId(String),
    /// A person by e-mail address.
    Email(String),
    /// A person by the ID that the workspace gave.
    Id(String),
    /// Somebody who is not known yet.
    AnonymousId(String),
    /// An object.
    Object {
        /// The type of objects.
        type_id: String,
        /// The object among those of its type.
        id: String,
    },
}

impl Identifier {
    /// A person by an ID of any kind: `cio_` in front says that it is Customer.io's own, an e-mail address
    /// is taken for one. The empty text identifies nobody.
    #[must_use]
    pub fn person(id: String) -> Option<Self> {
        if id.is_empty() {
            None
        } else if let Some(cio_id) = id.strip_prefix("cio_") {
            Some(Self::CioId(cio_id.to_owned()))
        } else if Format::Email.matches(&id) {
            Some(Self::Email(id))
        } else {
            Some(Self::Id(id))
        }
    }

    /// An object; the empty text identifies none.
    #[must_use]
    pub fn object(id: String, type_id: Option<String>) -> Option<Self> {
        let type_id = type_id
            .filter(|type_id| !type_id.is_empty())
            .unwrap_or_else(|| DEFAULT_OBJECT_TYPE.to_owned());
        (!id.is_empty()).then_some(Self::Object { type_id, id })
    }
}

impl From<Identifier> for Value {
    fn from(identifier: Identifier) -> Self {
        match identifier {
            Identifier::CioId(id) => json!({"cio_id": id}),
            Identifier::Email(email) => json!({"email": email}),
            Identifier::Id(id) => json!({"id": id}),
            Identifier::AnonymousId(id) => json!({"anonymous_id": id}),
            Identifier::Object { type_id, id } => json!({"object_type_id": type_id, "object_id": id}),
        }
    }
}

/// What a mapping knows of a person.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// An ID of any kind; see [`Identifier::person`].
    pub id: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// The ID from before the person was known.
    pub anonymous_id: Option<String>,
}

impl Person {
    /// Somebody of whom only the ID is known.
    #[must_use]
    pub fn with_id(id: String) -> Self {
        Self {
            id: Some(id),
            ..Self::default()
        }
    }

    /// The best identifier there is.
    #[must_use]
    pub fn identifier(self) -> Option<Identifier> {
        self.identify().0
    }

    /// The best identifier, and the anonymous ID if it is another.
    pub(crate) fn identify(self) -> (Option<Identifier>, Option<String>) {
        let anonymous_id = self.anonymous_id.filter(|id| !id.is_empty());
        let email = self.email.filter(|email| !email.is_empty());
        match self
            .id
            .and_then(Identifier::person)
            .or(email.map(Identifier::Email))
        {
            Some(known) => (Some(known), anonymous_id),
            None => (anonymous_id.map(Identifier::AnonymousId), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_id_shows_in_its_form() {
        for (id, expected) in [
            ("u-1", json!({"id": "u-1"})),
            ("cio_03000001", json!({"cio_id": "03000001"})),
            ("ada@example.com", json!({"email": "ada@example.com"})),
            ("cio_ada@example.com", json!({"cio_id": "ada@example.com"})),
            ("ada@localhost", json!({"id": "ada@localhost"})),
        ] {
            assert_eq!(
                Identifier::person(id.to_owned()).map(Value::from),
                Some(expected),
                "{id}"
            );
        }
    }

    #[test]
    fn the_id_is_better_than_the_email_and_the_email_better_than_nothing() {
        let person = |id: &str, email: &str, anonymous_id: &str| {
            Person {
                id: Some(id.to_owned()),
                email: Some(email.to_owned()),
                anonymous_id: Some(anonymous_id.to_owned()),
            }
            .identify()
        };
        let anonymous = Some("anon".to_owned());
        assert_eq!(
            person("u-1", "ada@example.com", "anon"),
            (Some(Identifier::Id("u-1".into())), anonymous.clone())
        );
        assert_eq!(
            person("", "ada@example.com", "anon"),
            (Some(Identifier::Email("ada@example.com".into())), anonymous)
        );
        assert_eq!(
            person("", "", "anon"),
            (Some(Identifier::AnonymousId("anon".into())), None)
        );
        assert_eq!(person("", "", ""), (None, None));
    }

    #[test]
    fn objects_are_of_the_first_type_unless_told_otherwise() {
        let object = |type_id: Option<&str>| {
            Identifier::object("acme".to_owned(), type_id.map(str::to_owned)).map(Value::from)
        };
        let of_type = |type_id: &str| Some(json!({"object_type_id": type_id, "object_id": "acme"}));
        assert_eq!(object(Some("4")), of_type("4"));
        assert_eq!(object(None), of_type("1"));
        assert_eq!(object(Some("")), of_type("1"));
        assert_eq!(Identifier::object(String::new(), None), None);
    }
}
