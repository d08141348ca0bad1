#![allow(unreachable_patterns)]

use serde::Deserialize;
use waystation_kit::Choices;

#[derive(Deserialize, Choices)]
enum Nothing {}

#[derive(Deserialize, Choices)]
enum NotPlain {
    Open,
    Closed(String),
    Moved { to: String },
}

#[derive(Deserialize, Choices)]
enum Repeated {
    #[serde(rename = "open")]
    Open,
    #[serde(rename = "open")]
    Opened,
}

#[derive(Deserialize, Choices)]
enum Attributes {
    #[choice(title = "Open")]
    Open,
    #[choice(label)]
    Closed,
    #[choice(label = "Lost", label = "Lost for good")]
    Lost,
}

#[derive(Deserialize, Choices)]
enum OnlyOthers {
    #[serde(other)]
    Others,
}

fn main() {}
