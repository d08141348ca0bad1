use serde::Deserialize;
use waystation_kit::{Choices, Payload, Settings};

#[derive(Deserialize, Payload)]
enum Event {
    Track,
}

#[derive(Deserialize, Payload)]
struct Pair(String, String);

#[derive(Deserialize, Settings)]
struct Nothing;

#[derive(Payload)]
struct Borrowed<'a> {
    id: &'a str,
}

#[derive(Choices)]
struct Status {
    open: bool,
}

fn main() {}
