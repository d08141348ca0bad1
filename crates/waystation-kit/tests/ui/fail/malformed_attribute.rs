use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
#[payload(extend = batching())]
#[payload(extend)]
struct Event {
    #[field]
    bare: String,
    #[field(label)]
    no_value: String,
    #[field(label = 5)]
    no_text: String,
    #[field(label = "")]
    empty: String,
    #[field(label("ID"))]
    call: String,
    #[field(hidden = true)]
    flag_with_value: String,
    #[field(label = "ID" hidden)]
    no_comma: String,
    #[field(choices = [])]
    no_choice: String,
    #[field(choices = [("Label", "value", "more")])]
    no_pair: String,
    #[field(disabled_input_methods = literal)]
    no_list: String,
}

fn main() {}
