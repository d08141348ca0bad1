//! A segment whose members are counted anew: `POST /segments/:id/refresh`.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::choices;
use crate::client::{post_on, send};

/// A segment to refresh. The token needs the scope `crm:admin`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct RefreshSegment {
    /// The ID that the CRM gave the segment.
    #[field(label = "Segment", dynamic, default = path("$.properties.segmentId"))]
    pub segment_id: String,
}

impl ActionInfo<DigiWedgeCrm> for RefreshSegment {
    const SLUG: &'static str = "refreshSegment";
    const TITLE: &'static str = "Refresh Segment";
    const DESCRIPTION: &'static str = "Count anew who belongs to a segment.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Segment Refresh Requested""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("segmentId", |cx, request| {
            Box::pin(choices::list(cx, "/segments", request))
        })
    }
}

impl Action<DigiWedgeCrm> for RefreshSegment {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        send(cx, post_on(cx, "/segments", &payload.segment_id, "refresh")).await
    }
}
