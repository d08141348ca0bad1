use serde::Deserialize;
use waystation_kit::Payload;
use waystation_kit::fields::Required;

#[derive(Deserialize, Payload)]
struct Event {
    #[field(optional)]
    id: String,
    #[field(required = Required::Never)]
    names: Vec<String>,
}

fn main() {
    let _ = <Event as Payload>::fields();
    let _ = |event: Event| (event.id, event.names);
}
