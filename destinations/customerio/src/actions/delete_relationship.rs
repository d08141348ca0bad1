//! A relationship between a person and an object to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::{Identifier, Person};
use crate::operation::{Operation, Verb};

/// A relationship to delete. The person and the object stay.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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
}

impl Action<CustomerIo> for DeleteRelationship {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for DeleteRelationship {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl DeleteRelationship {
    fn operation(self) -> Operation {
        let person = Person {
            id: Some(self.person_id),
            email: None,
            anonymous_id: self.anonymous_id.clone(),
        };
        Operation::on_object(Verb::DeleteRelationships, Dates::AsGiven)
            .about_object(Identifier::object(self.object_id, self.object_type_id))
            .related_to(person.identifier(), None)
            .also_known_as(self.anonymous_id)
    }
}
