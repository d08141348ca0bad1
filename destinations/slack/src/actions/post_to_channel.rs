//! A message to a channel.

use waystation_kit::prelude::*;
use waystation_kit::text::filled;

use crate::webhook_url::WebhookUrl;
use crate::{Slack, answer};

/// A message.
#[derive(Debug, Deserialize, Payload)]
pub struct PostToChannel {
    /// The address of the incoming webhook, as Slack shows it under the settings of your app.
    #[field(label = "Webhook URL", format = uri)]
    pub url: String,
    /// What to post, in [Slack's formatting](https://docs.slack.dev/messaging/formatting-message-text).
    #[field(label = "Message", type = text)]
    pub text: String,
    /// The name of the channel, without `#`. Webhooks of an app ignore it and post to their own channel.
    pub channel: Option<String>,
    /// Whom the message is from.
    #[field(label = "User", default = "Segment")]
    pub username: Option<String>,
    /// The address of the picture next to the name.
    #[field(label = "Icon URL", default = "https://logo.clearbit.com/segment.com")]
    pub icon_url: Option<String>,
}

impl ActionInfo<Slack> for PostToChannel {
    const SLUG: &'static str = "postToChannel";
    const TITLE: &'static str = "Post Message";
    const DESCRIPTION: &'static str = "Post a message to a channel of a Slack workspace.";
}

impl Action<Slack> for PostToChannel {
    async fn perform(cx: &Context<Slack>, payload: Self) -> Result<Output> {
        let url = WebhookUrl::parse(&payload.url)?;
        let request = cx.post(url.as_str()).public_addresses_only();
        let answer = request.json(&payload.message()).send().await?;
        Ok(answer::taken(answer)?.into())
    }
}

/// The [body](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) that Slack expects.
#[derive(Serialize)]
struct Message<'payload> {
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'payload str>,
    text: &'payload str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'payload str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<&'payload str>,
}

impl PostToChannel {
    fn message(&self) -> Message<'_> {
        Message {
            channel: filled(&self.channel),
            text: &self.text,
            username: filled(&self.username),
            icon_url: filled(&self.icon_url),
        }
    }
}
