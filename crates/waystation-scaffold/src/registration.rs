//! Registering destinations: what Cargo wants to be told of each.
//!
//! Two files have blocks between `# <destinations>` and `# </destinations>`, which are written anew from the folders
//! that there are.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::ScaffoldError;

const BEGIN: &str = "# <destinations> written by `cargo run -- register`\n";
const END: &str = "# </destinations>\n";

/// A folder with a destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    slug: String,
    /// Whether builds include it unless told otherwise.
    is_default: bool,
}

/// Registers every destination of a checkout; what was changed is returned, from its root.
///
/// # Errors
/// A file cannot be read or written, or lacks its blocks.
pub(crate) fn register(root: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    let listed = folders(&root.join("destinations"))?;
    let registry = [features(&listed), dependencies(&listed)];
    let binary = [forwarded(&listed)];
    let mut changed = Vec::new();
    for (file, blocks) in [
        ("destinations/registry/Cargo.toml", registry.as_slice()),
        ("crates/waystation/Cargo.toml", binary.as_slice()),
    ] {
        if rewrite(&root.join(file), blocks)? {
            changed.push(PathBuf::from(file));
        }
    }
    Ok(changed)
}

/// The folders whose `Cargo.toml` names a destination, by slug.
fn folders(destinations: &Path) -> Result<Vec<Listed>, ScaffoldError> {
    let failed = |error| ScaffoldError::Io {
        file: destinations.to_owned(),
        error,
    };
    let mut listed = Vec::new();
    for entry in fs::read_dir(destinations).map_err(failed)? {
        let folder = entry.map_err(failed)?.path();
        let slug = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Ok(cargo) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let Some((_, table)) = cargo.split_once("[package.metadata.waystation]") else {
            continue;
        };
        let table: Vec<&str> = table
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .collect();
        let is_default = !table.iter().any(|line| line.replace(' ', "") == "default=false");
        listed.push(Listed { slug, is_default });
    }
    listed.sort();
    Ok(listed)
}

fn features(listed: &[Listed]) -> String {
    let mut block = "default = [\n".to_owned();
    for Listed { slug, .. } in listed.iter().filter(|one| one.is_default) {
        let _ = writeln!(block, "    \"{slug}\",");
    }
    block.push_str("]\n");
    for Listed { slug, .. } in listed {
        let _ = writeln!(block, "{slug} = [\"dep:waystation-destination-{slug}\"]");
    }
    block
}

fn dependencies(listed: &[Listed]) -> String {
    let line = |one: &Listed| {
        let slug = &one.slug;
        format!("waystation-destination-{slug} = {{ path = \"../{slug}\", optional = true }}\n")
    };
    listed.iter().map(line).collect()
}

fn forwarded(listed: &[Listed]) -> String {
    let line = |one: &Listed| format!("{0} = [\"waystation-destinations/{0}\"]\n", one.slug);
    listed.iter().map(line).collect()
}

/// Puts the blocks in the places of those that are there, in order; whether that changed anything.
fn rewrite(file: &Path, blocks: &[String]) -> Result<bool, ScaffoldError> {
    let io = |error| ScaffoldError::Io {
        file: file.to_owned(),
        error,
    };
    let before = fs::read_to_string(file).map_err(io)?;
    let lacks = || ScaffoldError::Unexpected {
        file: file.to_owned(),
        problem: format!(
            "it lacks a block between `{}` and `{}`",
            BEGIN.trim_end(),
            END.trim_end()
        ),
    };
    let (mut after, mut rest) = (String::new(), before.as_str());
    for block in blocks {
        let (head, tail) = rest.split_once(BEGIN).ok_or_else(lacks)?;
        let (_, tail) = tail.split_once(END).ok_or_else(lacks)?;
        after.push_str(head);
        after.push_str(BEGIN);
        after.push_str(block);
        after.push_str(END);
        rest = tail;
    }
    after.push_str(rest);
    if after == before {
        return Ok(false);
    }
    fs::write(file, after).map_err(io)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_destination_of_the_checkout_is_registered() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        // Run on a copy of what would be rewritten, so that a test changes nothing.
        let copy = tempfile::tempdir().unwrap();
        for file in ["destinations/registry/Cargo.toml", "crates/waystation/Cargo.toml"] {
            let to = copy.path().join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root.join(file), to).unwrap();
        }
        for entry in fs::read_dir(root.join("destinations")).unwrap() {
            let folder = entry.unwrap().path();
            let cargo = folder.join("Cargo.toml");
            if cargo.is_file() && !folder.ends_with("registry") {
                let to = copy.path().join("destinations").join(folder.file_name().unwrap());
                fs::create_dir_all(&to).unwrap();
                fs::copy(cargo, to.join("Cargo.toml")).unwrap();
            }
        }
        assert_eq!(
            register(copy.path()).unwrap(),
            [] as [PathBuf; 0],
            "run `cargo run -- register`"
        );
    }

    #[test]
    fn a_new_folder_gets_its_lines_in_order() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let block = format!("{BEGIN}{END}");
        write(
            "destinations/registry/Cargo.toml",
            &format!("[features]\n{block}\n[dependencies]\n{block}kit = 1\n"),
        );
        write(
            "crates/waystation/Cargo.toml",
            &format!("[features]\n{block}otlp = []\n"),
        );
        write(
            "destinations/b/Cargo.toml",
            "[package.metadata.waystation]\ndestination = \"B\"\ndefault = false\n",
        );
        write(
            "destinations/a/Cargo.toml",
            "[package.metadata.waystation]\ndestination = \"A\"\n",
        );
        write("destinations/notes/Cargo.toml", "[package]\n");

        assert_eq!(register(root.path()).unwrap().len(), 2);

        let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
        assert_eq!(
            read("destinations/registry/Cargo.toml"),
            format!(
                "[features]\n{BEGIN}default = [\n    \"a\",\n]\na = [\"dep:waystation-destination-a\"]\nb = [\"dep:waystation-destination-b\"]\n{END}\n\
                 [dependencies]\n{BEGIN}waystation-destination-a = {{ path = \"../a\", optional = true }}\n\
                 waystation-destination-b = {{ path = \"../b\", optional = true }}\n{END}kit = 1\n"
            )
        );
        assert_eq!(
            read("crates/waystation/Cargo.toml"),
            format!(
                "[features]\n{BEGIN}a = [\"waystation-destinations/a\"]\nb = [\"waystation-destinations/b\"]\n{END}otlp = []\n"
            )
        );
        assert_eq!(register(root.path()).unwrap().len(), 0);
    }
}
