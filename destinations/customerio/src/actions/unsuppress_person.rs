//! A person to accept again.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Person;
use crate::operation::{Operation, Verb};

/// A suppressed person to accept again. What was deleted stays deleted.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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
}

impl Action<CustomerIo> for UnsuppressPerson {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for UnsuppressPerson {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl UnsuppressPerson {
    fn operation(self) -> Operation {
        Operation::on_person(Verb::Unsuppress, Dates::AsGiven).about_person(Person::with_id(self.person_id))
    }
}
