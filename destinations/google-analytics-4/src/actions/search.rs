//! A search.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;

/// [`search`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#search).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Search {
    /// What was searched for.
    #[field(label = "Search term", default = path("$.properties.query"))]
    pub search_term: String,
}

impl ActionInfo<GoogleAnalytics4> for Search {
    const SLUG: &'static str = "search";
    const TITLE: &'static str = "Search";
    const DESCRIPTION: &'static str = "Count what people search for.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Products Searched""#);
}

impl EventParameters for Search {
    fn event_name(&self) -> Cow<'_, str> {
        "search".into()
    }
}
