//! How the Track API knows people and objects.

use waystation_kit::fields::Format;
use waystation_kit::prelude::*;

/// The type that objects have unless a mapping names another: the first one of a workspace.
pub const DEFAULT_OBJECT_TYPE: &str = "1";

/// The one identifier that an operation is about; several would be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
    #[serde(untagged)]
    Object {
        /// The type of objects.
        object_type_id: String,
        /// The object among those of its type.
        object_id: String,
    },
}

impl Identifier {
    /// A person by an ID of any kind: `cio_` in front says that it is Customer.io's own, an e-mail address
    /// is taken for one. Neither the empty text nor `cio_` alone identifies anybody.
    #[must_use]
    pub fn person(id: String) -> Option<Self> {
        if matches!(id.trim(), "" | "cio_") {
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
        let object_type_id = type_id
            .filter(|type_id| !type_id.is_empty())
            .unwrap_or_else(|| DEFAULT_OBJECT_TYPE.to_owned());
        (!id.trim().is_empty()).then_some(Self::Object {
            object_type_id,
            object_id: id,
        })
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

    /// Whether nothing is known that could identify anybody.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        [&self.id, &self.email, &self.anonymous_id]
            .into_iter()
            .all(|id| id.as_ref().is_none_or(|id| id.trim().is_empty()))
    }

    /// The best identifier there is.
    ///
    /// # Errors
    /// The identifiers name nobody, or one of them has not the form it needs.
    pub fn identifier(self) -> Result<Identifier> {
        self.identify().map(|(identifier, _)| identifier)
    }

    /// The best identifier, and the anonymous ID if it is another.
    ///
    /// # Errors
    /// Nobody is named, or by an e-mail address alone that is none.
    pub(crate) fn identify(self) -> Result<(Identifier, Option<String>)> {
        let anonymous_id = self.anonymous_id.filter(|id| !id.trim().is_empty());
        let email = self.email.filter(|email| !email.is_empty());
        if let Some(known) = self.id.and_then(Identifier::person) {
            return Ok((known, anonymous_id));
        }
        match (email, anonymous_id) {
            (Some(email), anonymous_id) if Format::Email.matches(&email) => {
                Ok((Identifier::Email(email), anonymous_id))
            }
            (Some(email), _) => Err(Error::payload(format!(
                "The person is identified by the e-mail address alone, and `{email}` is none"
            ))),
            (None, Some(anonymous_id)) => Ok((Identifier::AnonymousId(anonymous_id), None)),
            (None, None) => Err(Error::payload(
                "Nobody is identified: the person ID, the e-mail address and the anonymous ID are missing or empty",
            )),
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
                Identifier::person(id.to_owned()).map(|person| json!(person)),
                Some(expected),
                "{id}"
            );
        }
    }

    #[test]
    fn an_empty_id_names_nobody() {
        for id in ["", " ", "cio_"] {
            assert_eq!(Identifier::person(id.to_owned()), None, "{id}");
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
            .ok()
        };
        let anonymous = Some("anon".to_owned());
        assert_eq!(
            person("u-1", "ada@example.com", "anon"),
            Some((Identifier::Id("u-1".into()), anonymous.clone()))
        );
        assert_eq!(
            person("", "ada@example.com", "anon"),
            Some((Identifier::Email("ada@example.com".into()), anonymous))
        );
        assert_eq!(
            person("", "", "anon"),
            Some((Identifier::AnonymousId("anon".into()), None))
        );
        assert_eq!(person("", "", ""), None);
        assert_eq!(
            person("", "ada@", "anon"),
            None,
            "a malformed address identifies nobody"
        );
        assert!(
            person("u-1", "ada@", "").is_some(),
            "beside an ID it is an attribute only"
        );
    }

    #[test]
    fn objects_are_of_the_first_type_unless_told_otherwise() {
        let object = |type_id: Option<&str>| {
            Identifier::object("acme".to_owned(), type_id.map(str::to_owned)).map(|object| json!(object))
        };
        let of_type = |type_id: &str| Some(json!({"object_type_id": type_id, "object_id": "acme"}));
        assert_eq!(object(Some("4")), of_type("4"));
        assert_eq!(object(None), of_type("1"));
        assert_eq!(object(Some("")), of_type("1"));
        assert_eq!(Identifier::object(String::new(), None), None);
    }
}
