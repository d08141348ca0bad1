//! The destination against a partner that answers by a script.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod support;

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<waystation_destination_customerio::CustomerIo>();
}
