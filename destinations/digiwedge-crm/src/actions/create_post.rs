//! A post for a social network: `POST /social/posts`.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::{choices, client};

/// A post to create. The token needs the scope `crm:social`.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct CreatePost {
    /// The connection to the social network, by the ID that the CRM gave.
    #[field(label = "Connection", dynamic, default = path("$.properties.connectionId"))]
    pub connection_id: String,
    /// The text.
    #[field(label = "Content", type = text, default = path("$.properties.content"))]
    pub content: String,
    /// Addresses of pictures and films.
    #[field(label = "Media URLs", default = path("$.properties.mediaUrls"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_urls: Option<Vec<String>>,
    /// When it appears, in ISO 8601; when it is published if left out.
    #[field(label = "Scheduled at", default = path("$.properties.scheduledAt"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Datetime>,
}

impl ActionInfo<DigiWedgeCrm> for CreatePost {
    const SLUG: &'static str = "createPost";
    const TITLE: &'static str = "Create Post";
    const DESCRIPTION: &'static str = "Create a post for a social network.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Post Created""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("connectionId", |cx, request| {
            Box::pin(choices::list(cx, "/social/connections", request))
        })
    }
}

impl Action<DigiWedgeCrm> for CreatePost {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        client::create(cx, "/social/posts", &payload).await
    }
}
