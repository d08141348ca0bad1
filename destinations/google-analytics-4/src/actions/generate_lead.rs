//! Somebody who may become a customer.

use std::borrow::Cow;

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::currency;
use crate::event::EventParameters;

/// [`generate_lead`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#generate_lead).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct GenerateLead {
    /// The currency of the value, in three letters of ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Currency", default = path("$.properties.currency"))]
    pub currency: Option<String>,
    /// What the lead is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Value", default = path("$.properties.value"))]
    pub value: Option<Number>,
}

impl ActionInfo<GoogleAnalytics4> for GenerateLead {
    const SLUG: &'static str = "generateLead";
    const TITLE: &'static str = "Generate Lead";
    const DESCRIPTION: &'static str = "Count who asks to hear from you.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl EventParameters for GenerateLead {
    fn event_name(&self) -> Cow<'_, str> {
        "generate_lead".into()
    }

    fn check(&self) -> Result<()> {
        let currency = self.currency.as_deref();
        currency::check_optional(currency)?;
        currency::check_value(self.value.as_ref(), currency)
    }
}
