//! A person, and optionally an object that the person belongs to.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::fields::batching;
use crate::identifiers::{Identifier, Person};
use crate::operation::{Operating, Operation, Relationship, Verb};

/// A person, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct CreateUpdatePerson {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = first_of("$.userId", "$.traits.email"))]
    pub id: Option<String>,
    /// The ID from before the person was known. It stands in for a missing person ID; otherwise it ties what
    /// the person did anonymously to the person.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// The e-mail address, kept as the attribute `email`. It identifies the person if there is no person ID.
    #[field(label = "Email address", default = template("{{traits.email}}"))]
    pub email: Option<String>,
    /// When the person came to you, kept as the attribute `created_at`.
    #[field(label = "Created at", default = first_of("$.traits.created_at", "$.traits.createdAt"))]
    pub created_at: Option<String>,
    /// An object that the person belongs to, for example a company.
    #[field(label = "Object ID", default = path("$.traits.objectId"))]
    pub group_id: Option<String>,
    /// What is known about the person. Attributes that are left out stay as they are.
    #[field(label = "Person attributes", default = path("$.traits"))]
    pub custom_attributes: Option<JsonObject>,
    /// What is known about the relationship between the person and the object, for example a role.
    #[field(label = "Relationship attributes", default = path("$.traits.relationshipAttributes"))]
    pub relationship_attributes: Option<JsonObject>,
    /// When this became known. Customer.io orders updates by it; the time of arrival if left out.
    #[field(label = "Timestamp", default = path("$.timestamp"))]
    pub timestamp: Option<String>,
    /// Turn dates in ISO 8601 into Unix timestamps, the only dates that Customer.io understands. Dates in
    /// lists stay as they are.
    #[field(label = "Convert dates", default = true)]
    pub convert_timestamp: Option<bool>,
    /// The type of the object, as numbered by your workspace; the first type if left out.
    #[field(
        label = "Object type ID",
        default = first_of("$.traits.object_type_id", "$.traits.objectTypeId")
    )]
    pub object_type_id: Option<String>,
}

/// Takes out what has fields of its own, and puts in what Customer.io keeps as attributes all the same.
fn tidy(attributes: &mut JsonObject, created_at: Option<String>, email: Option<String>) {
    for key in [
        "created_at",
        "createdAt",
        "object_type_id",
        "objectTypeId",
        "relationshipAttributes",
    ] {
        attributes.shift_remove(key);
    }
    for (key, value) in [("created_at", created_at), ("email", email)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            attributes.insert(key.to_owned(), value.into());
        }
    }
}

impl ActionInfo<CustomerIo> for CreateUpdatePerson {
    const SLUG: &'static str = "createUpdatePerson";
    const TITLE: &'static str = "Create or Update Person";
    const DESCRIPTION: &'static str = "Create a person, or update what is known about the person.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for CreateUpdatePerson {
    fn operation(self) -> Result<Operation> {
        let mut attributes = self.custom_attributes.unwrap_or_default();
        tidy(&mut attributes, self.created_at, self.email.clone());
        let person = Person {
            id: self.id,
            email: self.email,
            anonymous_id: self.anonymous_id,
        };
        let object = self
            .group_id
            .and_then(|id| Identifier::object(id, self.object_type_id));
        Ok(Operation {
            timestamp: self.timestamp,
            cio_relationships: object.map(|identifiers| {
                [Relationship {
                    identifiers,
                    attributes: self.relationship_attributes,
                }]
            }),
            ..Operation::on_person(Verb::Identify, self.convert_timestamp, person, Some(attributes))?
        })
    }

    fn tidy(given: &mut JsonObject) {
        let text = |key| given.get(key).and_then(Value::as_str).map(str::to_owned);
        let (created_at, email) = (text("created_at"), text("email"));
        if let Some(Value::Object(attributes)) = given.get_mut("custom_attributes") {
            tidy(attributes, created_at, email);
        }
    }
}
