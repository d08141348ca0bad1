//! `lib.rs`: the destination.

use std::fmt::Write as _;

use serde_json::Value;
use waystation_kit::auth::Scheme;
use waystation_kit::fields::Fields;

use super::action::type_name;
use super::parts::{has_choices, settings_type};
use super::{CrateNames, SourceFile, literal, presets};
use crate::blueprint::{Blueprint, Delivery};

pub(crate) fn files(blueprint: &Blueprint, names: &CrateNames, shares_fields: bool) -> Vec<SourceFile> {
    let in_place = presets::in_place(blueprint);
    let has_settings = blueprint
        .authentication
        .as_ref()
        .is_some_and(|known| !known.settings.is_empty());
    let mut text = head(blueprint, names, has_settings);
    for (module, is_there) in [
        ("actions", true),
        ("audiences", blueprint.audiences.is_some()),
        ("client", super::client::is_needed(blueprint)),
        ("fields", shares_fields),
        ("pick", has_choices(blueprint)),
        ("settings", has_settings),
    ] {
        if is_there {
            let _ = writeln!(text, "pub mod {module};");
        }
    }
    if in_place.is_none() {
        text.push_str("mod presets;\n");
    }
    if let Some(limit) = recursion_limit(blueprint) {
        let unsafe_line = "#![forbid(unsafe_code)]\n";
        let reason = "// `json!` takes long objects apart member by member.";
        text = text.replace(
            unsafe_line,
            &format!("{unsafe_line}{reason}\n#![recursion_limit = \"{limit}\"]\n"),
        );
    }
    let mut actions: Vec<String> = blueprint.actions.iter().map(type_name).collect();
    actions.sort();
    let _ = write!(
        text,
        "\nuse waystation_kit::prelude::*;\n\nuse crate::actions::{{{}}};\n",
        actions.join(", ")
    );
    if has_settings {
        let _ = writeln!(text, "use crate::settings::{};", settings_type(names));
    }
    let _ = write!(
        text,
        "\n/// The destination.\n#[derive(Debug)]\npub struct {};\n\n",
        names.destination
    );
    text.push_str(&implementation(
        blueprint,
        names,
        in_place.as_deref(),
        has_settings,
    ));
    vec![SourceFile::new("src/lib.rs", text)]
}

fn head(blueprint: &Blueprint, names: &CrateNames, has_settings: bool) -> String {
    let mut rooms = Vec::new();
    if has_settings {
        rooms.push("[`settings`] says what a workspace connects with");
    }
    if super::client::is_needed(blueprint) {
        rooms.push("[`client`] talks to the partner");
    }
    rooms.push("each file under [`actions`] is one action");
    let rooms = match rooms.len() {
        1 => rooms.concat(),
        2 => rooms.join(", and "),
        _ => format!("{},\n//! and {}", rooms[..2].join(", "), rooms[2]),
    };
    format!(
        "//! {}: what it takes, and how it is reached.\n//!\n//! {}.\n#![forbid(unsafe_code)]\n\n",
        names.partner,
        crate::names::capitalised(&rooms)
    )
}

fn implementation(
    blueprint: &Blueprint,
    names: &CrateNames,
    presets: Option<&[String]>,
    has_settings: bool,
) -> String {
    let settings = if has_settings {
        settings_type(names)
    } else {
        "NoSettings".to_owned()
    };
    let mut code = format!("impl Destination for {} {{\n", names.destination);
    let _ = writeln!(
        code,
        "    const SLUG: &'static str = {};",
        literal::text(&blueprint.slug)
    );
    let _ = writeln!(
        code,
        "    const NAME: &'static str = {};",
        literal::text(&blueprint.name)
    );
    let description = format!("Send events to {}.", names.partner);
    let _ = writeln!(
        code,
        "    const DESCRIPTION: &'static str = {};",
        literal::text(&description)
    );
    let _ = writeln!(code, "    type Settings = {settings};\n");
    let definition = definition(blueprint);
    let body = match presets {
        Some(calls) => format!("{definition}{}", calls.join("\n")),
        None => format!("let definition = {definition};\npresets::with_presets(definition)"),
    };
    let _ = write!(
        code,
        "    fn definition() -> Definition<Self> {{\n{body}\n    }}\n"
    );
    code.push_str(&extension(blueprint, &settings));
    code.push_str("}\n");
    code
}

