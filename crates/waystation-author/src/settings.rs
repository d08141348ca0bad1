//! Connections of routes that do not validate settings.
//!
//! The reference hands settings to actions as they come and sends the text `undefined` where one is missing.
//! Our settings are typed. So where they do not fit, actions get blanks in place of what does not, and
//! whatever they want to send is withheld with the reason.

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_fields::{FieldDefinition, FieldType, Fields, Required, ValidationErrors};
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Connection, Error, LoadedDestination};

/// A connection whose settings nobody has validated.
pub(crate) struct Unchecked {
    pub(crate) connection: Connection,
    /// Why nothing may be sent through it.
    pub(crate) misfit: Option<Error>,
}

/// Connects with settings as they are, as far as they can be given their type.
///
/// # Errors
/// The settings cannot be used, blanks or not.
pub(crate) fn open_unchecked(
    destination: &Arc<LoadedDestination>,
    settings: &JsonObject,
    auth: &Auth,
) -> Result<Unchecked, Box<Error>> {
    let open = |settings: &JsonObject| {
        let store = Arc::new(InMemoryTokens);
        Connection::open_unchecked(Arc::clone(destination), settings, auth.clone(), store)
    };
    let fitting = |connection| Unchecked {
        connection,
        misfit: None,
    };
    let untyped = match open(settings) {
        Ok(connection) => return Ok(fitting(connection)),
        Err(untyped) => untyped,
    };
    // Perhaps they only have to be coerced, as "5" for a number.
    let coerced = destination
        .prepare_settings(settings.clone())
        .map(|prepared| open(&prepared));
    let misfit = match coerced {
        Ok(Ok(connection)) => return Ok(fitting(connection)),
        Ok(Err(_)) => untyped,
        Err(misfit) => misfit,
    };
    match open(&with_blanks(destination, settings, &misfit)) {
        Ok(connection) => Ok(Unchecked {
            connection,
            misfit: Some(misfit),
        }),
        Err(_) => Err(Box::new(misfit)),
    }
}

/// The settings with blanks for what is missing, and in place of what does not fit.
fn with_blanks(destination: &LoadedDestination, settings: &JsonObject, misfit: &Error) -> JsonObject {
    let mut settings = settings.clone();
    if let Error::Schema { errors, .. } = misfit {
        remove_misfits(&mut settings, errors);
    }
    let authentication = destination.definition().authentication.as_ref();
    let declared = authentication.map(|authentication| &authentication.fields);
    for (key, field) in declared.into_iter().flat_map(Fields::iter) {
        if field.required == Required::Always && !settings.contains_key(key) {
            settings.insert(key.to_owned(), blank(field));
        }
    }
    settings
}

fn remove_misfits(settings: &mut JsonObject, errors: &ValidationErrors) {
    for error in errors.iter() {
        let key = error.path.trim_start_matches("$.");
        let key = key.split(['.', '[']).next().unwrap_or_default();
        settings.shift_remove(key);
    }
}

/// A value of the field's type that says nothing.
fn blank(field: &FieldDefinition) -> Value {
    if field.multiple {
        return json!([]);
    }
    if let Some(choice) = field.choices.first() {
        return choice.value.clone();
    }
    match field.field_type {
        FieldType::String | FieldType::Text | FieldType::Password | FieldType::Datetime => json!(""),
        FieldType::Number | FieldType::Integer => json!(0),
        FieldType::Boolean => json!(false),
        FieldType::Object => json!({}),
    }
}
