//! Writes the samples under `tests/generated` anew.

use std::error::Error;
use std::fs;
use std::path::Path;

use waystation_scaffold::{Blueprint, Credentials, render, write_crate};

fn main() -> Result<(), Box<dyn Error>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let manifest = fs::read_to_string(tests.join("manifests/kitchen-sink.json"))?;
    for blueprint in [
        Blueprint::from_manifest(&serde_json::from_str(&manifest)?)?,
        Blueprint::new(
            "sample-key",
            Credentials::Key,
            &["trackEvent".to_owned(), "upsertContact".to_owned()],
        )?,
        Blueprint::new("sample-oauth", Credentials::OAuth2, &["trackEvent".to_owned()])?,
    ] {
        let folder = tests.join("generated").join(&blueprint.slug);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        write_crate(&folder, &render(&blueprint)?)?;
        println!("{}", folder.display());
    }
    Ok(())
}
