//! A person to delete for good.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Verb};

/// A person to delete, whose identifier is refused until it is unsuppressed.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct SuppressPerson {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
}

impl ActionInfo<CustomerIo> for SuppressPerson {
    const SLUG: &'static str = "suppressPerson";
    const TITLE: &'static str = "Suppress Person";
    const DESCRIPTION: &'static str =
        "Delete a person and refuse everything that is sent about the person from then on.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "User Suppressed""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for SuppressPerson {
    fn operation(self) -> Result<Operation> {
        Operation::on_person(
            Verb::Suppress,
            Dates::AsGiven,
            Person::with_id(self.person_id),
            None,
        )
    }
}
