//! What is new about a customer: `PATCH /customers/:id`, or the mutation `updateCustomer`.

use waystation_kit::prelude::*;

use super::create_customer;
use crate::DigiWedgeCrm;
use crate::client::{send_for_resource, url};
use crate::customers::Profile;
use crate::graphql::{Mutation, mutate};
use crate::refusal::says_customer_exists;
use crate::settings::Interface;

/// A customer to update.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCustomer {
    /// The ID that the CRM gave. Without it the customer is looked up by user ID, e-mail address and phone number.
    #[field(label = "Customer ID", category = identifier)]
    pub customer_id: Option<String>,
    /// What is known about the customer. What is left out stays as it is.
    #[serde(flatten)]
    pub profile: Profile,
    /// Create the customer if the lookup finds none.
    #[field(label = "Create missing customers", default = true)]
    pub create_missing: Option<bool>,
}

impl ActionInfo<DigiWedgeCrm> for UpdateCustomer {
    const SLUG: &'static str = "updateCustomer";
    const TITLE: &'static str = "Create or Update Customer";
    const DESCRIPTION: &'static str = "Update a customer, found by any identifier, or create one.";
    // A customer that an earlier request created is found and updated.
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
}

impl Action<DigiWedgeCrm> for UpdateCustomer {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let given = payload.customer_id.as_deref().map(str::trim);
        if let Some(id) = given.filter(|id| !id.is_empty()) {
            return update(cx, id, &payload.profile).await;
        }
        match payload.profile.identity().resolve(cx).await {
            Ok(found) => update(cx, &found.customer_id, &payload.profile).await,
            Err(error) if error.status() == Some(404) && payload.create_missing.unwrap_or(true) => {
                create_missing(cx, &payload.profile).await
            }
            Err(error) => Err(error),
        }
    }
}

async fn update(cx: &Context<DigiWedgeCrm>, id: &str, profile: &Profile) -> Result<Output> {
    match cx.settings().interface.unwrap_or_default() {
        Interface::Rest => {
            let request = cx.patch(url(cx, "/customers")).path_segment(id).json(profile);
            send_for_resource(cx, request).await
        }
        Interface::GraphQl => {
            let input = serde_json::to_value(profile).map_err(|error| Error::internal(error.to_string()))?;
            mutate(cx, Mutation::update_customer(id, input)).await
        }
    }
}

/// Two events of a new person often arrive together. The one that comes second finds the customer at its next
/// attempt.
async fn create_missing(cx: &Context<DigiWedgeCrm>, profile: &Profile) -> Result<Output> {
    match create_customer::create(cx, profile).await {
        Err(error) if says_customer_exists(&error) => {
            let later = Error::retryable(format!("The customer was created in the meantime. {error}"));
            let code = error.code().unwrap_or(ErrorCode::RETRYABLE_ERROR);
            Err(later.with_status(423).with_code(code))
        }
        created => created,
    }
}
