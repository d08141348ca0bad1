//! Somebody who leaves an audience, taken off its list.

use waystation_kit::RequestKey;
use waystation_kit::fields::FieldDefinition;
use waystation_kit::prelude::*;

use super::RemoveProfile;
use crate::Klaviyo;
use crate::removal;

/// Somebody who leaves an audience. At least one of email address, phone number and external ID is needed.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct RemoveProfileFromList(RemoveProfile);

impl Payload for RemoveProfileFromList {
    /// Those of [`RemoveProfile`], but that the person is found in the context, and the list is the audience's.
    fn fields() -> Fields {
        let mut fields = RemoveProfile::fields();
        let mut change = |key: &'static str, change: &dyn Fn(FieldDefinition) -> FieldDefinition| {
            if let Some(field) = fields.get(key).cloned() {
                fields.insert(key, change(field));
            }
        };
        let found_at = |path: &'static str| {
            move |field| FieldDefinition {
                default: Some(directive::path(path)),
                ..field
            }
        };
        change("email", &found_at("$.context.traits.email"));
        change("phone_number", &found_at("$.context.traits.phone"));
        change("external_id", &|field| FieldDefinition {
            minimum: Some(0.0),
            maximum: Some(255.0),
            ..field
        });
        change("list_id", &|field| FieldDefinition {
            label: "List ID".into(),
            description: "The list of the audience.".into(),
            hidden: true,
            dynamic: false,
            default: Some(directive::first_of(&[
                "$.context.personas.audience_settings.listId",
                "$.context.personas.external_audience_id",
            ])),
            ..field
        });
        fields
    }
}

impl From<RemoveProfileFromList> for RemoveProfile {
    fn from(payload: RemoveProfileFromList) -> Self {
        payload.0
    }
}

impl ActionInfo<Klaviyo> for RemoveProfileFromList {
    const SLUG: &'static str = "removeProfileFromList";
    const TITLE: &'static str = "Remove Profile from List (Engage)";
    const DESCRIPTION: &'static str = "Take somebody who leaves an audience off its list.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Audience Exited""#);
}

impl Action<Klaviyo> for RemoveProfileFromList {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        removal::remove(cx, payload.0).await
    }
}

impl BatchAction<Klaviyo> for RemoveProfileFromList {
    /// A request is about one list.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|profile| RequestKey::of(&profile.0.list_id));

    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        removal::remove_batch(cx, batch).await
    }
}
