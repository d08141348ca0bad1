//! A person to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Verb};

/// A person to delete. The same person may come back with a later event.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct DeletePerson {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
}

impl ActionInfo<CustomerIo> for DeletePerson {
    const SLUG: &'static str = "deletePerson";
    const TITLE: &'static str = "Delete Person";
    const DESCRIPTION: &'static str = "Delete a person. Events that follow create the person anew.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "User Deleted""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for DeletePerson {
    fn operation(self) -> Result<Operation> {
        Operation::on_person(
            Verb::Delete,
            Dates::AsGiven,
            Person::with_id(self.person_id),
            None,
        )
    }
}
