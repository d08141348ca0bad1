//! Settings, audiences, and choices that are asked of the partner.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waystation_kit::audience::AudienceMode;
use waystation_kit::fields::Fields;

use super::items::Items;
use super::record::{Record, Role};
use super::{CrateNames, SourceFile};
use crate::blueprint::{Audiences, Blueprint, Hook};
use crate::names;

/// The type of a destination's settings.
pub(crate) fn settings_type(names: &CrateNames) -> String {
    format!("{}Settings", names.destination)
}

pub(crate) fn files(blueprint: &Blueprint, names: &CrateNames) -> Vec<SourceFile> {
    let mut files = Vec::new();
    if let Some(known) = blueprint
        .authentication
        .as_ref()
        .filter(|known| !known.settings.is_empty())
    {
        let code = settings(
            &settings_type(names),
            "What a workspace connects with.",
            &known.settings,
        );
        let head = "//! What a workspace connects with.\n\nuse waystation_kit::prelude::*;\n";
        files.push(SourceFile::new("src/settings.rs", format!("{head}\n{code}")));
    }
    files.extend(blueprint.audiences.as_ref().map(|known| audiences(known, names)));
    let paths = dynamic_paths(blueprint);
    if !paths.is_empty() {
        files.push(pick(&paths, names));
    }
    files
}

fn settings(name: &str, doc: &str, fields: &Fields) -> String {
    let mut items = Items::beside([name]);
    let record = Record {
        name,
        doc: doc.to_owned(),
        role: Role::Settings,
        is_serialized: false,
        extend: None,
        keeps_others: false,
        fields,
    };
    let (mut code, _) = record.write(&mut items);
    for item in items.into_list() {
        let _ = write!(code, "\n{}", item.code);
    }
    code
}

/// Every path of a dynamic field.
fn dynamic_paths(blueprint: &Blueprint) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for action in &blueprint.actions {
        paths.extend(action.dynamic_fields.iter().cloned());
        paths.extend(action.hooks.iter().flat_map(Hook::dynamic_inputs));
    }
    paths
}

/// The function that answers for a path.
pub(crate) fn picking(path: &str) -> String {
    let words = path
        .replace("__keys__", "keys")
        .replace("__values__", "values")
        .replace('.', "_");
    names::identifier(&names::snake(&words))
}

/// Whether some choices are asked of the partner.
pub(crate) fn has_choices(blueprint: &Blueprint) -> bool {
    !dynamic_paths(blueprint).is_empty()
}

fn pick(paths: &BTreeSet<String>, names: &CrateNames) -> SourceFile {
    let mut text = "//! Choices that are asked of the partner while a person edits a mapping.\n\n\
                    use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};\n\
                    use waystation_kit::prelude::*;\n\n"
        .to_owned();
    let _ = writeln!(text, "use crate::{};", names.destination);
    let mut written = BTreeSet::new();
    for path in paths {
        let function = picking(path);
        if !written.insert(function.clone()) {
            continue;
        }
        let _ = write!(
            text,
            "\n/// Choices for `{path}`.\n///\n/// # Errors\n/// {} does not answer.\n\
             pub async fn {function}(_: &Context<{}>, _: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {{\n    \
             Err(Error::not_implemented({:?}))\n}}\n",
            names.partner,
            names.destination,
            format!("the choices of {path} are not written yet"),
        );
    }
    SourceFile::new("src/pick.rs", text)
}

fn audiences(known: &Audiences, names: &CrateNames) -> SourceFile {
    let destination = &names.destination;
    let mode = match known.mode {
        AudienceMode::Realtime => "AudienceMode::Realtime".to_owned(),
        AudienceMode::Synced { full_audience_sync } => {
            format!("AudienceMode::Synced {{ full_audience_sync: {full_audience_sync} }}")
        }
    };
    let fields = if known.fields.is_empty() {
        "Fields::new()"
    } else {
        "AudienceSettings::fields()"
    };
    let handler = |is_there: bool, name: &str| match is_there {
        true => format!("Some(|cx, audience| Box::pin({name}(cx, audience)))"),
        false => "None".to_owned(),
    };
    let mut inputs = vec!["AudienceMode", "Audiences"];
    inputs.extend(known.creates.then_some("CreateAudience"));
    inputs.extend((known.creates || known.asks).then_some("ExternalAudience"));
    inputs.extend(known.asks.then_some("GetAudience"));
    let mut text = format!(
        "//! Audiences that are kept at {}.\n\nuse waystation_kit::audience::{{{}}};\nuse waystation_kit::prelude::*;\n\n\
         use crate::{destination};\n\n",
        names.partner,
        inputs.join(", ")
    );
    if !known.fields.is_empty() {
        text.push_str(&settings(
            "AudienceSettings",
            "What a person chooses for an audience.",
            &known.fields,
        ));
        text.push('\n');
    }
    let _ = write!(
        text,
        "/// What the destination offers for audiences.\n#[must_use]\npub fn audiences() -> Audiences<{destination}> {{\n    \
         Audiences {{\n        mode: {mode},\n        fields: {fields},\n        create: {},\n        get: {},\n    }}\n}}\n",
        handler(known.creates, "create"),
        handler(known.asks, "get"),
    );
    for (is_there, function, input) in [
        (known.creates, "create", "CreateAudience"),
        (known.asks, "get", "GetAudience"),
    ] {
        if is_there {
            let _ = write!(
                text,
                "\nasync fn {function}(_: &Context<{destination}>, _: {input}) -> Result<ExternalAudience> {{\n    \
                 Err(Error::not_implemented({:?}))\n}}\n",
                format!(
                    "audiences cannot be {} yet",
                    if function == "create" {
                        "created"
                    } else {
                        "asked for"
                    }
                ),
            );
        }
    }
    SourceFile::new("src/audiences.rs", text)
}
