//! Writes a crate for every manifest of a folder, and a program that tells what they consist of.
//!
//! ```sh
//! cargo run -p waystation-scaffold --example every -- write MANIFESTS every     # then add "every/*" to the workspace
//! cargo run -p every-probe -- every/found
//! cargo run -p waystation-scaffold --example every -- compare MANIFESTS every/found
//! ```
//!
//! The crates are called `every-SLUG`, so that they stand beside those that there are.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use waystation_scaffold::{Blueprint, SourceFile, render, write_crate};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", manifests, out] => write(Path::new(manifests), Path::new(out)),
        ["compare", manifests, found] => compare(Path::new(manifests), Path::new(found)),
        _ => Err("every write MANIFESTS OUT, or every compare MANIFESTS FOUND".into()),
    }
}

fn manifests(folder: &Path) -> Result<Vec<(String, Value)>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok((name, serde_json::from_str(&fs::read_to_string(path)?)?))
    };
    paths.into_iter().map(read).collect()
}

fn write(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let (mut dependencies, mut calls, mut lines) = (String::new(), String::new(), 0);
    let manifests = manifests(folder)?;
    for (name, manifest) in &manifests {
        let blueprint = Blueprint::from_manifest(manifest).map_err(|error| format!("{name}: {error}"))?;
        let files: Vec<SourceFile> = render(&blueprint)
            .map_err(|error| format!("{name}: {error}"))?
            .into_iter()
            .map(|file| SourceFile {
                text: file
                    .text
                    .replace("waystation-destination-", "every-")
                    .replace("waystation_destination_", "every_"),
                ..file
            })
            .collect();
        lines += files.iter().map(|file| file.text.lines().count()).sum::<usize>();
        let cargo = files
            .iter()
            .find(|file| file.path == Path::new("Cargo.toml"))
            .ok_or("no Cargo.toml")?;
        let destination = cargo
            .text
            .split("destination = \"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .ok_or("no type")?;
        write_crate(&out.join(name), &files)?;
        let _ = writeln!(dependencies, "every-{name} = {{ path = \"../{name}\" }}");
        let _ = writeln!(
            calls,
            "    tell::<every_{}::{destination}>(&folder);",
            name.replace('-', "_")
        );
    }
    let cargo = format!(
        "[package]\nname = \"every-probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nserde_json = {{ workspace = true }}\n\
         waystation-kit = {{ workspace = true }}\nwaystation-check = {{ workspace = true }}\n{dependencies}"
    );
    let main = format!(
        r#"fn tell<D: waystation_kit::Destination>(folder: &str) {{
    let definition = D::definition().build();
    let findings: Vec<String> = waystation_check::findings_in(&definition).iter().map(ToString::to_string).collect();
    let told = serde_json::json!({{"structure": waystation_kit::manifest::structure(&definition), "findings": findings}});
    std::fs::write(format!("{{folder}}/{{}}.json", D::SLUG), told.to_string()).unwrap();
}}

fn main() {{
    let folder = std::env::args().nth(1).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
{calls}}}
"#
    );
    let files = [("Cargo.toml", cargo), ("src/main.rs", main)].map(|(path, text)| SourceFile {
        path: path.into(),
        text,
    });
    write_crate(&out.join("probe"), &files)?;
    println!("{} crates with {lines} lines", manifests.len());
    Ok(())
}

fn compare(folder: &Path, found: &Path) -> Result<(), Box<dyn Error>> {
    let (mut equal, mut all) = (0, 0);
    for (name, manifest) in manifests(folder)? {
        all += 1;
        let Ok(text) = fs::read_to_string(found.join(format!("{name}.json"))) else {
            println!("{name}: was not found");
            continue;
        };
        let told: Value = serde_json::from_str(&text)?;
        let foreseen: Vec<String> = Blueprint::from_manifest(&manifest)?
            .findings()
            .iter()
            .map(ToString::to_string)
            .collect();
        if told["findings"] != json!(foreseen) {
            println!(
                "{name}: the check finds {} instead of {}",
                told["findings"],
                json!(foreseen)
            );
            continue;
        }
        match waystation_conformance::areas::compare_manifests(&manifest, &told["structure"]) {
            Ok(()) => equal += 1,
            Err(mismatch) => println!(
                "{name}: expected {}\n   but found {}",
                mismatch.expected, mismatch.actual
            ),
        }
    }
    println!("{equal} of {all} are equal to their manifests");
    if equal == all {
        Ok(())
    } else {
        Err("some are not".into())
    }
}
