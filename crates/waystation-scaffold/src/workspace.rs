//! Putting files where they belong.

use std::fs;
use std::path::{Path, PathBuf};

use crate::blueprint::{Action, Delivery};
use crate::error::ScaffoldError;
use crate::registration;
use crate::rust::{self, SourceFile};

/// A checkout of Waystation.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
}

/// What was written, from the root of the checkout.
#[derive(Debug, PartialEq, Eq)]
pub struct Added {
    /// New files.
    pub new: Vec<PathBuf>,
    /// Files that were changed.
    pub changed: Vec<PathBuf>,
}

impl Workspace {
    /// The checkout that a folder is in.
    ///
    /// # Errors
    /// It is in none.
    pub fn around(folder: &Path) -> Result<Self, ScaffoldError> {
        let is_root = |folder: &&Path| folder.join("destinations/registry/Cargo.toml").is_file();
        let root = folder.ancestors().find(is_root);
        let root = root.ok_or_else(|| ScaffoldError::NoWorkspace(folder.to_owned()))?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Writes the crate of a destination and registers it. Nothing is written if its folder is there already.
    ///
    /// # Errors
    /// The folder is there already, or something cannot be written.
    pub fn add_destination(&self, slug: &str, files: &[SourceFile]) -> Result<Added, ScaffoldError> {
        let folder = Path::new("destinations").join(slug);
        if self.root.join(&folder).exists() {
            return Err(ScaffoldError::Exists(folder));
        }
        write_crate(&self.root.join(&folder), files)?;
        Ok(Added {
            new: files.iter().map(|file| folder.join(&file.path)).collect(),
            changed: self.register()?,
        })
    }

    /// Registers every destination that there is; what was changed is returned.
    ///
    /// # Errors
    /// A file cannot be read or written, or does not look as expected.
    pub fn register(&self) -> Result<Vec<PathBuf>, ScaffoldError> {
        registration::register(&self.root)
    }

    /// Adds an action to a destination that is there: its file, its lines in `actions/mod.rs`, its call in the definition.
    ///
    /// # Errors
    /// There is no such destination, the action is there already, or a file does not look as expected.
    pub fn add_action(&self, slug: &str, action: &Action) -> Result<Added, ScaffoldError> {
        let folder = Path::new("destinations").join(slug);
        let inside = self.root.join(&folder);
        if !inside.join("src/lib.rs").is_file() {
            return Err(ScaffoldError::NoDestination(folder));
        }
        let (library, module) = (folder.join("src/lib.rs"), folder.join("src/actions/mod.rs"));
        let (library_text, module_text) = (self.read(&library)?, self.read(&module)?);
        let unexpected = |file: &PathBuf, problem: &str| ScaffoldError::Unexpected {
            file: file.clone(),
            problem: problem.to_owned(),
        };
        let destination = between(&library_text, "impl Destination for ", " {")
            .ok_or_else(|| unexpected(&library, "it has no `impl Destination for`"))?;
        let file = rust::render_action(slug, destination, action)?;
        if inside.join(&file.path).exists() {
            return Err(ScaffoldError::Exists(folder.join(&file.path)));
        }
        let action_type = rust::type_name(action);
        let library_text = with_call(&library_text, &action_type, action.delivery).ok_or_else(|| {
            unexpected(
                &library,
                "it adds no action to its definition after which this one could be added",
            )
        })?;
        let module_text = with_module(&module_text, &rust::module_name(action), &action_type);
        write_crate(
            &inside,
            &[
                file.clone(),
                SourceFile {
                    path: "src/lib.rs".into(),
                    text: library_text,
                },
                SourceFile {
                    path: "src/actions/mod.rs".into(),
                    text: module_text,
                },
            ],
        )?;
        Ok(Added {
            new: vec![folder.join(file.path)],
            changed: vec![module, library],
        })
    }

    fn read(&self, file: &Path) -> Result<String, ScaffoldError> {
        fs::read_to_string(self.root.join(file)).map_err(|error| ScaffoldError::Io {
            file: file.to_owned(),
            error,
        })
    }
}

/// Writes the files of a crate into a folder.
///
/// # Errors
/// The folder cannot be written.
pub fn write_crate(folder: &Path, files: &[SourceFile]) -> Result<(), ScaffoldError> {
    for file in files {
        let path = folder.join(&file.path);
        let failed = |error| ScaffoldError::Io {
            file: path.clone(),
            error,
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, &file.text).map_err(failed)?;
    }
    Ok(())
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inside, _)| inside)
}

/// The definition with one more action after the last one, by its full path: imports are the author's.
fn with_call(library: &str, action: &str, delivery: Delivery) -> Option<String> {
    let is_call = |line: &str| {
        let line = line.trim_start();
        [".action::<", ".batch_action::<", ".asynchronous_action::<"]
            .iter()
            .any(|call| line.starts_with(call))
    };
    let lines: Vec<&str> = library.lines().collect();
    let last = lines.iter().rposition(|line| is_call(line))?;
    let indent: String = lines[last].chars().take_while(|c| c.is_whitespace()).collect();
    // A call that ends the statement hands its semicolon on.
    let (call, end) = match lines[last].strip_suffix(';') {
        Some(call) => (call, ";"),
        None => (lines[last], ""),
    };
    let method = rust::method(delivery);
    let mut written: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    written[last] = call.to_owned();
    written.insert(last + 1, format!("{indent}.{method}::<actions::{action}>(){end}"));
    Some(written.join("\n") + "\n")
}

/// The list of modules with one more, in order.
fn with_module(modules: &str, module: &str, action: &str) -> String {
    let is_public = modules.lines().any(|line| line.starts_with("pub mod "));
    let declaration = format!("{}mod {module};", if is_public { "pub " } else { "" });
    let declared = with_line(modules, &declaration, |line| {
        (line.starts_with("pub mod ") || line.starts_with("mod ")) && line.ends_with(';')
    });
    with_line(&declared, &format!("pub use {module}::{action};"), |line| {
        line.starts_with("pub use ")
    })
}

/// The text with a line among its like, in order; at the end if there is none.
fn with_line(text: &str, line: &str, is_alike: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let later = lines.iter().position(|other| is_alike(other) && *other > line);
    let after_last = lines
        .iter()
        .rposition(|other| is_alike(other))
        .map(|last| last + 1);
    let place = later.or(after_last).unwrap_or(lines.len());
    lines.insert(place, line);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_added_after_the_last_one() {
        let library = "    let definition = Definition::new(Scheme::Basic)\n        .action::<A>()\n        .batch_action::<B>();\n    presets(definition)\n";
        assert_eq!(
            with_call(library, "C", Delivery::Batched).unwrap(),
            "    let definition = Definition::new(Scheme::Basic)\n        .action::<A>()\n        .batch_action::<B>()\n        .batch_action::<actions::C>();\n    presets(definition)\n"
        );
        assert_eq!(with_call("fn definition() {}\n", "C", Delivery::Single), None);
    }

    #[test]
    fn modules_stay_in_order() {
        assert_eq!(
            with_module(
                "//! Actions.\n\nmod a;\nmod c;\n\npub use a::A;\npub use c::C;\n",
                "b",
                "B"
            ),
            "//! Actions.\n\nmod a;\nmod b;\nmod c;\n\npub use a::A;\npub use b::B;\npub use c::C;\n"
        );
    }
}
