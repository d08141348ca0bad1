//! An object, and optionally a person who belongs to it.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::{Identifier, Person};
use crate::operation::{Operation, Verb};

/// An object, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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
}

impl Action<CustomerIo> for CreateUpdateObject {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for CreateUpdateObject {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        // The results show what is sent: what has fields of its own is no attribute.
        let batch = batch.report_as(|given| {
            if let Some(Value::Object(attributes)) = given.get_mut("custom_attributes") {
                tidy(attributes);
            }
        });
        // A request never mixes the two verbs, so that what goes wrong with one does not touch the other.
        client::send_grouped_batch(cx, batch, Self::verb, Self::operation).await
    }
}

impl CreateUpdateObject {
    /// Who is not known yet is identified by a verb of its own.
    fn verb(&self) -> Verb {
        let is_given = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
        if is_given(&self.anonymous_id) && !is_given(&self.user_id) {
            Verb::IdentifyAnonymous
        } else {
            Verb::Identify
        }
    }

    fn operation(mut self) -> Operation {
        if let Some(attributes) = &mut self.custom_attributes {
            tidy(attributes);
        }
        let dates = Dates::from(self.convert_timestamp);
        let operation = Operation::on_object(self.verb(), dates)
            .created_at(self.created_at)
            .attributes(self.custom_attributes)
            .about_object(Identifier::object(self.id, self.object_type_id))
            .also_known_as(self.anonymous_id.clone());
        let person = Person {
            id: self.user_id,
            email: None,
            anonymous_id: self.anonymous_id,
        };
        match person.identifier() {
            Some(person) => {
                let attributes = self.relationship_attributes.map(|given| dates.converted(given));
                operation.related_to(Some(person), attributes)
            }
            None => operation,
        }
    }
}
