//! Fields that several actions have.

use waystation_kit::batching::{BATCH_KEYS, BATCH_SIZE, ENABLE_BATCHING};
use waystation_kit::fields::{FieldDefinition, FieldType};
use waystation_kit::prelude::*;

/// How events are gathered on their way here. Whoever gathers them reads these fields; no action does.
#[derive(Debug, Clone, Copy)]
pub struct Batching {
    /// Whether events are gathered unless a person says otherwise; `None` leaves it open.
    pub initially: Option<bool>,
    /// The fewest events that may be gathered.
    pub least: u32,
    /// The most, which is also the number at first.
    pub most: u32,
    /// The fields that have the same values in all events of a batch.
    pub keys: &'static [&'static str],
}

impl Batching {
    /// The fields.
    #[must_use]
    pub fn fields(self) -> Fields {
        let fields = Fields::new()
            .with(
                ENABLE_BATCHING,
                FieldDefinition {
                    description: "Gather events and send them to Klaviyo many at a time.".into(),
                    default: self.initially.map(Value::from),
                    ..FieldDefinition::new("Batch events", FieldType::Boolean)
                },
            )
            .with(
                BATCH_SIZE,
                FieldDefinition {
                    description: "The most events to send at a time. Batches may well be smaller.".into(),
                    default: Some(self.most.into()),
                    minimum: Some(self.least.into()),
                    maximum: Some(self.most.into()),
                    depends_on: Some(Conditions::all([Condition::is(ENABLE_BATCHING, true)])),
                    ..FieldDefinition::new("Batch size", FieldType::Number)
                },
            );
        if self.keys.is_empty() {
            return fields;
        }
        fields.with(
            BATCH_KEYS,
            FieldDefinition {
                description: "Events share a batch if they agree in these fields.".into(),
                default: Some(self.keys.iter().copied().map(Value::from).collect()),
                multiple: true,
                hidden: true,
                ..FieldDefinition::new("Batch keys", FieldType::String)
            },
        )
    }
}

/// When a person is asked for the country of a phone number: as soon as there is one.
#[must_use]
pub fn has_phone_number() -> Conditions {
    Conditions::all([Condition::is_not("phone_number", "")])
}

/// Where a person lives. Null removes what Klaviyo knows.
#[derive(Debug, Deserialize, Payload)]
pub struct Location {
    /// The street, or the first line of the address.
    #[field(label = "Address 1", allow_null)]
    pub address1: Option<String>,
    /// The second line of the address.
    #[field(label = "Address 2", allow_null)]
    pub address2: Option<String>,
    /// The city.
    #[field(label = "City", allow_null)]
    pub city: Option<String>,
    /// The state, the province or the like.
    #[field(label = "Region", allow_null)]
    pub region: Option<String>,
    /// The postal code.
    #[field(label = "ZIP code", allow_null)]
    pub zip: Option<String>,
    /// The latitude, in degrees.
    #[field(label = "Latitude", allow_null)]
    pub latitude: Option<String>,
    /// The longitude, in degrees.
    #[field(label = "Longitude", allow_null)]
    pub longitude: Option<String>,
    /// The country.
    #[field(label = "Country", allow_null)]
    pub country: Option<String>,
}

impl Location {
    /// Where events carry a location: in the `address` of an object such as `$.traits`.
    #[must_use]
    pub fn mapping(object: &str) -> Value {
        let address = |key: &str| directive::path(&format!("{object}.address.{key}"));
        json!({
            "city": address("city"),
            "region": address("state"),
            "zip": address("postal_code"),
            "address1": address("street"),
            "country": address("country"),
        })
    }
}
