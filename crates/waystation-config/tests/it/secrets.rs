//! Texts that are kept elsewhere.

use std::fs;

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{config, faults, loader, with_connection, with_source};

const CONNECTION: &str = "[connections.hook]\ndestination = \"webhook\"\n";

#[test]
fn secrets_come_from_the_environment() {
    let text = "\
[api.tokens.ops]
scope = \"admin\"
token = { env = \"SECRET\" }
[sources.web]
write_keys = [{ env = \"SECRET\" }, \"other\"]
[connections.crm]
destination = \"customerio\"
settings = { siteId = { env = \"SECRET\" }, apiKey = \"plain\" }
[connections.crm.auth]
access_token = { env = \"SECRET\" }
";
    let config = config(text);
    let secret = "hunter2-hunter2-hunter2";
    assert_eq!(config.api.tokens[0].token.expose(), secret);
    assert_eq!(config.sources[0].write_keys[0].expose(), secret);
    let connection = &config.connections[0];
    assert_eq!(connection.settings.expose()["siteId"], secret);
    assert_eq!(connection.auth.access_token.as_ref().unwrap().expose(), secret);
    assert!(connection.secrets.iter().all(|known| known.expose() == secret));
    assert!(!connection.secrets.is_empty());
    let printed = format!("{config:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(!printed.contains("plain"), "{printed}");
}

#[test]
fn secrets_come_from_files_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("waystation.toml");
    for (content, key) in [
        ("from file", "from file"),
        ("line\n", "line"),
        ("line\r\n", "line"),
        ("two\n\n", "two\n"),
    ] {
        fs::write(folder.path().join("site"), content).unwrap();
        let text = with_connection("").replace("\"site\"", "{ file = \"site\" }");
        fs::write(&main, text).unwrap();
        let config = loader().load(&main).unwrap();
        assert_eq!(config.connections[0].settings.expose()["siteId"], key);
        assert_eq!(config.files, [folder.path().join("site"), main.clone()]);
    }
}

#[test]
fn what_is_missing_is_named() {
    let text = "\
[sources.a]
write_keys = [{ env = \"NOT_SET\" }, { file = \"no/such/file\" }, { env = \"EMPTY\" }, \"\", 5]
[connections.crm]
destination = \"customerio\"
settings = { siteId = { env = \"ALSO_NOT_SET\" }, apiKey = \"x\" }
";
    assert_snapshot!(faults(text), @r#"
    error: `sources.a.write_keys[0]` asks for the environment variable NOT_SET, which is not set
       --> waystation.toml:2:15
      hint: set NOT_SET before the start, or use { file = "..." }

    error: `sources.a.write_keys[1]` asks for the file no/such/file, which cannot be read: No such file or directory (os error 2)
       --> waystation.toml:2:36

    error: `sources.a.write_keys[2]` is empty: EMPTY holds nothing
       --> waystation.toml:2:63

    error: `sources.a.write_keys[3]` is empty
       --> waystation.toml:2:82

    error: `sources.a.write_keys[4]` must be a text, { env = "NAME" } or { file = "/path" }, and is a whole number
       --> waystation.toml:2:86

    error: `connections.crm.settings.siteId` asks for the environment variable ALSO_NOT_SET, which is not set
       --> waystation.toml:5:23
      hint: set ALSO_NOT_SET before the start, or use { file = "..." }

    6 errors
    "#);
}

#[test]
fn files_of_secrets_are_known_even_if_loading_fails() {
    let faults = loader()
        .parse(
            "waystation.toml",
            "sources.a.write_keys = [{ file = \"no/such/file\" }]",
        )
        .unwrap_err();
    assert_eq!(faults.files(), [std::path::Path::new("no/such/file")]);
}

#[test]
fn settings_may_hold_secrets_at_any_depth() {
    let text = with_source(&format!(
        "{CONNECTION}settings = {{ sharedSecret = {{ env = \"SECRET\" }} }}"
    ));
    assert_eq!(
        json!(config(&text).connections[0].settings.expose()),
        json!({"sharedSecret": "hunter2-hunter2-hunter2"})
    );
}

#[test]
fn faults_do_not_show_secrets() {
    let text = "\
sources.web.write_keys = [\"hunter2:\", \"hunter2:\"]
[api.tokens.a]
scope = \"admin\"
token = \"hunter2 \"
[connections.crm]
destination = \"customerio\"
settings = { siteId = [\"hunter2\", \"hunter2\"], apiKey = { hunter = \"hunter2\" }, accountRegion = \"hunter2\" }
";
    let told = faults(text);
    assert!(
        told.contains("siteId") && told.contains("accountRegion"),
        "{told}"
    );
    assert!(!told.contains("hunter2"), "{told}");
}
