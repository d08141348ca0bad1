//! A customer who starts a journey.
//!
//! The partner promises enrollments and documents their errors, but no address. It is taken from the names of
//! its other lists, and kept in one place.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::choices;
use crate::client::{post_on, send_for_resource};
use crate::customers::CustomerReference;
use crate::refusal::has_code;

/// Behind `/journeys/:id`.
const ENROLLMENTS: &str = "enrollments";

/// A customer and a journey, which has to be active. The token needs the scope `crm:campaigns`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct EnrollInJourney {
    /// The ID that the CRM gave the journey.
    #[field(label = "Journey", dynamic, default = path("$.properties.journeyId"))]
    pub journey_id: String,
    /// Who starts it.
    #[serde(flatten)]
    pub customer: CustomerReference,
    /// A customer who is on the journey already, and may not start it twice, counts as enrolled.
    #[field(label = "Accept enrolled customers", default = true)]
    pub accept_enrolled: Option<bool>,
}

impl ActionInfo<DigiWedgeCrm> for EnrollInJourney {
    const SLUG: &'static str = "enrollInJourney";
    const TITLE: &'static str = "Enroll in Journey";
    const DESCRIPTION: &'static str = "Start a customer on a journey.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Journey Started""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("journeyId", |cx, request| {
            Box::pin(choices::list(cx, "/journeys", request))
        })
    }
}

impl Action<DigiWedgeCrm> for EnrollInJourney {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let customer_id = payload.customer.find(cx).await?;
        let request = post_on(cx, "/journeys", &payload.journey_id, ENROLLMENTS);
        let enrolled = send_for_resource(cx, request.json(&json!({"customerId": customer_id}))).await;
        match enrolled {
            Err(error)
                if payload.accept_enrolled.unwrap_or(true)
                    && has_code(&error, "CUSTOMER_ALREADY_ENROLLED") =>
            {
                Ok(Output::Value(json!({"alreadyEnrolled": true})))
            }
            enrolled => enrolled,
        }
    }
}
