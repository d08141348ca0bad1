use serde::Deserialize;
use waystation_kit::Payload;

#[derive(Deserialize, Payload)]
struct Event {
    #[field(default = path("userId"))]
    no_root: String,
    #[field(default = path(""))]
    empty: String,
    #[field(default = path("$."))]
    no_key: String,
    #[field(default = path("$.a", "$.b"))]
    two_paths: String,
    #[field(default = path(PATH))]
    no_literal: String,
    #[field(default = template("{{a"))]
    not_closed: String,
    #[field(default = template("a}}"))]
    not_opened: String,
    #[field(default = template("{{ }}"))]
    empty_placeholder: String,
    #[field(default = first_of("$.a"))]
    one_path: String,
    #[field(default = first_of("a", "$.b", "c"))]
    wrong_paths: String,
}

fn main() {}
