use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
struct Event {
    #[field(format = emial)]
    email: String,
    #[field(type = decimal)]
    amount: f64,
    #[field(type = "text")]
    quoted: String,
    #[field(category = hashedPII)]
    phone: String,
    #[field(display_mode = wide)]
    note: String,
    #[field(object_ui = table)]
    traits: String,
    #[field(disabled_input_methods = [literal, event])]
    status: String,
}

fn main() {}
