//! `Cargo.toml` and `README.md`.

use std::fmt::Write as _;

use waystation_kit::fields::Required;

use super::{CrateNames, SourceFile};
use crate::blueprint::{Blueprint, Body, Delivery};

pub(crate) fn files(blueprint: &Blueprint, names: &CrateNames) -> Vec<SourceFile> {
    vec![
        SourceFile::new("Cargo.toml", cargo(blueprint, names)),
        SourceFile::new("README.md", readme(blueprint, names)),
    ]
}

fn cargo(blueprint: &Blueprint, names: &CrateNames) -> String {
    let posts = blueprint
        .actions
        .iter()
        .any(|action| matches!(action.body, Body::Post(_)));
    let tokio = if posts {
        "tokio = { workspace = true }\n"
    } else {
        ""
    };
    let description = format!("{}: by way of its API", names.partner);
    format!(
        "[package]\nname = \"waystation-destination-{}\"\ndescription = {description:?}\n\
         version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
         publish.workspace = true\n\n[package.metadata.waystation]\ndestination = \"{}\"\n\n\
         [dependencies]\nserde = {{ workspace = true }}\nserde_json = {{ workspace = true }}\n\
         waystation-kit = {{ workspace = true }}\n\n[dev-dependencies]\n{tokio}waystation-testkit = {{ workspace = true }}\n\n\
         [lints]\nworkspace = true\n",
        blueprint.slug, names.destination
    )
}

fn readme(blueprint: &Blueprint, names: &CrateNames) -> String {
    let mut text = format!(
        "# {0}\n\nSends events to {0}.\n\n## Connecting\n\n",
        names.partner
    );
    match &blueprint.authentication {
        Some(known) if !known.settings.is_empty() => {
            text.push_str("| setting | what it is |\n| --- | --- |\n");
            for (_, field) in known.settings.iter() {
                let required = if field.required == Required::Always {
                    ""
                } else {
                    " Optional."
                };
                let _ = writeln!(text, "| {} | {}{required} |", field.label, field.description);
            }
        }
        Some(known) if known.scheme.refreshes_tokens() => {
            text.push_str("By OAuth: access tokens are refreshed when they have expired.\n");
        }
        _ => text.push_str("There is nothing to set.\n"),
    }
    text.push_str("\n## Actions\n\n| action | starts with | batches |\n| --- | --- | --- |\n");
    for action in &blueprint.actions {
        let subscribe = action
            .subscribe
            .as_ref()
            .map_or("-".to_owned(), |fql| format!("`{}`", fql.replace('|', "\\|")));
        let batches = match action.delivery {
            Delivery::Single => "no",
            Delivery::Batched => "yes",
            Delivery::Asynchronous => "as jobs",
        };
        let _ = writeln!(text, "| {} | {subscribe} | {batches} |", action.title);
    }
    text
}
