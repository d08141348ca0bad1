//! One event at a time; conditions on fields; a memory; idempotency.

use std::time::Duration;

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::{taken, url};
use crate::pick;

/// Senders of templates hardly ever change, and asking for one costs a request.
const SENDER_IS_REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// A message to one person.
#[derive(Debug, Deserialize, Payload)]
pub struct SendMessage {
    /// The way the message goes.
    // Not an `Option`, so it is required.
    #[field(label = "Channel", default = Channel::Email.name())]
    pub channel: Channel,
    /// Where the message goes to.
    // `required` is checked here; `depends_on` is for the form, which shows the field only when it matters.
    #[field(
        label = "E-mail address",
        format = email,
        default = first_of("$.traits.email", "$.properties.email"),
        required = Required::When(Conditions::all([Condition::is("channel", Channel::Email.name())])),
        depends_on = Conditions::all([Condition::is("channel", Channel::Email.name())])
    )]
    pub email: Option<String>,
    /// The number that the message goes to, with its country code.
    #[field(
        label = "Phone number",
        placeholder = "+15550100",
        default = first_of("$.traits.phone", "$.properties.phone"),
        required = Required::When(Conditions::all([Condition::is("channel", Channel::Text.name())])),
        depends_on = Conditions::all([Condition::is("channel", Channel::Text.name())])
    )]
    pub phone: Option<String>,
    /// What the message looks like.
    // No default: which template it is, only the person can know. `dynamic` offers those that there are.
    #[field(label = "Template", dynamic, category = config)]
    pub template_id: String,
    /// Values for the placeholders of the template.
    #[field(label = "Values", default = path("$.properties"))]
    pub values: Option<JsonObject>,
    /// Identifies the message, so that one that has to be sent again is not delivered twice.
    #[field(label = "Message ID", default = path("$.messageId"), hidden)]
    pub message_id: Option<String>,
}

/// The way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By e-mail.
    #[choice(label = "E-mail")]
    Email,
    /// By text message.
    #[choice(label = "Text message")]
    Text,
}

impl ActionInfo<ExampleCrm> for SendMessage {
    const SLUG: &'static str = "sendMessage";
    const TITLE: &'static str = "Send Message";
    const DESCRIPTION: &'static str = "Send a person a message made from a template.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\" and event = \"Message Requested\"");
    // The idempotency key below makes it so.
    const IDEMPOTENT: bool = true;

    fn dynamic_fields() -> DynamicFields<ExampleCrm> {
        DynamicFields::new().field("template_id", |cx, request| {
            Box::pin(pick::templates(cx, request))
        })
    }
}

impl Action<ExampleCrm> for SendMessage {
    async fn perform(cx: &Context<ExampleCrm>, payload: Self) -> Result<Output> {
        let sender = payload.sender(cx).await?;
        let mut request = cx.post(url(cx, "/messages"));
        // The same for every attempt: it comes from the event, never from a clock or from chance.
        if let Some(id) = &payload.message_id {
            request = request.header("idempotency-key", id);
        }
        let message = json!({
            "channel": payload.channel,
            "to": payload.email.or(payload.phone),
            "from": sender,
            "template": payload.template_id,
            "values": payload.values,
        });
        taken(request.json(&message).send().await)
    }
}

impl SendMessage {
    /// Who the template's messages come from. The connection remembers it; what it does not remember is asked.
    async fn sender(&self, cx: &Context<ExampleCrm>) -> Result<String> {
        #[derive(Deserialize)]
        struct Template {
            sender: String,
        }
        let key = format!("sender of template {}", self.template_id);
        let ask = async {
            let request = cx.get(url(cx, "/templates")).path_segment(&self.template_id);
            let template: Template = request.send().await?.json()?;
            Ok(template.sender)
        };
        cx.remember(&key, SENDER_IS_REMEMBERED, ask).await
    }
}
