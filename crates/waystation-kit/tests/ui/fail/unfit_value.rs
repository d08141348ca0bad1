use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[payload(extend = not_there)]
struct Event {
    #[field(depends_on = "kind")]
    card: Option<String>,
    #[field(required = "always")]
    name: Option<String>,
}

fn main() {}
