//! Something that a contact, or another record, did. The event is defined in HubSpot already.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::choices;
use crate::client::url;
use crate::custom_event::took_event;
use crate::flatten::flatten;

/// An event ([reference](https://developers.hubspot.com/docs/api-reference/events-send-event-completions-v3/guide)).
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct SendCustomBehavioralEvent {
    /// The internal name of the event, as HubSpot made it up when the event was defined: `pe`, the ID of your account,
    /// an underscore and the name
    /// ([where to find it](https://knowledge.hubspot.com/analytics-tools/create-custom-behavioral-events)).
    #[field(label = "Event name", dynamic)]
    pub event_name: String,
    /// When it happened; the time of arrival if left out.
    #[field(label = "Event timestamp", default = path("$.timestamp"))]
    pub occurred_at: Option<Datetime>,
    /// The address of the contact who did it. One of address, user token and object ID is needed.
    #[field(
        label = "E-mail address",
        default = first_of("$.properties.email", "$.context.traits.email"),
        format = email
    )]
    pub email: Option<String>,
    /// The token by which HubSpot's cookie knows the contact.
    #[field(label = "User token")]
    pub utk: Option<String>,
    /// HubSpot's ID of the contact, company or other record that did it.
    #[field(label = "Object ID")]
    pub object_id: Option<String>,
    /// What else is known about the event, by the internal names of its properties
    /// ([properties of events](https://knowledge.hubspot.com/analytics-tools/create-custom-behavioral-events)).
    #[field(label = "Event properties", object_ui = key_value_only)]
    pub properties: Option<JsonObject>,
}

impl ActionInfo<HubSpot> for SendCustomBehavioralEvent {
    const SLUG: &'static str = "sendCustomBehavioralEvent";
    const TITLE: &'static str = "Send Custom Behavioral Event";
    const DESCRIPTION: &'static str = "Tell HubSpot what a contact or another record did.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");

    fn dynamic_fields() -> DynamicFields<HubSpot> {
        DynamicFields::new().field("eventName", |cx, _| Box::pin(choices::events::behavioral(cx)))
    }
}

/// What is posted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completion {
    event_name: String,
    #[serde(flatten)]
    who: Who,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<JsonObject>,
}

/// Whose event it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who {
    #[serde(skip_serializing_if = "Option::is_none")]
    utk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_id: Option<String>,
}

impl Who {
    fn is_known(&self) -> bool {
        [&self.utk, &self.email, &self.object_id]
            .into_iter()
            .flatten()
            .any(|identifier| !identifier.is_empty())
    }
}

impl Action<HubSpot> for SendCustomBehavioralEvent {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        let completion = payload.completion(cx.settings().portal_id.as_deref())?;
        let request = cx.post(url("/events/v3/send")).json(&completion);
        Ok(took_event(request.send().await?)?.into())
    }
}

impl SendCustomBehavioralEvent {
    fn completion(self, portal_id: Option<&str>) -> Result<Completion> {
        let event_name = event_name(&self.event_name);
        check_prefix(&event_name, portal_id.unwrap_or_default())?;
        let who = Who {
            utk: self.utk,
            email: self.email,
            object_id: self.object_id,
        };
        if !who.is_known() {
            return Err(Error::payload(
                "HubSpot has to know whose event it is: by e-mail address, user token or object ID",
            ));
        }
        Ok(Completion {
            event_name,
            who,
            occurred_at: self.occurred_at,
            properties: self.properties.map(flatten),
        })
    }
}

/// The name in lower case, with an underscore for each run of blanks and points.
fn event_name(name: &str) -> String {
    let mut cleaned = String::with_capacity(name.len());
    let mut is_in_gap = false;
    for sign in name.chars() {
        let is_gap = sign == '.' || waystation_kit::json::number::is_js_space(sign);
        if !is_gap {
            cleaned.extend(sign.to_lowercase());
        } else if !is_in_gap {
            cleaned.push('_');
        }
        is_in_gap = is_gap;
    }
    cleaned
}

/// Whether the name starts as HubSpot's names do: with the ID of the account, if that is known.
fn check_prefix(name: &str, portal_id: &str) -> Result<()> {
    let rest = name.strip_prefix("pe").unwrap_or_default();
    let (id, rest) = match portal_id {
        "" => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        known => (known, rest.strip_prefix(known).unwrap_or_default()),
    };
    if !id.is_empty() && rest.starts_with('_') {
        return Ok(());
    }
    let id = if portal_id.is_empty() {
        "<Hub ID>"
    } else {
        portal_id
    };
    Err(Error::payload(format!(
        "The event's internal name starts with \"pe{id}_\", and \"{name}\" does not"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_into_the_form_of_hubspot() {
        for (name, cleaned) in [
            ("pe9_Lesson Done", "pe9_lesson_done"),
            ("PE12_ŻÓŁĆ.x", "pe12_żółć_x"),
            ("a. .b\t\u{a0}c", "a_b_c"),
        ] {
            assert_eq!(event_name(name), cleaned, "{name}");
        }
    }

    #[test]
    fn names_carry_the_account() {
        for (name, portal_id) in [("pe9_x", ""), ("pe77_x", "77"), ("pe123_", "")] {
            assert!(check_prefix(name, portal_id).is_ok(), "{name} in {portal_id}");
        }
        for (name, portal_id) in [
            ("x", ""),
            ("pe_x", ""),
            ("pe9x", ""),
            ("pe78_x", "77"),
            ("pe77", "77"),
        ] {
            let error = check_prefix(name, portal_id).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{name}: {error:?}");
        }
    }
}
