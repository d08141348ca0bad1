//! Something that a customer did: `POST /customers/:id/activities`.
//!
//! The partner documents the address and not the body; the fields are those of an activity in its
//! [data model](https://crm-docs-internal.uat.digiwedge.com/reference/data-model/core-models).

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{OfTenant, post_on, send_for_resource};
use crate::customers::CustomerReference;

/// An activity for the timeline of a customer.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct AddActivity {
    /// Whose activity it is.
    #[serde(flatten)]
    pub customer: CustomerReference,
    /// What the activity is and when it happened.
    #[serde(flatten)]
    pub activity: Activity,
}

/// What happened.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The kind of activity.
    #[serde(rename = "type")]
    #[field(label = "Type", default = path("$.event"))]
    pub activity_type: String,
    /// The system that it comes from.
    #[field(label = "Source", default = "segment")]
    pub source: String,
    /// When it happened, in ISO 8601.
    #[field(label = "Occurred at", default = path("$.timestamp"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Datetime>,
    /// What people read in the timeline.
    #[field(label = "Title", default = path("$.event"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What else is known about it.
    #[field(label = "Metadata", default = path("$.properties"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<JsonObject>,
}

impl ActionInfo<DigiWedgeCrm> for AddActivity {
    const SLUG: &'static str = "addActivity";
    const TITLE: &'static str = "Add Activity";
    const DESCRIPTION: &'static str = "Add what a customer did to the customer's timeline.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<DigiWedgeCrm> for AddActivity {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let customer_id = payload.customer.find(cx).await?;
        let request = post_on(cx, "/customers", &customer_id, "activities");
        send_for_resource(cx, request.json(&OfTenant::new(cx, payload.activity))).await
    }
}
