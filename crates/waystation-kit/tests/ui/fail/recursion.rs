use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
struct Node {
    children: Vec<Node>,
    parent: Option<Box<Self>>,
}

fn main() {}
