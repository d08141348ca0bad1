//! A device that a person gets push notifications on.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Device, Operating, Operation, Verb, needed};

/// A device of a person, created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
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
    const IDEMPOTENT: bool = true;
}

impl Operating for CreateUpdateDevice {
    fn operation(self) -> Result<Operation> {
        let mut attributes = self.attributes.unwrap_or_default();
        if let Some(version) = self.app_version.filter(|version| !version.is_empty()) {
            attributes.insert("app_version".to_owned(), version.into());
        }
        let person = Person::with_id(self.person_id);
        Ok(Operation {
            device: Some(Device {
                token: needed(self.device_id, "The token of the device")?,
                platform: Some(needed(self.platform, "The platform of the device")?),
                last_used: self.last_used,
                attributes: Some(attributes),
            }),
            ..Operation::on_person(Verb::AddDevice, self.convert_timestamp, person, None)?
        })
    }
}
