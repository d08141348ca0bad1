//! A post that appears: `POST /social/posts/:id/publish`.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{post_on, send};

/// A post to publish. The token needs the scope `crm:social`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct PublishPost {
    /// The ID that the CRM gave the post.
    #[field(label = "Post ID", default = path("$.properties.postId"))]
    pub post_id: String,
}

impl ActionInfo<DigiWedgeCrm> for PublishPost {
    const SLUG: &'static str = "publishPost";
    const TITLE: &'static str = "Publish Post";
    const DESCRIPTION: &'static str = "Publish a post at its social network.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Post Approved""#);
}

impl Action<DigiWedgeCrm> for PublishPost {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        send(cx, post_on(cx, "/social/posts", &payload.post_id, "publish")).await
    }
}
