//! Two people who turn out to be one.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Identifier;
use crate::operation::{Operation, Verb};

/// Two people to merge into one, which cannot be undone.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct MergePeople {
    /// The person who stays and gets what is known about the other: an ID, an e-mail address, or `cio_` and
    /// the ID that Customer.io gave.
    #[field(label = "Person to keep", default = path("$.userId"))]
    pub primary: String,
    /// The person who is deleted after the merge, named in any of the same ways.
    #[field(label = "Person to merge into it", default = path("$.previousId"))]
    pub secondary: String,
}

impl ActionInfo<CustomerIo> for MergePeople {
    const SLUG: &'static str = "mergePeople";
    const TITLE: &'static str = "Merge People";
    const DESCRIPTION: &'static str = "Merge one person into another. This cannot be undone.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "alias""#);
}

impl Action<CustomerIo> for MergePeople {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for MergePeople {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl MergePeople {
    fn operation(self) -> Operation {
        Operation::on_person(Verb::Merge, Dates::AsGiven).merge(
            Identifier::person(self.primary),
            Identifier::person(self.secondary),
        )
    }
}
