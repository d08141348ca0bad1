//! An object to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Identifier;
use crate::operation::{Operation, Verb};

/// An object to delete, with all its relationships.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct DeleteObject {
    /// The object among those of its type.
    #[field(label = "Object ID", default = path("$.properties.objectId"))]
    pub object_id: Option<String>,
    /// The type of the object, as numbered by your workspace; the first type if left out.
    #[field(
        label = "Object type ID",
        default = first_of("$.properties.object_type_id", "$.properties.objectTypeId")
    )]
    pub object_type_id: Option<String>,
}

impl ActionInfo<CustomerIo> for DeleteObject {
    const SLUG: &'static str = "deleteObject";
    const TITLE: &'static str = "Delete Object";
    const DESCRIPTION: &'static str = "Delete an object and its relationships.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Object Deleted""#);
}

impl Action<CustomerIo> for DeleteObject {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for DeleteObject {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl DeleteObject {
    fn operation(self) -> Operation {
        let object = self
            .object_id
            .and_then(|id| Identifier::object(id, self.object_type_id));
        Operation::on_object(Verb::Delete, Dates::AsGiven).about_object(object)
    }
}
