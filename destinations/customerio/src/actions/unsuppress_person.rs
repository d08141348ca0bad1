//! A person to accept again.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Verb};

/// A suppressed person to accept again. What was deleted stays deleted.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UnsuppressPerson {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
}

impl ActionInfo<CustomerIo> for UnsuppressPerson {
    const SLUG: &'static str = "unsuppressPerson";
    const TITLE: &'static str = "Unsuppress Person";
    const DESCRIPTION: &'static str = "Accept data about a suppressed person again.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "User Unsuppressed""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for UnsuppressPerson {
    fn operation(self) -> Result<Operation> {
        Operation::on_person(
            Verb::Unsuppress,
            Dates::AsGiven,
            Person::with_id(self.person_id),
            None,
        )
    }
}
