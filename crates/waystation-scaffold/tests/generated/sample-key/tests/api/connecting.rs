//! The definition, and connecting.

use waystation_destination_sample_key::SampleKey;

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<SampleKey>();
}
