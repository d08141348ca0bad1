//! Settings and events without the secrets of their connection.

use serde_json::Value;
use waystation_client::redact::REDACTED;
use waystation_client::{NameRules, Redactor};
use waystation_config::{Config, ConnectionConfig};
use waystation_delivery::Deliveries;
use waystation_fields::FieldType;
use waystation_json::JsonObject;

/// Hides the secrets of a connection: those of the tokens at work if it runs, else those that are configured.
pub(crate) fn redactor(connection: &ConnectionConfig, deliveries: &Deliveries) -> Redactor {
    let running = deliveries.connections();
    let open = running.iter().find(|open| *open.name() == connection.name);
    let configured = || {
        let declared = connection.destination.secrets(connection.settings.expose());
        Redactor::builder()
            .secrets(&declared)
            .secrets(&connection.secrets)
            .secrets(connection.auth.secrets())
            .names(NameRules::Credentials)
            .build()
    };
    open.map_or_else(configured, |open| open.redactor())
}

/// Hides the secrets of the connection of this name; what only looks like a secret if there is none.
pub(crate) fn redactor_of(name: Option<&str>, config: &Config, deliveries: &Deliveries) -> Redactor {
    let mut connections = config.connections.iter();
    let connection = connections.find(|connection| name == Some(&*connection.name));
    connection.map_or_else(Redactor::default, |connection| redactor(connection, deliveries))
}

/// The settings: what the destination declares as secret is hidden however short it is, known secrets wherever they
/// stand.
pub(crate) fn settings(connection: &ConnectionConfig, redactor: &Redactor) -> JsonObject {
    let authentication = connection.destination.definition().authentication.as_ref();
    let is_secret = |key: &str| {
        let field = authentication.and_then(|authentication| authentication.fields.get(key));
        field.is_some_and(|field| field.field_type == FieldType::Password)
    };
    let settings = connection.settings.expose().iter();
    let shown = settings.map(|(key, value)| match is_secret(key) {
        true => (key.clone(), Value::from(REDACTED)),
        false => {
            // With its name, which may be that of a credential.
            let named = JsonObject::from_iter([(key.clone(), value.clone())]);
            let shown = redactor.value(&Value::Object(named));
            (key.clone(), shown.get(key).cloned().unwrap_or_default())
        }
    });
    shown.collect()
}
