//! What HubSpot knows of an event.

use std::time::Duration;

use waystation_kit::json::{js_string, number_from_f64, parse_number};
use waystation_kit::prelude::*;

use super::values::{Kind, Property};
use crate::HubSpot;

/// How long a definition is remembered.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// The definition of an event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// Its name within the account.
    pub name: String,
    /// Its name everywhere: with the account in front.
    #[serde(rename = "fullyQualifiedName")]
    pub full_name: String,
    /// Whether it was put away: then it counts as missing.
    pub archived: bool,
    properties: Vec<PropertyDefinition>,
}

/// The definition of a property of an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PropertyDefinition {
    name: String,
    #[serde(rename = "type")]
    property_type: PropertyType,
    #[serde(default)]
    archived: bool,
}

/// What HubSpot keeps in a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PropertyType {
    /// Any text.
    String,
    /// A number.
    Number,
    /// One of several values; yes and no, above all.
    Enumeration,
    /// A day or a moment.
    Datetime,
    /// A type that none of ours is at odds with, as far as we know.
    #[serde(other)]
    Other,
}

impl PropertyType {
    /// The type of a property that is defined for values like this one.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Number => Self::Number,
            Kind::Flag => Self::Enumeration,
            Kind::Date => Self::Datetime,
            Kind::Text => Self::String,
        }
    }

    /// The name in HubSpot.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Enumeration => "enumeration",
            Self::Datetime => "datetime",
            Self::String | Self::Other => "string",
        }
    }
}

impl Definition {
    /// The definition of an event without properties.
    #[must_use]
    pub fn new(name: String, full_name: String) -> Self {
        Self {
            name,
            full_name,
            ..Self::default()
        }
    }

    fn property(&self, name: &str) -> Option<&PropertyDefinition> {
        self.properties.iter().find(|defined| defined.name == name)
    }

    /// Those properties that are not defined.
    #[must_use]
    pub fn missing<'a>(&self, properties: &'a [Property]) -> Vec<&'a Property> {
        let is_missing = |property: &&Property| self.property(&property.name).is_none();
        properties.iter().filter(is_missing).collect()
    }

    /// Adds properties that were defined just now.
    pub fn add(&mut self, properties: Vec<&Property>) {
        self.properties
            .extend(properties.into_iter().map(|property| PropertyDefinition {
                name: property.name.clone(),
                property_type: PropertyType::of(property.kind()),
                archived: false,
            }));
    }

    /// Whether all properties that are defined fit.
    ///
    /// # Errors
    /// One does not.
    pub fn check(&self, properties: &[Property]) -> Result<()> {
        properties
            .iter()
            .try_for_each(|property| self.fit(property).map(drop))
    }

    /// The value in the form that the definition wants; as it is if there is none.
    ///
    /// # Errors
    /// The property was put away, or holds something else.
    pub fn fit(&self, property: &Property) -> Result<Value> {
        let Property { name, value, text } = property;
        let Some(defined) = self.property(name) else {
            return Ok(value.clone());
        };
        if defined.archived {
            return Err(Error::payload(format!(
                "The property \"{name}\" was archived in HubSpot"
            )));
        }
        match (property.kind(), defined.property_type) {
            (Kind::Number, PropertyType::String) => {
                Ok(text.clone().unwrap_or_else(|| js_string(value)).into())
            }
            (Kind::Text | Kind::Date, PropertyType::Number) => {
                to_number(value).ok_or_else(|| misfit(property, defined))
            }
            (Kind::Flag, PropertyType::Number)
            | (Kind::Number, PropertyType::Enumeration | PropertyType::Datetime) => {
                Err(misfit(property, defined))
            }
            _ => Ok(value.clone()),
        }
    }
}

/// The number that a text is; an empty one counts as 0.
fn to_number(value: &Value) -> Option<Value> {
    let number = parse_number(value.as_str()?)?;
    number.is_finite().then(|| number_from_f64(number))
}

fn misfit(property: &Property, defined: &PropertyDefinition) -> Error {
    let (name, kind) = (&property.name, property.kind());
    let wanted = defined.property_type.name();
    Error::payload(format!(
        "HubSpot keeps values of the type {wanted} in \"{name}\", and this is another: {kind:?}"
    ))
}

fn cache_key(name: &str) -> String {
    format!("event-definition:{name}")
}

/// The definition as it was lately.
pub async fn remembered(cx: &Context<HubSpot>, name: &str) -> Option<Definition> {
    let text = cx.services().cache.as_ref()?.get(&cache_key(name)).await?;
    serde_json::from_str(&text).ok()
}

/// Remembers a definition for an hour.
pub async fn remember(cx: &Context<HubSpot>, name: &str, definition: &Definition) {
    if let (Some(cache), Ok(text)) = (&cx.services().cache, serde_json::to_string(definition)) {
        cache.set(&cache_key(name), text, REMEMBERED).await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::clean;
    use super::*;

    fn fitted(value: Value, property_type: &str) -> Result<Value> {
        let definition = json!({
            "name": "e",
            "fullyQualifiedName": "pe1_e",
            "properties": [{"name": "key", "type": property_type}],
        });
        let definition: Definition = serde_json::from_value(definition).unwrap();
        let properties = clean(JsonObject::from_iter([("key".to_owned(), value)])).unwrap();
        definition.fit(&properties[0])
    }

    #[test]
    fn values_take_the_form_of_their_definition() {
        for (given, property_type, value) in [
            (json!("007"), "string", json!("007")),
            (json!(7.0), "string", json!("7")),
            (json!(""), "number", json!(0)),
            (json!("+5"), "number", json!(5)),
            (json!("12"), "number", json!(12)),
            (json!(true), "enumeration", json!(true)),
            (json!(true), "string", json!(true)),
            (json!("2024-03-08"), "datetime", json!("2024-03-08")),
            (json!("x"), "phone_number", json!("x")),
        ] {
            assert_eq!(fitted(given.clone(), property_type).unwrap(), value, "{given}");
        }
    }

    #[test]
    fn values_that_cannot_take_it_are_refused() {
        for (given, property_type) in [
            (json!("word"), "number"),
            (json!("2024-03-08"), "number"),
            (json!(true), "number"),
            (json!(1), "datetime"),
            (json!(1), "enumeration"),
        ] {
            let error = fitted(given.clone(), property_type).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{given}: {error:?}");
        }
    }
}
