//! Kitchen Sink: what it takes, and how it is reached.
//!
//! [`settings`] says what a workspace connects with, [`client`] talks to the partner,
//! and each file under [`actions`] is one action.
#![forbid(unsafe_code)]

pub mod actions;
pub mod audiences;
pub mod client;
pub mod fields;
pub mod pick;
mod presets;
pub mod settings;

use waystation_kit::prelude::*;

use crate::actions::{TrackPurchase, UpsertProfile};
use crate::settings::KitchenSinkSettings;

/// The destination.
#[derive(Debug)]
pub struct KitchenSink;

impl Destination for KitchenSink {
    const SLUG: &'static str = "kitchen-sink";
    const NAME: &'static str = "Kitchen Sink (Actions)";
    const DESCRIPTION: &'static str = "Send events to Kitchen Sink.";
    type Settings = KitchenSinkSettings;

    fn definition() -> Definition<Self> {
        let definition = Definition::new(Scheme::Custom)
            .registered_as("actions-kitchen-sink")
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .on_delete(|cx, user| Box::pin(client::forget_person(cx, user)))
            .audiences(audiences::audiences())
            .batch_action::<UpsertProfile>()
            .action::<TrackPurchase>();
        presets::with_presets(definition)
    }
}
