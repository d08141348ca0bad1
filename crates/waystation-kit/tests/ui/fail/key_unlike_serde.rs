//! A key that no payload would be read by.
use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[field(key = "event")]
    event_name: String,
}

fn main() {}
