//! A relationship between a person and an object to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Relationship, Verb};

/// A relationship to delete. The person and the object stay.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct DeleteRelationship {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
    /// The ID from before the person was known; it stands in for an empty person ID.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// The object among those of its type.
    #[field(label = "Object ID", default = path("$.properties.objectId"))]
    pub object_id: String,
    /// The type of the object, as numbered by your workspace; the first type if left out.
    #[field(
        label = "Object type ID",
        default = first_of("$.properties.object_type_id", "$.properties.objectTypeId")
    )]
    pub object_type_id: Option<String>,
}

impl ActionInfo<CustomerIo> for DeleteRelationship {
    const SLUG: &'static str = "deleteRelationship";
    const TITLE: &'static str = "Delete Relationship";
    const DESCRIPTION: &'static str = "Take a person out of an object.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Relationship Deleted""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for DeleteRelationship {
    fn operation(self) -> Result<Operation> {
        let person = Person {
            id: Some(self.person_id),
            email: None,
            anonymous_id: self.anonymous_id.clone(),
        };
        let mut operation = Operation::on_object(
            Verb::DeleteRelationships,
            Dates::AsGiven,
            Some(self.object_id),
            self.object_type_id,
        )?;
        operation.cio_relationships = Some([Relationship {
            identifiers: person.identifier()?,
            attributes: None,
        }]);
        operation.also_known_as(self.anonymous_id);
        Ok(operation)
    }
}