fn definition(blueprint: &Blueprint) -> String {
    let mut code = match &blueprint.authentication {
        None => "Definition::without_authentication()".to_owned(),
        Some(known) => format!("Definition::new(Scheme::{})", scheme(known.scheme)),
    };
    if blueprint.registered_slug != blueprint.slug {
        let _ = write!(
            code,
            "\n.registered_as({})",
            literal::text(&blueprint.registered_slug)
        );
    }
    let authentication = blueprint.authentication.as_ref();
    if authentication.is_some_and(|known| known.is_tested) {
        code.push_str("\n.test_authentication(|cx| Box::pin(client::test_authentication(cx)))");
    }
    if authentication.is_some_and(|known| known.refreshes) {
        code.push_str("\n.refresh_access_token(|cx| Box::pin(client::refresh_access_token(cx)))");
    }
    if blueprint.deletes {
        code.push_str("\n.on_delete(|cx, user| Box::pin(client::forget_person(cx, user)))");
    }
    if blueprint.audiences.is_some() {
        code.push_str("\n.audiences(audiences::audiences())");
    }
    for action in &blueprint.actions {
        let method = method(action.delivery);
        let _ = write!(code, "\n.{method}::<{}>()", type_name(action));
    }
    code
}

/// The call that adds an action to a definition.
pub(crate) const fn method(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Single => "action",
        Delivery::Batched => "batch_action",
        Delivery::Asynchronous => "asynchronous_action",
    }
}

const fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Basic => "Basic",
        Scheme::Custom => "Custom",
        Scheme::OAuth2 => "OAuth2",
        Scheme::OAuthManaged => "OAuthManaged",
    }
}

/// What every request is extended with, as far as the scheme tells it.
fn extension(blueprint: &Blueprint, settings: &str) -> String {
    let Some(known) = &blueprint.authentication else {
        return String::new();
    };
    let is_required = |key: &str| {
        let field = known.settings.get(key);
        field.is_some_and(|field| field.required == waystation_kit::fields::Required::Always)
    };
    let lone_key = known.settings.iter().map(|(key, _)| key).collect::<Vec<_>>() == ["apiKey"];
    let (arguments, body) = match known.scheme {
        Scheme::OAuth2 | Scheme::OAuthManaged => (
            format!("_: &{settings}, auth: &Auth"),
            "let defaults = RequestDefaults::new();\n\
             match &auth.access_token {\nSome(token) => defaults.bearer(token),\n\
             // While tokens are refreshed there is none.\nNone => Ok(defaults),\n}"
                .to_owned(),
        ),
        Scheme::Basic if is_required("username") && is_required("password") => (
            format!("settings: &{settings}, _: &Auth"),
            format!(
                "Ok(RequestDefaults::new().basic({}, settings.password.clone()))",
                "settings.username.clone()"
            ),
        ),
        Scheme::Custom if lone_key && is_required("apiKey") && is_secret(&known.settings, "apiKey") => (
            format!("settings: &{settings}, _: &Auth"),
            "RequestDefaults::new().bearer(&settings.api_key)".to_owned(),
        ),
        Scheme::Custom | Scheme::Basic => return String::new(),
    };
    format!("\n    fn extend_request({arguments}) -> Result<RequestDefaults> {{\n{body}\n    }}\n")
}

fn is_secret(settings: &Fields, key: &str) -> bool {
    let field = settings.get(key);
    field.is_some_and(|field| field.field_type == waystation_kit::fields::FieldType::Password)
}

/// The limit of macro calls in each other, if the built-in 128 is too low for the longest value.
fn recursion_limit(blueprint: &Blueprint) -> Option<usize> {
    fn deepest(fields: &Fields) -> usize {
        let of_field = |field: &waystation_kit::fields::FieldDefinition| {
            let default = field
                .default
                .as_ref()
                .map(literal::macro_depth)
                .unwrap_or_default();
            default.max(field.properties.as_ref().map(deepest).unwrap_or_default())
        };
        fields
            .iter()
            .map(|(_, field)| of_field(field))
            .max()
            .unwrap_or_default()
    }
    let in_actions = blueprint
        .actions
        .iter()
        .map(|action| deepest(&action.fields))
        .max();
    let in_presets = blueprint
        .presets
        .iter()
        .flat_map(|preset| preset.mapping.values())
        .map(|mapping: &Value| literal::macro_depth(mapping))
        .max();
    let depth = in_actions.max(in_presets).unwrap_or_default() + 16;
    (depth > 128).then(|| depth.next_power_of_two())
}
