//! A segment whose members messaging gets: `POST /segments/:id/sync-to-messaging`.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::choices;
use crate::client::{post_on, send};

/// A segment to hand over to messaging. The token needs the scope `crm:admin`.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct SyncSegment {
    /// The ID that the CRM gave the segment.
    #[field(label = "Segment", dynamic, default = path("$.properties.segmentId"))]
    pub segment_id: String,
}

impl ActionInfo<DigiWedgeCrm> for SyncSegment {
    const SLUG: &'static str = "syncSegment";
    const TITLE: &'static str = "Sync Segment to Messaging";
    const DESCRIPTION: &'static str = "Hand the members of a segment over to DigiWedge's messaging.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Segment Sync Requested""#);

    fn dynamic_fields() -> DynamicFields<DigiWedgeCrm> {
        DynamicFields::new().field("segmentId", |cx, request| {
            Box::pin(choices::list(cx, "/segments", request))
        })
    }
}

impl Action<DigiWedgeCrm> for SyncSegment {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        send(
            cx,
            post_on(cx, "/segments", &payload.segment_id, "sync-to-messaging"),
        )
        .await
    }
}
