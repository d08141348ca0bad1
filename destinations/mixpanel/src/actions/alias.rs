//! Another ID for somebody.

use waystation_kit::prelude::*;

use crate::fields::Nullable;
use crate::{Mixpanel, client};

/// Two IDs of one person.
#[derive(Debug, Deserialize, Payload)]
pub struct Alias {
    /// The new ID. It can belong to one person only.
    #[serde(default)]
    #[field(allow_null, default = first_of("$.userId", "$.anonymousId"))]
    pub alias: Nullable,
    /// The ID that the person has already.
    #[field(label = "Distinct ID", default = path("$.previousId"))]
    pub distinct_id: Option<String>,
}

impl ActionInfo<Mixpanel> for Alias {
    const SLUG: &'static str = "alias";
    const TITLE: &'static str = "Alias";
    const DESCRIPTION: &'static str = "Give a person another ID, in projects with the legacy identity management. Others use Identify User.";
    const IDEMPOTENT: bool = true;
}

impl Action<Mixpanel> for Alias {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        let mut properties = JsonObject::new();
        if let Some(distinct_id) = payload.distinct_id {
            properties.insert("distinct_id".to_owned(), distinct_id.into());
        }
        if let Some(alias) = payload.alias.into_value() {
            properties.insert("alias".to_owned(), alias);
        }
        let event = client::identity_event(cx.settings(), "$create_alias", properties);
        Ok(client::post_data(cx, "/track", &event).await?.into())
    }
}
