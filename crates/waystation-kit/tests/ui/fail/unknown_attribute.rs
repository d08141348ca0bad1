use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[payload(append = batching)]
struct Event {
    #[field(lable = "ID", title)]
    id: String,
    #[field(require)]
    name: String,
}

fn main() {}
