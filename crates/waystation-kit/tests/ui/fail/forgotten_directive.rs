//! Texts that would reach the partner as they stand.
use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
struct Event {
    #[field(default = "$.traits.firstName")]
    path: String,
    #[field(default = "{{traits.firstName}}")]
    template: String,
}

fn main() {}
