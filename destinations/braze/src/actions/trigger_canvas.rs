//! A Canvas that an event starts.

use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFields};
use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::messages::{self, Prioritization, Trigger};

/// A Canvas to start
/// ([reference](https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_triggered_canvases/)).
#[derive(Debug, Deserialize, Payload)]
pub struct TriggerCanvas {
    /// Which Canvas, and what its messages are made personal with.
    #[serde(flatten)]
    pub canvas: Canvas,
    /// Start the Canvas for everybody in its segment, or in the audience. Goes without recipients.
    #[field(label = "Broadcast")]
    pub broadcast: Option<bool>,
    /// Whom the Canvas starts for.
    #[field(
        label = "Recipients",
        object_ui = list,
        required = Required::When(Conditions::all([Condition::is_not("broadcast", true)])),
        depends_on = Conditions::all([Condition::is_not("broadcast", true)])
    )]
    pub recipients: Option<Vec<CanvasRecipient>>,
    /// Whom to choose where the email address of a recipient fits several people. Needed for recipients with
    /// an email address alone.
    #[field(
        label = "Prioritization",
        depends_on = Conditions::all([Condition::is_not("broadcast", true)])
    )]
    pub prioritization: Option<Prioritization>,
    /// Start the Canvas only for those whom this
    /// [audience object](https://www.braze.com/docs/api/objects_filters/connected_audience/) describes.
    #[field(label = "Audience", object_ui = key_value)]
    pub audience: Option<JsonObject>,
}

/// A Canvas, and what its messages are made personal with.
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Canvas {
    /// The Canvas, which has to be one that the API triggers.
    #[field(label = "Canvas ID", dynamic)]
    pub canvas_id: String,
    /// Values that the messages are made personal with, for all recipients.
    #[field(label = "Canvas entry properties", object_ui = key_value, default = path("$.properties"))]
    pub canvas_entry_properties: Option<JsonObject>,
}

/// Somebody whom the Canvas starts for.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct CanvasRecipient {
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_user_id: Option<String>,
    /// An alias of the person.
    #[field(label = "User alias")]
    pub user_alias: Option<CanvasAlias>,
    /// The person's email address.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email", default = path("$.traits.email"))]
    pub email: Option<String>,
    /// Values that this person's messages are made personal with. They win over those for all.
    #[field(label = "Canvas entry properties", object_ui = key_value)]
    pub canvas_entry_properties: Option<JsonObject>,
    /// Leave the person out unless Braze knows the person, which is the default. Off, it needs attributes; it
    /// does not go with an alias.
    #[field(label = "Send to existing only")]
    pub send_to_existing_only: Option<bool>,
    /// What is stored about the person before the Canvas starts.
    #[field(label = "Attributes", object_ui = key_value)]
    pub attributes: Option<JsonObject>,
}

/// An alias of somebody whom the Canvas starts for.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct CanvasAlias {
    /// The alias itself.
    #[field(label = "Alias name", default = path("$.traits.braze_alias"))]
    pub alias_name: Option<String>,
    /// What kind of alias it is.
    #[field(label = "Alias label", default = path("$.traits.braze_alias_label"))]
    pub alias_label: Option<String>,
}

impl ActionInfo<Braze> for TriggerCanvas {
    const SLUG: &'static str = "triggerCanvas";
    const TITLE: &'static str = "Trigger Canvas";
    const DESCRIPTION: &'static str = "Start a Canvas that the API triggers.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);

    fn dynamic_fields() -> DynamicFields<Braze> {
        DynamicFields::new().field("canvas_id", |cx, _| Box::pin(canvases(cx)))
    }
}

impl Action<Braze> for TriggerCanvas {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let trigger = Trigger {
            message: payload.canvas,
            broadcast: payload.broadcast,
            recipients: messages::recipients(payload.recipients),
            prioritization: payload.prioritization,
            audience: payload.audience,
        };
        trigger.send(cx, "/canvas/trigger/send").await
    }
}

async fn canvases(cx: &Context<Braze>) -> Result<DynamicFieldAnswer> {
    match messages::list(cx, "/canvas/list", "canvases").await {
        Ok(mut choices) => {
            choices.sort_by_cached_key(|choice| choice.label.to_lowercase());
            Ok(DynamicFieldAnswer::of(choices))
        }
        Err(error) => Err(Error::api(format!("The Canvases cannot be listed: {error}"), 400)),
    }
}
