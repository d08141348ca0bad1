//! The definition, and connecting.

use waystation_destination_sample_oauth::SampleOauth;

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<SampleOauth>();
}
