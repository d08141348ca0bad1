//! What a workspace gets when it connects: the defaults of the actions' fields, with changes.

use waystation_kit::prelude::*;

use crate::KitchenSink;
use crate::actions::{TrackPurchase, UpsertProfile};

pub(crate) fn with_presets(definition: Definition<KitchenSink>) -> Definition<KitchenSink> {
    definition
        .preset_with::<UpsertProfile>(
            "Upsert Profile",
            MappingChanges::none()
                .set("type", json!("company"))
                .set("email", directive::first_of(&["$.a", "$.b"]))
                .without("address")
                .without("enable_batching"),
        )
        .preset_on::<TrackPurchase>(
            "Purchases",
            PresetTrigger::Automatic {
                subscribe: r#"type = "track""#,
            },
            MappingChanges::none()
                .without("user_id")
                .without("userID")
                .without("items")
                .without("nothing"),
        )
        .preset_on_event::<TrackPurchase>(
            "Entered",
            PlatformEvent::AudienceEntered.slug(),
            MappingChanges::none()
                .without("user_id")
                .without("userID")
                .without("total")
                .without("items")
                .without("nothing"),
        )
        .preset_on_event::<TrackPurchase>(
            "Entered",
            PlatformEvent::AudienceExited.slug(),
            MappingChanges::none()
                .without("user_id")
                .without("userID")
                .without("total")
                .without("items")
                .without("nothing"),
        )
}
