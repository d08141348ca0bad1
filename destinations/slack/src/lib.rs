//! [Slack](https://slack.com): messages to channels, by way of
//! [incoming webhooks](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
#![forbid(unsafe_code)]

pub mod actions;
pub mod answer;
pub mod webhook_url;

use waystation_kit::prelude::*;

use crate::actions::PostToChannel;

/// The destination.
#[derive(Debug)]
pub struct Slack;

impl Destination for Slack {
    const SLUG: &'static str = "slack";
    const NAME: &'static str = "Slack";
    const DESCRIPTION: &'static str = "Post messages to the channels of a Slack workspace.";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::without_authentication()
            .registered_as("actions-slack")
            .action::<PostToChannel>()
    }
}
