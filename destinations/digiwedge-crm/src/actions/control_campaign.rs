//! A campaign that is scheduled, paused or resumed: `POST /campaigns/:id/schedule`, `/pause`, `/resume`.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::choices;
use crate::client::{post_on, send};

/// A campaign and what is to become of it. The token needs the scope `crm:campaigns`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct ControlCampaign {
    /// The ID that the CRM gave the campaign.
    #[field(label = "Campaign", dynamic, default = path("$.properties.campaignId"))]
    pub campaign_id: String,
    /// What is to become of it.
    #[field(label = "Operation", default = CampaignOperation::Schedule.name())]
    pub operation: CampaignOperation,
    /// When a scheduled campaign is sent, in ISO 8601; as the CRM decides if left out.
    #[field(label = "Scheduled at", default = path("$.properties.scheduledAt"))]
    pub scheduled_at: Option<Datetime>,
}

/// What may become of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum CampaignOperation {
    /// It will be sent.
    Schedule,
    /// It stops for now.
    Pause,
    /// It goes on.
    Resume,
}

impl ActionInfo<DigiWedgeCrm> for ControlCampaign {
    const SLUG: &'static str = "controlCampaign";
    const TITLE: &'static str = "Control Campaign";
    const DESCRIPTION: &'static str = "Schedule, pause or resume a campaign.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Campaign Requested""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("campaignId", |cx, request| {
            Box::pin(choices::list(cx, "/campaigns", request))
        })
    }
}

impl Action<DigiWedgeCrm> for ControlCampaign {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let request = post_on(cx, "/campaigns", &payload.campaign_id, payload.operation.name());
        match (payload.operation, payload.scheduled_at) {
            (CampaignOperation::Schedule, Some(at)) => {
                send(cx, request.json(&json!({"scheduledAt": at}))).await
            }
            _ => send(cx, request).await,
        }
    }
}
