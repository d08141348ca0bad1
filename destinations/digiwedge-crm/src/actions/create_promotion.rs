//! The promotion of an event at a club: `POST /promotions`.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::{choices, client};

/// A promotion to create. The token probably needs the scope `crm:campaigns`.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct CreatePromotion {
    /// The club.
    #[field(label = "Club ID", default = path("$.properties.clubId"))]
    pub club_id: String,
    /// What is promoted.
    #[field(label = "Source type", default = path("$.properties.sourceType"))]
    pub source_type: SourceType,
    /// Which of them.
    #[field(label = "Source ID", default = path("$.properties.sourceId"))]
    pub source_id: String,
    /// Promote it without anybody's approval.
    #[field(label = "Promote automatically", default = false)]
    pub auto_promote: bool,
    /// By which ways.
    #[field(label = "Channels", default = path("$.properties.channels"))]
    pub channels: Vec<Channel>,
    /// When it is announced, in ISO 8601.
    #[field(label = "Announce at", default = path("$.properties.announceAt"))]
    pub announce_at: Datetime,
    /// On how many days before it people are reminded.
    #[field(label = "Reminder days", default = path("$.properties.reminderDays"))]
    #[serde(default)]
    pub reminder_days: Vec<u32>,
    /// The segment that hears of it.
    #[field(label = "Segment", dynamic, default = path("$.properties.segmentId"))]
    pub segment_id: String,
    /// The template of the e-mail.
    #[field(label = "E-mail template ID", default = path("$.properties.emailTemplateId"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_template_id: Option<String>,
    /// The template of the text message.
    #[field(label = "SMS template ID", default = path("$.properties.smsTemplateId"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_template_id: Option<String>,
    /// The text for social networks.
    #[field(label = "Social content", type = text, default = path("$.properties.socialContent"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub social_content: Option<String>,
}

/// What may be promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceType {
    /// A competition.
    Competition,
    /// An event of the club.
    ClubEvent,
    /// Something special.
    Special,
}

/// The ways to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum Channel {
    /// E-mail.
    #[choice(label = "E-mail")]
    Email,
    /// Text messages.
    #[choice(label = "SMS")]
    Sms,
    /// Social networks.
    Social,
}

impl ActionInfo<DigiWedgeCrm> for CreatePromotion {
    const SLUG: &'static str = "createPromotion";
    const TITLE: &'static str = "Create Promotion";
    const DESCRIPTION: &'static str = "Promote a competition or another event of a club.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Promotion Created""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("segmentId", |cx, request| {
            Box::pin(choices::list(cx, "/segments", request))
        })
    }
}

impl Action<DigiWedgeCrm> for CreatePromotion {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        client::create(cx, "/promotions", &payload).await
    }
}
