use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize)]
struct Address {
    street: String,
}

#[derive(Deserialize, Payload)]
struct Event {
    home: Option<Address>,
}

fn main() {
    let _ = |event: Event, address: Address| (event.home, address.street);
}
