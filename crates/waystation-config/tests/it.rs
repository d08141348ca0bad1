use waystation_config as c;
fn registry() -> waystation_runtime::Registry {
    waystation_runtime::Registry::new(waystation_destinations::all()).unwrap()
}
#[test]
fn x() {
    let r = registry();
    match c::demo(&r) {
        Ok(c) => println!("{}", c.warnings),
        Err(e) => println!("{e}"),
    }
    println!("{}", serde_json::to_string_pretty(&c::json_schema()).unwrap());
}
