//! The customer behind identifiers: `GET /customers/resolve`.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::customers::Identity;

/// Identifiers of a customer.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct ResolveCustomer {
    /// Your own ID of the person; a certain match.
    #[field(label = "User ID", category = identifier, default = path("$.userId"))]
    pub auth_user_id: Option<String>,
    /// The e-mail address; nearly as certain, above all together with the phone number.
    #[field(label = "E-mail address", category = identifier, default = first_of("$.traits.email", "$.context.traits.email"))]
    pub email: Option<String>,
    /// The phone number in the form of E.164; the least certain match.
    #[field(label = "Phone number", category = identifier, default = first_of("$.traits.phone", "$.context.traits.phone"))]
    pub phone_number: Option<String>,
}

impl ActionInfo<DigiWedgeCrm> for ResolveCustomer {
    const SLUG: &'static str = "resolveCustomer";
    const TITLE: &'static str = "Resolve Customer";
    const DESCRIPTION: &'static str =
        "Have the CRM match identifiers to a customer, which it may create if it knows none.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
}

impl Action<DigiWedgeCrm> for ResolveCustomer {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let identity = Identity {
            auth_user_id: payload.auth_user_id.as_deref(),
            email: payload.email.as_deref(),
            phone: payload.phone_number.as_deref(),
        };
        Ok(identity.resolve(cx).await?.content.into())
    }
}
