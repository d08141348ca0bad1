//! Two customers who turn out to be one: `POST /customers/:winnerId/merge`, or the mutation `mergeCustomers`.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{post_on, send};
use crate::graphql::{Mutation, mutate};
use crate::settings::Interface;

/// Two customers to merge, by the IDs that the CRM gave. The token needs the scope `crm:admin`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct MergeCustomers {
    /// The customer who stays.
    #[field(label = "Customer to keep", category = identifier, default = path("$.properties.winnerId"))]
    pub winner_id: String,
    /// The customer who is merged into the other one.
    #[field(label = "Customer to merge into it", category = identifier, default = path("$.properties.loserId"))]
    pub loser_id: String,
}

impl ActionInfo<DigiWedgeCrm> for MergeCustomers {
    const SLUG: &'static str = "mergeCustomers";
    const TITLE: &'static str = "Merge Customers";
    const DESCRIPTION: &'static str = "Merge one customer into another.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Customers Merged""#);
}

impl Action<DigiWedgeCrm> for MergeCustomers {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let (winner, loser) = (payload.winner_id.trim(), payload.loser_id.trim());
        if winner == loser {
            return Err(Error::payload("A customer cannot be merged into itself"));
        }
        match cx.settings().interface.unwrap_or_default() {
            Interface::Rest => {
                let request = post_on(cx, "/customers", winner, "merge");
                send(cx, request.json(&json!({"loserId": loser}))).await
            }
            Interface::GraphQl => mutate(cx, Mutation::merge_customers(winner, loser)).await,
        }
    }
}
