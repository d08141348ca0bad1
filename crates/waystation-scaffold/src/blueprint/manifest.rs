//! Reading a manifest: as `GET /manifest` answers it, or as it was recorded of the peer.
//!
//! The recorded form has lists where the other has objects by key, and says what functions there are. `GET /manifest`
//! leaves functions out; what it cannot say is taken from what usually goes with what it does say: actions with the
//! field `enable_batching` take batches, dynamic fields have handlers.

mod fields;

use serde_json::Value;
use waystation_kit::JsonObject;
use waystation_kit::audience::AudienceMode;
use waystation_kit::auth::Scheme;
use waystation_kit::batching::ENABLE_BATCHING;
use waystation_kit::hooks::HookType;
use waystation_kit::sync_mode::SyncMode;

use super::sketch::{check_action_slug, check_destination_slug};
use super::{
    Action, Audiences, Authentication, Blueprint, Body, Delivery, Hook, Preset, SyncModes, Trigger,
    dynamic_paths,
};
use crate::error::ScaffoldError;
use fields::fields;

impl Blueprint {
    /// What a manifest describes. Texts for people are left behind but for names: labels and descriptions are made from
    /// the keys.
    ///
    /// Presets whose action is not in the manifest are left out: they start plugins that run in browsers.
    ///
    /// # Errors
    /// The manifest is in neither form, or something in it is not known here.
    pub fn from_manifest(manifest: &Value) -> Result<Self, ScaffoldError> {
        // In the form of `GET /manifest` the slug is the registered one.
        let slug = text(manifest, "directoryName").or_else(|| text(manifest, "slug"));
        let slug = slug.ok_or_else(|| ScaffoldError::manifest("slug", "it is missing"))?;
        check_destination_slug(&slug)?;
        let registered_slug = text(manifest, "registeredSlug").or_else(|| text(manifest, "slug"));
        let synchronous = named(&manifest["actions"], "slug");
        let asynchronous = named(&manifest["asyncActions"], "slug");
        let actions = synchronous
            .map(|(slug, recorded)| action(&slug, recorded, None))
            .chain(
                asynchronous.map(|(slug, recorded)| action(&slug, recorded, Some(Delivery::Asynchronous))),
            );
        let actions = actions.collect::<Result<Vec<_>, _>>()?;
        let presets = list(&manifest["presets"])
            .iter()
            .map(preset)
            .collect::<Result<Vec<_>, _>>()?;
        let is_known = |preset: &Preset| actions.iter().any(|action| action.slug == preset.action);
        Ok(Self {
            registered_slug: registered_slug.unwrap_or_else(|| slug.clone()),
            name: text(manifest, "name").unwrap_or_else(|| slug.clone()),
            slug,
            authentication: authentication(&manifest["authentication"])?,
            deletes: manifest["hasOnDelete"] == true,
            audiences: audiences(manifest)?,
            presets: presets.into_iter().filter(is_known).collect(),
            actions,
        })
    }
}

fn text(object: &Value, key: &str) -> Option<String> {
    object[key].as_str().map(str::to_owned)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The members of an object with their keys, or of a list with what names them there.
fn named<'v>(value: &'v Value, name: &'static str) -> Box<dyn Iterator<Item = (String, &'v Value)> + 'v> {
    match value {
        Value::Object(members) => Box::new(members.iter().map(|(key, member)| (key.clone(), member))),
        _ => Box::new(
            list(value)
                .iter()
                .map(move |member| (text(member, name).unwrap_or_default(), member)),
        ),
    }
}

fn authentication(recorded: &Value) -> Result<Option<Authentication>, ScaffoldError> {
    let Some(name) = recorded["scheme"].as_str() else {
        return Ok(None);
    };
    let scheme = [
        Scheme::Basic,
        Scheme::Custom,
        Scheme::OAuth2,
        Scheme::OAuthManaged,
    ]
    .into_iter()
    .find(|scheme| scheme.name() == name);
    let scheme = scheme.ok_or_else(|| {
        ScaffoldError::manifest(
            "authentication.scheme",
            format!("the scheme \"{name}\" is not known"),
        )
    })?;
    let settings = if recorded["settings"].is_null() {
        &recorded["fields"]
    } else {
        &recorded["settings"]
    };
    Ok(Some(Authentication {
        scheme,
        settings: fields(settings, "authentication")?,
        is_tested: recorded["testsAuthentication"].as_bool().unwrap_or(true),
        refreshes: recorded["refreshesToken"]
            .as_bool()
            .unwrap_or(scheme.refreshes_tokens()),
    }))
}

