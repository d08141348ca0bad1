//! Writes the list of destinations: the folders beside this one whose `Cargo.toml` names a destination.
//!
//! Cargo takes no list of dependencies from a program, so each also has a feature and a dependency in `Cargo.toml`
//! here, and a feature in that of the binary. `cargo run -- register` writes those; a folder that lacks them is told by a
//! warning, and by every command that is asked for it.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// A folder with a destination.
struct Found {
    slug: String,
    /// The type, `None` if its `Cargo.toml` does not name it.
    destination: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=..");
    let registered = fs::read_to_string("Cargo.toml")?;
    let (mut included, mut left_out, mut unregistered) = (Vec::new(), Vec::new(), Vec::new());
    for found in folders()? {
        let has_feature = registered.contains(&format!(
            "\n{0} = [\"dep:waystation-destination-{0}\"]\n",
            found.slug
        ));
        match found.destination {
            Some(destination) if has_feature && is_enabled(&found.slug) => {
                included.push((found.slug, destination));
            }
            Some(_) if has_feature => left_out.push(found.slug),
            named => {
                println!(
                    "cargo::warning=destinations/{} {}",
                    found.slug,
                    advice(named.is_some())
                );
                unregistered.push((found.slug, advice(named.is_some())));
            }
        }
    }
    let code = code(&included, &left_out, &unregistered);
    fs::write(Path::new(&env::var("OUT_DIR")?).join("destinations.rs"), code)?;
    Ok(())
}

/// What is the matter with a folder, and what to do.
const fn advice(is_named: bool) -> &'static str {
    if is_named {
        "is not registered: run `cargo run -- register`"
    } else {
        "does not name its destination: add `destination = \"...\"`, the name of its type, under \
         `[package.metadata.waystation]` in its Cargo.toml, and run `cargo run -- register`"
    }
}

/// The folders of destinations, by name.
fn folders() -> Result<Vec<Found>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("..")? {
        let folder = entry?.path();
        let slug = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Ok(cargo) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        if cargo.contains(&format!("name = \"waystation-destination-{slug}\"")) {
            let destination = destination(&cargo);
            found.push(Found { slug, destination });
        }
    }
    found.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(found)
}

/// The type that the table `[package.metadata.waystation]` names.
fn destination(cargo: &str) -> Option<String> {
    let (_, table) = cargo.split_once("[package.metadata.waystation]")?;
    let line = table.lines().skip(1).take_while(|line| !line.starts_with('['));
    let mut entries = line.filter_map(|line| line.split_once('='));
    let (_, value) = entries.find(|(key, _)| key.trim() == "destination")?;
    Some(value.trim().trim_matches('"').to_owned())
}

fn is_enabled(slug: &str) -> bool {
    let feature = slug.to_uppercase().replace('-', "_");
    env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
}

fn code(included: &[(String, String)], left_out: &[String], unregistered: &[(String, &str)]) -> String {
    // Writing to a text cannot fail.
    let (mut slugs, mut arms, mut checks) = (String::new(), String::new(), String::new());
    for (slug, destination) in included {
        let path = format!("waystation_destination_{}::{destination}", slug.replace('-', "_"));
        let _ = writeln!(slugs, "    {slug:?},");
        let _ = writeln!(
            arms,
            "        {slug:?} => Some(<{path} as waystation_kit::Destination>::definition().build()),"
        );
        let _ = writeln!(
            checks,
            "const _: () = assert!(\n    same(<{path} as waystation_kit::Destination>::SLUG, {slug:?}),\n    \
             \"the `SLUG` of {destination} must be \\\"{slug}\\\", as its folder: destinations/{slug}\"\n);"
        );
    }
    let left_out: String = left_out.iter().map(|slug| format!("    {slug:?},\n")).collect();
    let unregistered: String = unregistered
        .iter()
        .map(|(slug, advice)| format!("    ({slug:?}, {advice:?}),\n"))
        .collect();
    format!(
        "/// The slugs of the destinations that this build includes.\npub const SLUGS: &[&str] = &[\n{slugs}];\n\n\
         /// The slugs of those that it leaves out: their features are off.\npub const LEFT_OUT: &[&str] = &[\n{left_out}];\n\n\
         /// The folders beside the registry that it does not know, and what to do about them.\n\
         pub const UNREGISTERED: &[(&str, &str)] = &[\n{unregistered}];\n\n\
         /// The destination of this slug, if this build includes it.\n#[must_use]\n\
         pub fn find(slug: &str) -> Option<AnyDestination> {{\n    match slug {{\n{arms}        _ => None,\n    }}\n}}\n\n{checks}"
    )
}
