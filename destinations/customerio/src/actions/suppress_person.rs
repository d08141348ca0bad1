//! A person to delete for good.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Person;
use crate::operation::{Operation, Verb};

/// A person to delete, whose identifier is refused until it is unsuppressed.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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
}

impl Action<CustomerIo> for SuppressPerson {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for SuppressPerson {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl SuppressPerson {
    fn operation(self) -> Operation {
        Operation::on_person(Verb::Suppress, Dates::AsGiven).about_person(Person::with_id(self.person_id))
    }
}
