//! An object, and optionally a person who belongs to it.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Relationship, Verb};

/// An object, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct CreateUpdateObject {
    /// The object among those of its type.
    #[field(label = "Object ID", default = path("$.groupId"))]
    pub id: String,
    /// When the object came to be.
    #[field(label = "Created at", default = first_of("$.traits.created_at", "$.traits.createdAt"))]
    pub created_at: Option<String>,
    /// What is known about the object. Attributes that are left out stay as they are.
    #[field(label = "Object attributes", default = path("$.traits.objectAttributes"))]
    pub custom_attributes: Option<JsonObject>,
    /// What is known about the relationship between the person and the object, for example a role.
    #[field(label = "Relationship attributes", default = path("$.traits.relationshipAttributes"))]
    pub relationship_attributes: Option<JsonObject>,
    /// A person who belongs to the object: your own ID, an e-mail address, or `cio_` and the ID that
    /// Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub user_id: Option<String>,
    /// Somebody who belongs to the object and is not known yet; only used without a person ID.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// The type of the object, as numbered by your workspace; the first type if left out.
    #[field(
        label = "Object type ID",
        default = first_of("$.traits.object_type_id", "$.traits.objectTypeId")
    )]
    pub object_type_id: Option<String>,
    /// Turn dates in ISO 8601 into Unix timestamps, the only dates that Customer.io understands. Dates in
    /// lists stay as they are.
    #[field(label = "Convert dates", default = true)]
    pub convert_timestamp: Option<bool>,
}

/// Takes out what has fields of its own.
fn tidy(attributes: &mut JsonObject) {
    for key in ["object_type_id", "objectTypeId", "relationshipAttributes"] {
        attributes.shift_remove(key);
    }
}

impl ActionInfo<CustomerIo> for CreateUpdateObject {
    const SLUG: &'static str = "createUpdateObject";
    const TITLE: &'static str = "Create or Update Object";
    const DESCRIPTION: &'static str =
        "Create an object such as a company, or update it, and put a person into it.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "group""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for CreateUpdateObject {
    fn operation(mut self) -> Result<Operation> {
        if let Some(attributes) = &mut self.custom_attributes {
            tidy(attributes);
        }
        let verb = self.own_verb();
        let dates = Dates::from(self.convert_timestamp);
        let anonymous_id = self.anonymous_id.clone();
        let relationship = self.relationship(dates)?;
        let mut operation = Operation {
            created_at: self.created_at,
            attributes: self.custom_attributes,
            cio_relationships: relationship.map(|relationship| [relationship]),
            ..Operation::on_object(verb, dates, Some(self.id), self.object_type_id)?
        };
        operation.also_known_as(anonymous_id);
        Ok(operation)
    }

    fn verb(&self) -> Option<Verb> {
        Some(self.own_verb())
    }

    fn tidy(given: &mut JsonObject) {
        if let Some(Value::Object(attributes)) = given.get_mut("custom_attributes") {
            tidy(attributes);
        }
    }
}

impl CreateUpdateObject {
    /// Who is not known yet is identified by a verb of its own.
    fn own_verb(&self) -> Verb {
        let is_given = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
        if is_given(&self.anonymous_id) && !is_given(&self.user_id) {
            Verb::IdentifyAnonymous
        } else {
            Verb::Identify
        }
    }

    /// The person who belongs to the object, if one is named.
    fn relationship(&mut self, dates: Dates) -> Result<Option<Relationship>> {
        let person = Person {
            id: self.user_id.take(),
            email: None,
            anonymous_id: self.anonymous_id.take(),
        };
        if person.is_nobody() {
            return Ok(None);
        }
        let attributes = self.relationship_attributes.take();
        Ok(Some(Relationship {
            identifiers: person.identifier()?,
            attributes: attributes.map(|attributes| dates.converted(attributes)),
        }))
    }
}
