//! An object to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::operation::{Operating, Operation, Verb};

/// An object to delete, with all its relationships.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
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
    const IDEMPOTENT: bool = true;
}

impl Operating for DeleteObject {
    fn operation(self) -> Result<Operation> {
        Operation::on_object(Verb::Delete, Dates::AsGiven, self.object_id, self.object_type_id)
    }
}
