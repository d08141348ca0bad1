//! The definition, and connecting.

use waystation_destination_kitchen_sink::KitchenSink;
use waystation_testkit::{Rule, check_except};

/// The platform's definition of this destination has what our rules do not want; it is kept as it is.
#[test]
fn the_definition_holds_together() {
    check_except::<KitchenSink>(&[
        (Rule::NamesUnique, "preset Entered"),
        (Rule::SecretsAreHidden, "settings.publicToken"),
        (Rule::SecretsAreHidden, "settings.secretHeader"),
        (Rule::SubscriptionsReadable, "trackPurchase"),
    ]);
}
