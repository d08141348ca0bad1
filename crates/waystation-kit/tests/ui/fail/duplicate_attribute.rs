use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
struct Event {
    #[field(label = "ID", label = "Id")]
    id: String,
    #[field(hidden)]
    #[field(hidden)]
    name: String,
    #[field(choices = ["a", ("A", "a")])]
    status: String,
}

fn main() {}
