//! A person to delete.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Person;
use crate::operation::{Operation, Verb};

/// A person to delete. The same person may come back with a later event.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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
}

impl Action<CustomerIo> for DeletePerson {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for DeletePerson {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl DeletePerson {
    fn operation(self) -> Operation {
        Operation::on_person(Verb::Delete, Dates::AsGiven).about_person(Person::with_id(self.person_id))
    }
}
