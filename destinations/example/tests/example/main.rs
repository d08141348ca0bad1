//! The destination against a scripted partner: one file for each concept.

#[cfg(test)]
mod account;
#[cfg(test)]
mod audiences;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod choices;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod single;

#[cfg(test)]
mod support {
    use serde_json::json;
    use waystation_destination_example::ExampleCrm;
    use waystation_testkit::{Harness, Partner};

    /// A workspace that is connected to the partner.
    pub(crate) fn connected(partner: &Partner) -> Harness<ExampleCrm> {
        let settings = json!({"workspace": "acme", "workspaceKey": "key-1", "region": "eu"});
        Harness::new(partner, settings).tokens("access-1", "refresh-1")
    }
}

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<waystation_destination_example::ExampleCrm>();
}
