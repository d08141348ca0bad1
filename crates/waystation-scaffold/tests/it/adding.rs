//! Adding destinations and actions to a checkout.

use std::fs;
use std::path::Path;

use waystation_scaffold::blueprint::Action;
use waystation_scaffold::{Blueprint, Credentials, ScaffoldError, Workspace, render};

/// A checkout with what registration wants, and nothing else.
fn checkout() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let block = "# <destinations> written by `cargo run -- register`\n# </destinations>\n";
    for (file, text) in [
        ("destinations/registry/Cargo.toml", format!("{block}{block}")),
        ("crates/waystation/Cargo.toml", block.to_owned()),
    ] {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn acme() -> Blueprint {
    Blueprint::new("acme", Credentials::Basic, &["trackEvent".to_owned()]).unwrap()
}

#[test]
fn a_destination_is_written_and_registered_once() {
    let root = checkout();
    let workspace = Workspace::around(&root.path().join("destinations/registry")).unwrap();
    let files = render(&acme()).unwrap();
    let added = workspace.add_destination("acme", &files).unwrap();
    assert!(
        added
            .new
            .contains(&"destinations/acme/src/actions/track_event.rs".into())
    );
    assert_eq!(added.changed.len(), 2);
    let registry = fs::read_to_string(root.path().join("destinations/registry/Cargo.toml")).unwrap();
    assert!(
        registry.contains("acme = [\"dep:waystation-destination-acme\"]"),
        "{registry}"
    );
    // A second time would write over what the author has done since.
    assert!(matches!(
        workspace.add_destination("acme", &files),
        Err(ScaffoldError::Exists(_))
    ));
}

#[test]
fn an_action_joins_those_that_are_there() {
    let root = checkout();
    let workspace = Workspace::around(root.path()).unwrap();
    workspace
        .add_destination("acme", &render(&acme()).unwrap())
        .unwrap();
    let action = Action::unwritten("deleteContact").unwrap();
    workspace.add_action("acme", &action).unwrap();
    let read = |file: &str| fs::read_to_string(root.path().join("destinations/acme/src").join(file)).unwrap();
    assert!(
        read("lib.rs")
            .contains(".batch_action::<TrackEvent>()\n            .batch_action::<actions::DeleteContact>()")
    );
    assert!(read("actions/mod.rs").contains("pub mod delete_contact;\npub mod track_event;"));
    assert!(read("actions/delete_contact.rs").contains("impl ActionInfo<Acme> for DeleteContact"));
    assert!(matches!(
        workspace.add_action("acme", &action),
        Err(ScaffoldError::Exists(_))
    ));
    assert!(matches!(
        workspace.add_action("other", &action),
        Err(ScaffoldError::NoDestination(_))
    ));
}

#[test]
fn names_that_cannot_be_used_are_refused() {
    let refused = |slug: &str, actions: &[&str]| {
        let actions: Vec<String> = actions.iter().map(|action| (*action).to_owned()).collect();
        Blueprint::new(slug, Credentials::Key, &actions).unwrap_err()
    };
    assert!(matches!(
        refused("Acme", &["a"]),
        ScaffoldError::DestinationSlug(_)
    ));
    assert!(matches!(
        refused("registry", &["a"]),
        ScaffoldError::DestinationSlug(_)
    ));
    assert!(matches!(refused("acme", &["9a"]), ScaffoldError::ActionSlug(_)));
    assert!(matches!(
        refused("acme", &["trackEvent", "track_event"]),
        ScaffoldError::ActionTwice(_)
    ));
    assert!(matches!(
        Workspace::around(Path::new("/")),
        Err(ScaffoldError::NoWorkspace(_))
    ));
}
