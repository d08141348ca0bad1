//! Fields that several actions have.

use waystation_kit::prelude::*;

/// Address.
#[derive(Debug, Deserialize, Payload)]
pub struct Address {
    /// Country code.
    #[field(label = "Country code", minimum = 2, maximum = 2)]
    pub country_code: Option<String>,
    /// Others.
    #[field(label = "Others")]
    pub others: Option<String>,
    /// Lines.
    #[field(label = "Lines")]
    pub lines: Option<Vec<String>>,
    /// What else it holds.
    #[serde(flatten)]
    pub others_2: JsonObject,
}
