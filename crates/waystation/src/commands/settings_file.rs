//! The file of `serve --settings`: a destination's settings, as TOML or JSON.
//!
//! A table with nothing in it but `env` or `file` and a text tells where a text is kept, as in the service's configuration.

use std::path::Path;
use std::{env, fs};

use serde_json::Value;
use waystation_kit::JsonObject;

use crate::failure::Failure;

/// Reads the settings, references followed.
pub(super) fn read(path: &Path) -> Result<JsonObject, Failure> {
    let failed = |problem: String| Failure::Settings {
        path: path.to_owned(),
        problem,
    };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let mut settings = parsed(&text).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for (key, value) in &mut settings {
        resolve(key, value, folder).map_err(failed)?;
    }
    Ok(settings)
}

fn parsed(text: &str) -> Result<JsonObject, String> {
    let value: Value = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| error.to_string())?,
        false => toml::from_str(text).map_err(|error| error.to_string())?,
    };
    match value {
        Value::Object(settings) => Ok(settings),
        _ => Err("it is no table".to_owned()),
    }
}

/// Puts what a reference leads to in its place.
fn resolve(place: &str, value: &mut Value, folder: &Path) -> Result<(), String> {
    let Value::Object(members) = value else {
        return Ok(());
    };
    if members.len() == 1
        && let Some((key, Value::String(name))) = members.iter().next()
        && let Some(text) = referred(place, key, name, folder)?
    {
        *value = Value::String(text);
        return Ok(());
    }
    for (key, member) in members {
        resolve(&format!("{place}.{key}"), member, folder)?;
    }
    Ok(())
}

/// The text that is kept elsewhere; `None` if that is no reference.
fn referred(place: &str, key: &str, name: &str, folder: &Path) -> Result<Option<String>, String> {
    match key {
        "env" => match env::var(name) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(format!("{place}: the environment variable {name} is not set")),
        },
        "file" => {
            let file = folder.join(name);
            let text =
                fs::read_to_string(&file).map_err(|error| format!("{place}: {}: {error}", file.display()))?;
            Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(name: &str, text: &str) -> Result<JsonObject, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "secret-1\n").unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        read(&path).map_err(|failure| failure.to_string())
    }

    #[test]
    fn both_forms_say_the_same() {
        let toml =
            "siteId = \"s\"\napiKey = { file = \"key\" }\nhome = { env = \"PATH\" }\n[nested]\nn = 1\n";
        let json =
            r#"{"siteId": "s", "apiKey": {"file": "key"}, "home": {"env": "PATH"}, "nested": {"n": 1}}"#;
        let (toml, json) = (
            settings("a.toml", toml).unwrap(),
            settings("a.json", json).unwrap(),
        );
        assert_eq!(toml, json);
        assert_eq!(toml["apiKey"], "secret-1");
        assert_eq!(toml["home"], env::var("PATH").unwrap().as_str());
        assert_eq!(toml["nested"], json!({"n": 1}));
    }

    #[test]
    fn what_is_not_there_is_told_with_its_place() {
        let told = settings("a.toml", "a.b = { env = \"WAYSTATION_NOT_SET\" }").unwrap_err();
        assert!(
            told.contains("a.b: the environment variable WAYSTATION_NOT_SET is not set"),
            "{told}"
        );
        let told = settings("a.json", "{").unwrap_err();
        assert!(told.contains("EOF"), "{told}");
    }
}
