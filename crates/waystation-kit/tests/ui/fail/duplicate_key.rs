#![allow(unreachable_patterns)]

use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
struct Event {
    user_id: String,
    #[field(key = "userId")]
    #[serde(rename = "userId")]
    id: String,
    user__id: String,
}

fn main() {}
