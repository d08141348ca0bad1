//! The files of a crate.

mod action;
mod attributes;
mod batching;
mod client;
mod items;
mod library;
mod literal;
mod package;
mod parts;
mod presets;
mod record;
mod spelling;
mod tests_of;

use std::path::PathBuf;

use crate::blueprint::{Action, Blueprint};
use crate::error::ScaffoldError;
use crate::names;
use crate::rustfmt::formatted;
use action::ActionFile;
pub(crate) use action::{module_name, type_name};
use items::Item;
pub(crate) use library::method;

/// A file of a crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it lies, from the folder of the crate.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }
}

/// The names by which the files of a crate know each other.
pub(crate) struct CrateNames {
    /// The type of the destination: `AcmeCrm`.
    pub(crate) destination: String,
    /// The crate as other crates import it: `waystation_destination_acme_crm`.
    pub(crate) library: String,
    /// The partner as people call it.
    pub(crate) partner: String,
}

impl CrateNames {
    fn of(blueprint: &Blueprint) -> Self {
        let slug = destination_type(&blueprint.slug);
        // A partner whose only action is called like itself.
        let is_taken = blueprint.actions.iter().any(|action| type_name(action) == slug);
        Self {
            destination: if is_taken {
                format!("{slug}Destination")
            } else {
                slug
            },
            library: library(&blueprint.slug),
            partner: blueprint.partner(),
        }
    }
}

/// The type of the destination of a slug.
pub(crate) fn destination_type(slug: &str) -> String {
    match names::pascal(slug).as_str() {
        // These mean something else in the files of a destination.
        name @ ("Segment" | "Webhook" | "Slack") => name.to_owned(),
        name if is_taken(name) => format!("{name}Destination"),
        name => name.to_owned(),
    }
}

fn is_taken(name: &str) -> bool {
    matches!(
        name,
        "Action"
            | "Auth"
            | "Batch"
            | "Box"
            | "Choice"
            | "Condition"
            | "Context"
            | "Definition"
            | "Destination"
            | "Err"
            | "Error"
            | "Fields"
            | "Ledger"
            | "None"
            | "Ok"
            | "Option"
            | "Output"
            | "Parts"
            | "Payload"
            | "Response"
            | "Result"
            | "Scheme"
            | "Secret"
            | "Settings"
            | "Slots"
            | "Some"
            | "String"
            | "Value"
            | "Vec"
    )
}

/// The crate of a slug as other crates import it.
pub(crate) fn library(slug: &str) -> String {
    format!("waystation_destination_{}", slug.replace('-', "_"))
}

/// All files of the crate of a destination, formatted.
///
/// # Errors
/// `rustfmt` is not there.
pub fn render(blueprint: &Blueprint) -> Result<Vec<SourceFile>, ScaffoldError> {
    let crate_names = CrateNames::of(blueprint);
    let mut actions: Vec<ActionFile<'_>> = blueprint
        .actions
        .iter()
        .map(|action| ActionFile::new(action, &crate_names))
        .collect();
    let shared = shared_items(&mut actions);
    let names_of_shared: Vec<String> = shared.iter().map(|item| item.name.clone()).collect();
    let mut files = package::files(blueprint, &crate_names);
    files.extend(library::files(blueprint, &crate_names, !shared.is_empty()));
    files.extend(client::file(blueprint, &crate_names));
    files.extend(parts::files(blueprint, &crate_names));
    files.extend(presets::file(blueprint, &crate_names));
    files.push(action::module(&blueprint.actions));
    files.extend(actions.iter().map(|file| file.render(&names_of_shared)));
    if !shared.is_empty() {
        files.push(fields(&shared));
    }
    files.extend(tests_of::files(blueprint, &crate_names));
    finished(files)
}

/// The file of one action of a destination that is there already, formatted.
///
/// # Errors
/// `rustfmt` is not there.
pub fn render_action(
    destination: &str,
    destination_type: &str,
    action: &Action,
) -> Result<SourceFile, ScaffoldError> {
    let crate_names = CrateNames {
        destination: destination_type.to_owned(),
        library: library(destination),
        partner: names::label(destination),
    };
    let files = finished(vec![ActionFile::new(action, &crate_names).render(&[])])?;
    files.into_iter().next().ok_or_else(|| ScaffoldError::Format {
        file: action.slug.clone(),
        problem: "nothing was written".to_owned(),
    })
}

fn finished(files: Vec<SourceFile>) -> Result<Vec<SourceFile>, ScaffoldError> {
    let with_imports = |file: SourceFile| SourceFile {
        text: with_imports(&file.text),
        ..file
    };
    formatted(files.into_iter().map(with_imports).collect())
}

fn shared_items(actions: &mut [ActionFile<'_>]) -> Vec<Item> {
    let mut lists: Vec<Vec<Item>> = actions
        .iter_mut()
        .map(|file| std::mem::take(&mut file.items))
        .collect();
    let shared = items::shared(&mut lists);
    for (file, items) in actions.iter_mut().zip(lists) {
        file.items = items;
    }
    shared
}

/// What several actions have, in a file of its own.
fn fields(shared: &[Item]) -> SourceFile {
    let items: Vec<String> = shared.iter().map(public).collect();
    let text = format!(
        "//! Fields that several actions have.\n\nuse waystation_kit::prelude::*;\n\n{}",
        items.join("\n")
    );
    SourceFile::new("src/fields.rs", text)
}

/// A function of a file, for others to use. Types are public wherever they are.
fn public(item: &Item) -> String {
    match item.code.split_once("\nfn ") {
        Some((before, after)) => format!("{before}\n#[must_use]\npub fn {after}"),
        None => item.code.clone(),
    }
}

/// Names that the prelude does not have, and where they are.
const IMPORTS: [(&str, &str); 3] = [
    ("Number", "serde_json::Number"),
    ("Batching", "waystation_kit::batching::Batching"),
    ("Operator", "waystation_kit::fields::Operator"),
];

/// The text with imports for what it mentions and the prelude does not have.
fn with_imports(text: &str) -> String {
    const PRELUDE: &str = "use waystation_kit::prelude::*;\n";
    let Some((before, after)) = text.split_once(PRELUDE) else {
        return text.to_owned();
    };
    let wanted = IMPORTS
        .iter()
        .filter(|(name, path)| mentions(after, name) && !text.contains(path));
    let needed: String = wanted.map(|(_, path)| format!("use {path};\n")).collect();
    format!("{before}{needed}{PRELUDE}{after}")
}

/// Whether a text mentions a name as a whole word outside of comments and of texts in quotes.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        // A variant of this name is no mention.
        .filter(|line| line.trim().strip_suffix(',') != Some(name))
        .any(|line| {
            line.match_indices(name).any(|(start, _)| {
                let (before, after) = (&line[..start], &line[start + name.len()..]);
                let is_quoted = before.replace("\\\"", "").matches('"').count() % 2 == 1;
                !is_quoted && !before.ends_with(is_part) && !after.starts_with(is_part)
            })
        })
}
