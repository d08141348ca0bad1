//! Reading texts as the service reads its file.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use waystation_config::{Config, ConnectionConfig, Loader};
use waystation_kit::services::Environment;
use waystation_runtime::Registry;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::new(waystation_destinations::all()).unwrap());

/// The destinations of this build.
pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

/// A loader with an environment that has the variable `SECRET`, and an empty one.
pub(crate) fn loader() -> Loader<'static> {
    let variables = [("SECRET", "hunter2-hunter2-hunter2"), ("EMPTY", "")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Loader::new(registry()).environment(Environment::Fixed(Arc::new(BTreeMap::from(variables))))
}

/// The configuration, which must have no error.
pub(crate) fn config(text: &str) -> Config {
    loader()
        .parse("waystation.toml", text)
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// Everything that is wrong with the text, warnings included.
pub(crate) fn faults(text: &str) -> String {
    match loader().parse("waystation.toml", text) {
        Ok(config) => config.warnings.to_string(),
        Err(faults) => faults.to_string(),
    }
}

/// A source, and a connection with this in it, which begins in line 3.
pub(crate) fn with_source(rest: &str) -> String {
    format!("sources.web.write_keys = [\"key\"]\n\n{rest}")
}

/// A source and a connection to Customer.io with this added to it, which begins in line 6.
pub(crate) fn with_connection(rest: &str) -> String {
    with_source(&format!(
        "[connections.crm]\ndestination = \"customerio\"\nsettings = {{ siteId = \"site\", apiKey = \"key\" }}\n{rest}"
    ))
}

/// The connection of such a text.
pub(crate) fn connection(rest: &str) -> Arc<ConnectionConfig> {
    Arc::clone(&config(&with_connection(rest)).connections[0])
}
