use waystation_kit::{Choices, Payload, Settings};

#[derive(Payload)]
enum Event {
    Track,
}

#[derive(Payload)]
struct Pair(String, String);

#[derive(Settings)]
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
