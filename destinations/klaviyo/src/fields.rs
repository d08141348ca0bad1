//! Fields that several actions have.

use waystation_kit::batching::{BATCH_KEYS, BATCH_SIZE, Batching, ENABLE_BATCHING};
use waystation_kit::fields::FieldDefinition;
use waystation_kit::prelude::*;

/// How events are gathered: the kit's fields, in the form that the platform's manifest has.
#[must_use]
pub fn gathered(batching: &Batching) -> Fields {
    let mut fields = batching.fields();
    if let Some(size) = fields.get(BATCH_SIZE).cloned() {
        let depends_on = Some(Conditions::all([Condition::is(ENABLE_BATCHING, true)]));
        fields.insert(BATCH_SIZE, FieldDefinition { depends_on, ..size });
    }
    if let Some(keys) = fields.get(BATCH_KEYS).cloned() {
        let category = None;
        fields.insert(BATCH_KEYS, FieldDefinition { category, ..keys });
    }
    fields
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
