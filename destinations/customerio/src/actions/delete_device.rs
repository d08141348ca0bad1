//! A device to take away from a person.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Device, Operating, Operation, Verb, needed};

/// A device that its person uses no longer.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
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
    const IDEMPOTENT: bool = true;
}

impl Operating for DeleteDevice {
    fn operation(self) -> Result<Operation> {
        let person = Person::with_id(self.person_id);
        Ok(Operation {
            device: Some(Device {
                token: needed(self.device_id, "The token of the device")?,
                platform: None,
                last_used: None,
                attributes: None,
            }),
            ..Operation::on_person(Verb::DeleteDevice, Dates::AsGiven, person, None)?
        })
    }
}
