//! A campaign that an event sends.

use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFields};
use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::messages::{self, Prioritization, Trigger};

/// A campaign to send
/// ([reference](https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_triggered_campaigns/)).
#[derive(Debug, Deserialize, Payload)]
pub struct TriggerCampaign {
    /// Which campaign, and what its message is made personal with.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// Send the message to everybody in the campaign's segment, or in the audience. Goes without recipients.
    #[field(
        label = "Broadcast",
        required = Required::When(Conditions::all([
            Condition::is_unset("recipients"),
            Condition::is_unset("audience"),
        ])),
        depends_on = Conditions::all([Condition::is_unset("recipients")])
    )]
    pub broadcast: Option<bool>,
    /// Who gets the message.
    #[field(
        label = "Recipients",
        object_ui = list,
        depends_on = Conditions::all([Condition::is_not("broadcast", true)])
    )]
    pub recipients: Option<Vec<CampaignRecipient>>,
    /// Whom to choose where the email address of a recipient fits several people. Needed for recipients with
    /// an email address alone.
    #[field(
        label = "Prioritization",
        depends_on = Conditions::all([Condition::is_not("broadcast", true)])
    )]
    pub prioritization: Option<Prioritization>,
    /// Send the message only to those whom this
    /// [audience object](https://www.braze.com/docs/api/objects_filters/connected_audience/) describes.
    #[field(
        label = "Audience",
        depends_on = Conditions::all([Condition::is_unset("recipients"), Condition::is("broadcast", true)])
    )]
    pub audience: Option<JsonObject>,
}

/// A campaign, and what its message is made personal with.
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Campaign {
    /// The campaign, which has to be one that the API triggers.
    #[field(label = "Campaign ID", dynamic)]
    pub campaign_id: String,
    /// A name for this send, by which it can be analysed or cancelled.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Send ID")]
    pub send_id: Option<String>,
    /// Values that the message is made personal with, for all recipients.
    #[field(label = "Trigger properties", default = path("$.properties"))]
    pub trigger_properties: Option<JsonObject>,
    /// Files to send along by email.
    #[field(label = "Attachments", object_ui = list)]
    pub attachments: Option<Vec<Attachment>>,
}

/// A file to send along.
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Attachment {
    /// What the file is called.
    #[field(label = "File name")]
    pub file_name: String,
    /// Where the file is.
    #[field(label = "URL")]
    pub url: String,
}

/// Somebody who gets the message.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct CampaignRecipient {
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_user_id: Option<String>,
    /// An alias of the person, with the keys `alias_name` and `alias_label`.
    #[field(label = "User alias")]
    pub user_alias: Option<JsonObject>,
    /// The person's email address.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email", default = path("$.traits.email"))]
    pub email: Option<String>,
    /// Values that this person's message is made personal with. They win over those for all.
    #[field(label = "Trigger properties")]
    pub trigger_properties: Option<JsonObject>,
    /// Leave the person out unless Braze knows the person, which is the default. Off, it needs attributes; it
    /// does not go with an alias.
    #[field(label = "Send to existing only")]
    pub send_to_existing_only: Option<bool>,
    /// What is stored about the person before the message is sent.
    #[field(label = "Attributes")]
    pub attributes: Option<JsonObject>,
}

impl ActionInfo<Braze> for TriggerCampaign {
    const SLUG: &'static str = "triggerCampaign";
    const TITLE: &'static str = "Trigger Campaign";
    const DESCRIPTION: &'static str = "Send the message of a campaign that the API triggers.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);

    fn dynamic_fields() -> DynamicFields<Braze> {
        DynamicFields::new().field("campaign_id", |cx, _| Box::pin(campaigns(cx)))
    }
}

impl Action<Braze> for TriggerCampaign {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let trigger = Trigger {
            message: payload.campaign,
            broadcast: payload.broadcast,
            recipients: messages::recipients(payload.recipients),
            prioritization: payload.prioritization,
            audience: payload.audience,
        };
        trigger.send(cx, "/campaigns/trigger/send").await
    }
}

async fn campaigns(cx: &Context<Braze>) -> Result<DynamicFieldAnswer> {
    Ok(match messages::list(cx, "/campaigns/list", "campaigns").await {
        Ok(choices) if choices.is_empty() => {
            DynamicFieldAnswer::failed("404", "There are no campaigns in the workspace")
        }
        Ok(choices) => DynamicFieldAnswer::of(choices),
        Err(error) => DynamicFieldAnswer::failed("500", error.to_string()),
    })
}