fn audiences(manifest: &Value) -> Result<Option<Audiences>, ScaffoldError> {
    let (recorded, declared) = match &manifest["audience"] {
        Value::Null => (&manifest["audienceConfig"], &manifest["audienceFields"]),
        audience => (audience, &audience["fields"]),
    };
    let mode = match recorded["mode"]["type"].as_str() {
        None => return Ok(None),
        Some("realtime") => AudienceMode::Realtime,
        Some("synced") => AudienceMode::Synced {
            full_audience_sync: recorded["mode"]["full_audience_sync"] == true,
        },
        Some(other) => {
            let problem = format!("the mode \"{other}\" is not known");
            return Err(ScaffoldError::manifest("audience.mode", problem));
        }
    };
    Ok(Some(Audiences {
        mode,
        fields: fields(declared, "audience")?,
        creates: recorded["createAudience"].as_bool().unwrap_or(true),
        asks: recorded["getAudience"].as_bool().unwrap_or(true),
    }))
}

fn action(slug: &str, recorded: &Value, delivery: Option<Delivery>) -> Result<Action, ScaffoldError> {
    check_action_slug(slug)?;
    let place = format!("actions.{slug}");
    let fields = fields(&recorded["fields"], &place)?;
    let takes_batches = recorded["batch"]
        .as_bool()
        .unwrap_or_else(|| fields.get(ENABLE_BATCHING).is_some());
    let declared = recorded["dynamicFields"].as_array();
    let declared = declared.map(|paths| {
        paths
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    });
    Ok(Action {
        slug: slug.to_owned(),
        title: text(recorded, "title").unwrap_or_else(|| crate::names::label(slug)),
        subscribe: text(recorded, "defaultSubscription"),
        is_hidden: recorded["hidden"] == true,
        delivery: delivery.unwrap_or(if takes_batches {
            Delivery::Batched
        } else {
            Delivery::Single
        }),
        sync_modes: sync_modes(&recorded["syncMode"], &place)?,
        dynamic_fields: match &recorded["dynamicFields"] {
            Value::Object(_) => dynamic_paths(&fields),
            _ => declared.unwrap_or_default(),
        },
        hooks: named(&recorded["hooks"], "type")
            .map(|(name, recorded)| hook(&name, recorded, &place))
            .collect::<Result<_, _>>()?,
        fields,
        body: Body::Unwritten,
    })
}

fn sync_modes(recorded: &Value, place: &str) -> Result<Option<SyncModes>, ScaffoldError> {
    if recorded.is_null() {
        return Ok(None);
    }
    let mode = |value: &Value| {
        let name = if value.is_object() { &value["value"] } else { value };
        SyncMode::from_value(name).ok_or_else(|| {
            ScaffoldError::manifest(
                format!("{place}.syncMode"),
                format!("the mode {name} is not known"),
            )
        })
    };
    Ok(Some(SyncModes {
        default: mode(&recorded["default"])?,
        choices: list(&recorded["choices"])
            .iter()
            .map(mode)
            .collect::<Result<_, _>>()?,
    }))
}

fn hook(name: &str, recorded: &Value, place: &str) -> Result<Hook, ScaffoldError> {
    let place = format!("{place}.hooks.{name}");
    let hook_type = HookType::from_name(name)
        .ok_or_else(|| ScaffoldError::manifest(&place, "a hook of this type is not known"))?;
    Ok(Hook {
        hook_type,
        inputs: fields(&recorded["inputFields"], &place)?,
        outputs: fields(&recorded["outputTypes"], &place)?,
    })
}

fn preset(recorded: &Value) -> Result<Preset, ScaffoldError> {
    let name = text(recorded, "name").unwrap_or_default();
    let place = format!("presets.\"{name}\"");
    let trigger = match (text(recorded, "eventSlug"), text(recorded, "subscribe")) {
        (Some(event), _) => Trigger::SpecificEvent(event),
        (None, Some(subscribe)) => Trigger::Automatic(subscribe),
        (None, None) => return Err(ScaffoldError::manifest(place, "nothing starts it")),
    };
    let mapping: JsonObject = recorded["mapping"].as_object().cloned().unwrap_or_default();
    Ok(Preset {
        action: text(recorded, "partnerAction")
            .ok_or_else(|| ScaffoldError::manifest(place, "it names no action"))?,
        name,
        mapping,
        trigger,
    })
}
