//! `waystation new` in a checkout that has nothing but what registration wants.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn checkout() -> TempDir {
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

fn waystation(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waystation"));
    command.current_dir(folder).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_destination_is_written_registered_and_told() {
    let root = checkout();
    let arguments = [
        "new",
        "destination",
        "acme",
        "--auth",
        "basic",
        "--action",
        "trackEvent",
        "--action",
        "sendMail",
    ];
    let output = waystation(root.path(), &arguments);
    assert!(output.status.success(), "{}", told(&output));
    let told_first = told(&output);
    assert!(
        told_first.contains("new      destinations/acme/src/actions/send_mail.rs\n"),
        "{told_first}"
    );
    assert!(
        told_first.contains("changed  destinations/registry/Cargo.toml\n"),
        "{told_first}"
    );
    assert!(
        told_first.contains("cargo test -p waystation-destination-acme"),
        "{told_first}"
    );
    let library = fs::read_to_string(root.path().join("destinations/acme/src/lib.rs")).unwrap();
    assert!(library.contains("impl Destination for Acme"), "{library}");

    let again = waystation(root.path(), &arguments);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        told(&again).contains("destinations/acme is there already: nothing was written"),
        "{}",
        told(&again)
    );

    let added = waystation(root.path(), &["new", "action", "acme", "deletePerson"]);
    assert!(added.status.success(), "{}", told(&added));
    let registered = waystation(root.path(), &["register"]);
    assert_eq!(told(&registered), "Every destination is registered.\n");
}

#[test]
fn outside_of_a_checkout_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = waystation(folder.path(), &["new", "destination", "acme"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told(&output).contains("not inside a checkout"),
        "{}",
        told(&output)
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
