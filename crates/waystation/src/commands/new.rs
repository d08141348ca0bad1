//! `waystation new` and `waystation register`

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;
use waystation_scaffold::blueprint::Action;
use waystation_scaffold::{Added, Blueprint, Credentials, ScaffoldError, Workspace, render};

use crate::cli::{Auth, New, NewAction, NewDestination, NewWhat};
use crate::failure::Failure;
use crate::output;

/// Writes a destination or an action.
pub(crate) fn run(arguments: &New) -> Result<ExitCode, Failure> {
    match &arguments.what {
        NewWhat::Destination(arguments) => destination(arguments),
        NewWhat::Action(arguments) => action(arguments),
    }
}

/// Registers every destination.
pub(crate) fn register() -> Result<ExitCode, Failure> {
    let changed = workspace()?.register()?;
    let told = match changed.is_empty() {
        true => "Every destination is registered.\n".to_owned(),
        false => changed
            .iter()
            .map(|file| format!("changed {}\n", file.display()))
            .collect(),
    };
    output::print(&told)?;
    Ok(ExitCode::SUCCESS)
}

fn destination(arguments: &NewDestination) -> Result<ExitCode, Failure> {
    let slug = &arguments.slug;
    let blueprint = match &arguments.from_manifest {
        Some(path) => Blueprint::from_manifest(&manifest(path)?)?.named(slug)?,
        None => Blueprint::new(slug, credentials(arguments.auth), &arguments.actions)?,
    };
    let workspace = workspace()?;
    let added = workspace.add_destination(slug, &render(&blueprint)?)?;
    let mut told = listed(&added);
    // Writing to a text cannot fail.
    let _ = write!(
        told,
        "\nNext:\n\n  cargo test -p waystation-destination-{slug}\n  cargo run -- serve --destination {slug} --dry-run\n"
    );
    if arguments.from_manifest.is_some() {
        told.push_str(
            "\nWhat is left to write: labels and descriptions in words of your own, and what the actions do; until\n\
             then they answer that they are not implemented.\n",
        );
    }
    output::print(&told)?;
    Ok(ExitCode::SUCCESS)
}

fn action(arguments: &NewAction) -> Result<ExitCode, Failure> {
    let slug = &arguments.slug;
    let action = match (&arguments.from_manifest, &arguments.from_openapi) {
        (_, Some(path)) => {
            let operation = arguments.operation.as_deref().unwrap_or_default();
            Action::from_openapi(&manifest(path)?, operation, slug)?
        }
        (Some(path), None) => {
            let blueprint = Blueprint::from_manifest(&manifest(path)?)?;
            let action = blueprint.action(slug).cloned();
            action.ok_or_else(|| ScaffoldError::NoSuchAction {
                slug: slug.clone(),
                known: blueprint
                    .actions
                    .iter()
                    .map(|action| action.slug.clone())
                    .collect(),
            })?
        }
        (None, None) => Action::unwritten(slug)?,
    };
    let added = workspace()?.add_action(&arguments.destination, &action)?;
    output::print(&listed(&added))?;
    Ok(ExitCode::SUCCESS)
}

fn credentials(auth: Auth) -> Credentials {
    match auth {
        Auth::Key => Credentials::Key,
        Auth::Basic => Credentials::Basic,
        Auth::Oauth2 => Credentials::OAuth2,
    }
}

/// The checkout that the command runs in.
fn workspace() -> Result<Workspace, Failure> {
    let here = env::current_dir().map_err(|error| ScaffoldError::Io {
        file: ".".into(),
        error,
    })?;
    Ok(Workspace::around(&here)?)
}

fn manifest(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::ReadManifest {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_str(&text).map_err(|error| {
        let problem = error.to_string();
        Failure::Scaffold(ScaffoldError::Manifest {
            place: path.display().to_string(),
            problem,
        })
    })
}

fn listed(added: &Added) -> String {
    let new = added
        .new
        .iter()
        .map(|file| format!("new      {}\n", file.display()));
    let changed = added
        .changed
        .iter()
        .map(|file| format!("changed  {}\n", file.display()));
    new.chain(changed).collect()
}
