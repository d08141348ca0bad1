//! The list of all destinations, one feature each.
//!
//! A new destination takes a line in the list below, a feature and a dependency in `Cargo.toml`.
#![forbid(unsafe_code)]

use waystation_kit::any::AnyDestination;

macro_rules! destinations {
    ($($feature:literal => $destination:path),* $(,)?) => {
        /// The slugs of the destinations that this build includes.
        pub const SLUGS: &[&str] = &[$(
            #[cfg(feature = $feature)]
            <$destination as waystation_kit::Destination>::SLUG,
        )*];

        /// The destination of this slug, if this build includes it.
        #[must_use]
        pub fn find(slug: &str) -> Option<AnyDestination> {
            match slug {
                $(
                    #[cfg(feature = $feature)]
                    <$destination as waystation_kit::Destination>::SLUG => {
                        Some(<$destination as waystation_kit::Destination>::definition().build())
                    }
                )*
                _ => None,
            }
        }
    };
}

destinations! {
    "braze" => waystation_destination_braze::Braze,
    "customerio" => waystation_destination_customerio::CustomerIo,
    "digiwedge-crm" => waystation_destination_digiwedge_crm::DigiWedgeCrm,
    "example" => waystation_destination_example::ExampleCrm,
    "facebook-conversions-api" => waystation_destination_facebook_conversions_api::FacebookConversionsApi,
    "google-analytics-4" => waystation_destination_google_analytics_4::GoogleAnalytics4,
    "hubspot" => waystation_destination_hubspot::HubSpot,
    "inspector" => waystation_destination_inspector::Inspector,
    "klaviyo" => waystation_destination_klaviyo::Klaviyo,
    "mixpanel" => waystation_destination_mixpanel::Mixpanel,
    "plunk" => waystation_destination_plunk::Plunk,
    "slack" => waystation_destination_slack::Slack,
    "webhook" => waystation_destination_webhook::Webhook,
}

/// Every destination that this build includes.
#[must_use]
pub fn all() -> Vec<AnyDestination> {
    SLUGS.iter().copied().filter_map(find).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_are_not_taken_twice() {
        let distinct: BTreeSet<&str> = SLUGS.iter().copied().collect();
        assert_eq!(distinct.len(), SLUGS.len(), "{SLUGS:?}");
        assert_eq!(all().len(), SLUGS.len());
    }
}
