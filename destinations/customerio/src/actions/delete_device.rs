//! A device to take away from a person.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates::Dates;
use crate::fields::Batching;
use crate::identifiers::Person;
use crate::operation::{Operation, Verb};

/// A device that its person uses no longer.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct DeleteDevice {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
    /// The token under which the device gets push notifications.
    #[field(label = "Device token", default = path("$.context.device.token"))]
    pub device_id: String,
}

impl ActionInfo<CustomerIo> for DeleteDevice {
    const SLUG: &'static str = "deleteDevice";
    const TITLE: &'static str = "Delete Device";
    const DESCRIPTION: &'static str = "Stop sending push notifications to a device.";
    const SUBSCRIBE: Option<&'static str> =
        Some(r#"event = "Application Uninstalled" or event = "Device Deleted""#);
}

impl Action<CustomerIo> for DeleteDevice {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for DeleteDevice {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl DeleteDevice {
    fn operation(self) -> Operation {
        let device = JsonObject::from_iter([("token".to_owned(), self.device_id.into())]);
        Operation::on_person(Verb::DeleteDevice, Dates::AsGiven)
            .device(device)
            .about_person(Person::with_id(self.person_id))
    }
}
