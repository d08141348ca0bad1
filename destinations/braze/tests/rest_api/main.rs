//! The destination against a Braze that answers by a script.

#[cfg(test)]
mod catalogs;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod payloads;
#[cfg(test)]
mod support;
#[cfg(test)]
mod track;

#[test]
fn the_definition_holds_together() {
    // Items are needed in the sync mode "upsert" only, and the sync mode is not a field of the payload.
    let needs_sync_mode = (
        waystation_testkit::Rule::ConditionsNameFields,
        "upsertCatalogItem.item",
    );
    waystation_testkit::check_except::<waystation_destination_braze::Braze>(&[needs_sync_mode]);
}
