//! Any event at all.

use std::borrow::Cow;

use waystation_kit::json::number::is_js_space;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;

/// An event under a name of your own
/// ([rules for names](https://support.google.com/analytics/answer/13316687)). Its parameters are the custom ones.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct CustomEvent {
    /// The name of the event. Google takes no spaces in it, so they become underscores.
    #[serde(skip_serializing)]
    #[field(label = "Event name", default = path("$.event"))]
    pub name: String,
    /// Write the name in lower case. Google takes names that differ in case alone for different events.
    #[serde(skip_serializing)]
    #[field(label = "Lowercase event name", default = false)]
    pub lowercase: Option<bool>,
}

impl ActionInfo<GoogleAnalytics4> for CustomEvent {
    const SLUG: &'static str = "customEvent";
    const TITLE: &'static str = "Custom Event";
    const DESCRIPTION: &'static str = "Count an event of your own.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl EventParameters for CustomEvent {
    const CLIENT_ID_KEY: &'static str = "clientId";

    fn event_name(&self) -> Cow<'_, str> {
        let name = self.name.trim_matches(is_js_space).replace(is_js_space, "_");
        if self.lowercase == Some(true) {
            name.to_lowercase().into()
        } else {
            name.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_name(name: &str, lowercase: Option<bool>) -> String {
        let name = name.to_owned();
        CustomEvent { name, lowercase }.event_name().into_owned()
    }

    #[test]
    fn spaces_become_underscores() {
        assert_eq!(event_name("  Lesson  Finished\t1\n", None), "Lesson__Finished_1");
        assert_eq!(event_name("already_fine", Some(false)), "already_fine");
    }

    #[test]
    fn names_become_lower_case_on_demand() {
        assert_eq!(event_name("Ärger Gemeldet", Some(true)), "ärger_gemeldet");
    }
}
