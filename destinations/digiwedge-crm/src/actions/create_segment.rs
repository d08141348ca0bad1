//! A segment: `POST /segments`.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client;

/// A segment to create. The token needs the scope `crm:admin`.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct CreateSegment {
    /// The name.
    #[field(label = "Name", default = path("$.properties.name"))]
    pub name: String,
    /// What the segment is for.
    #[field(label = "Description", default = path("$.properties.description"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How customers come to be in it.
    #[serde(rename = "type")]
    #[field(label = "Type", default = SegmentType::Dynamic.name())]
    pub segment_type: SegmentType,
    /// Who belongs to it: a `combinator` (`AND` or `OR`) and `rules`, each with `field`, `operator` (for example
    /// `eq`, `gte`, `in`) and `value`.
    #[field(label = "Criteria", default = path("$.properties.criteria"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<JsonObject>,
}

/// How customers come to be in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum SegmentType {
    /// Somebody puts them in.
    Static,
    /// They fulfil the criteria.
    Dynamic,
    /// The CRM decides.
    Smart,
}

impl ActionInfo<DigiWedgeCrm> for CreateSegment {
    const SLUG: &'static str = "createSegment";
    const TITLE: &'static str = "Create Segment";
    const DESCRIPTION: &'static str = "Create a segment of customers.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Segment Created""#);
}

impl Action<DigiWedgeCrm> for CreateSegment {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        client::create(cx, "/segments", &payload).await
    }
}
