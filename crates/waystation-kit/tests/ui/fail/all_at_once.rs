//! One mistake does not hide another.
#![allow(unreachable_patterns)]

use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[payload(append = batching)]
struct Event {
    #[field(lable = "ID", format = emial, default = path("userId"), minimum = 2, maximum = 1)]
    id: String,
    #[field(key = "id")]
    #[serde(rename = "id")]
    other: String,
}

fn main() {}
