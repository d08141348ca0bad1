//! A device that a person gets push notifications on.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::fields::Batching;
use crate::identifiers::Person;
use crate::operation::{Operation, Verb};

/// A device of a person, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct CreateUpdateDevice {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub person_id: String,
    /// The token under which the device gets push notifications.
    #[field(label = "Device token", default = path("$.context.device.token"))]
    pub device_id: String,
    /// The version of the app; kept as the device's attribute `app_version`.
    #[field(label = "App version", default = path("$.context.app.version"))]
    pub app_version: Option<String>,
    /// The push service: `ios` or `android`.
    #[field(label = "Platform", default = path("$.context.device.type"))]
    pub platform: String,
    /// When the person used the device last; the time of arrival if left out.
    #[field(label = "Last used", default = path("$.timestamp"))]
    pub last_used: Option<String>,
    /// What else is known about the device, for use in segments.
    #[field(label = "Device attributes", default = path("$.properties"))]
    pub attributes: Option<JsonObject>,
    /// Turn dates in ISO 8601 into Unix timestamps, the only dates that Customer.io understands. Dates in
    /// lists stay as they are.
    #[field(label = "Convert dates", default = true)]
    pub convert_timestamp: Option<bool>,
}

impl ActionInfo<CustomerIo> for CreateUpdateDevice {
    const SLUG: &'static str = "createUpdateDevice";
    const TITLE: &'static str = "Create or Update Device";
    const DESCRIPTION: &'static str = "Add a device that a person gets push notifications on, or update it.";
    const SUBSCRIBE: Option<&'static str> = Some(
        r#"event = "Application Installed" or event = "Application Opened" or event = "Device Created or Updated""#,
    );
}

impl Action<CustomerIo> for CreateUpdateDevice {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        client::send(cx, payload.operation()).await
    }
}

impl BatchAction<CustomerIo> for CreateUpdateDevice {
    async fn perform_batch(cx: &Context<CustomerIo>, batch: Batch<Self>) -> Result<BatchOutput> {
        client::send_batch(cx, batch, Self::operation).await
    }
}

impl CreateUpdateDevice {
    fn operation(self) -> Operation {
        let mut attributes = self.attributes.unwrap_or_default();
        if let Some(version) = self.app_version.filter(|version| !version.is_empty()) {
            attributes.insert("app_version".to_owned(), version.into());
        }
        let mut device = JsonObject::with_capacity(4);
        device.insert("token".to_owned(), self.device_id.into());
        device.insert("platform".to_owned(), self.platform.into());
        if let Some(last_used) = self.last_used.filter(|last_used| !last_used.is_empty()) {
            device.insert("last_used".to_owned(), last_used.into());
        }
        device.insert("attributes".to_owned(), attributes.into());
        Operation::on_person(Verb::AddDevice, self.convert_timestamp)
            .device(device)
            .about_person(Person::with_id(self.person_id))
    }
}
