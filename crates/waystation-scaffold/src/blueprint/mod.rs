//! What a destination is to consist of.

mod any;
mod manifest;
mod openapi;
mod sketch;

use waystation_kit::JsonObject;
use waystation_kit::audience::AudienceMode;
use waystation_kit::auth::Scheme;
use waystation_kit::fields::Fields;
use waystation_kit::hooks::HookType;
use waystation_kit::sync_mode::SyncMode;

pub use sketch::Credentials;

/// What a destination is to consist of.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint {
    /// The name in addresses, of the folder and of the crate.
    pub slug: String,
    /// The slug under which the platform lists it.
    pub registered_slug: String,
    /// The name that people read.
    pub name: String,
    /// How requests are authenticated; `None` if there is nothing to set.
    pub authentication: Option<Authentication>,
    /// Whether it deletes what the partner knows about a person.
    pub deletes: bool,
    /// Audiences that are kept at the partner.
    pub audiences: Option<Audiences>,
    /// The actions.
    pub actions: Vec<Action>,
    /// Ready-made subscriptions.
    pub presets: Vec<Preset>,
}

/// How requests are authenticated.
#[derive(Debug, Clone, PartialEq)]
pub struct Authentication {
    /// The scheme.
    pub scheme: Scheme,
    /// What a workspace connects with.
    pub settings: Fields,
    /// Whether the credentials can be tested.
    pub is_tested: bool,
    /// Whether tokens are refreshed.
    pub refreshes: bool,
}

/// Audiences that are kept at the partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Audiences {
    /// How members reach the partner.
    pub mode: AudienceMode,
    /// The settings of an audience.
    pub fields: Fields,
    /// Whether audiences are created here.
    pub creates: bool,
    /// Whether they can be asked for.
    pub asks: bool,
}

/// An action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The name in addresses.
    pub slug: String,
    /// The name that people read.
    pub title: String,
    /// The subscription it starts with, in FQL.
    pub subscribe: Option<String>,
    /// Whether it is kept out of listings.
    pub is_hidden: bool,
    /// How events reach it.
    pub delivery: Delivery,
    /// The sync modes it tells apart.
    pub sync_modes: Option<SyncModes>,
    /// The fields whose choices are asked of the partner, by path.
    pub dynamic_fields: Vec<String>,
    /// What happens when a mapping is saved.
    pub hooks: Vec<Hook>,
    /// The fields of the payload.
    pub fields: Fields,
    /// What is written for it.
    pub body: Body,
}

/// How events reach an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// One at a time.
    Single,
    /// One at a time, or a batch.
    Batched,
    /// Batches that become jobs.
    Asynchronous,
}

/// What is written for an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing yet: it answers that it is not written.
    Unwritten,
    /// The payload is posted as JSON to this path.
    Post(String),
}

/// The sync modes of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncModes {
    /// The mode chosen at first.
    pub default: SyncMode,
    /// The modes on offer.
    pub choices: Vec<SyncMode>,
}

/// What happens when a mapping is saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// When it runs.
    pub hook_type: HookType,
    /// What the person is asked for.
    pub inputs: Fields,
    /// What it saves.
    pub outputs: Fields,
}

/// A ready-made subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What people read.
    pub name: String,
    /// The slug of the action that runs.
    pub action: String,
    /// What it maps.
    pub mapping: JsonObject,
    /// What starts it.
    pub trigger: Trigger,
}

/// What starts a preset's action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Every event that the subscription matches, in FQL.
    Automatic(String),
    /// One event of the platform itself.
    SpecificEvent(String),
}

impl Blueprint {
    /// The action of this slug.
    #[must_use]
    pub fn action(&self, slug: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.slug == slug)
    }

    /// The name that people call the partner by: without what says that there is more than one destination of it.
    #[must_use]
    pub fn partner(&self) -> String {
        let mut name = self.name.as_str();
        for addition in ["(Actions)", "(actions)", "(Action)"] {
            name = name.strip_suffix(addition).unwrap_or(name).trim();
        }
        name.strip_prefix("Actions ").unwrap_or(name).to_owned()
    }
}

impl Hook {
    /// The inputs whose choices are asked of the partner, by path.
    #[must_use]
    pub fn dynamic_inputs(&self) -> Vec<String> {
        dynamic_paths(&self.inputs)
    }
}

/// The paths by which handlers of dynamic fields are declared.
fn dynamic_paths(fields: &Fields) -> Vec<String> {
    let mut paths = Vec::new();
    for (key, field) in fields.iter() {
        let properties = field.object_properties();
        let is_object = field.field_type == waystation_kit::fields::FieldType::Object;
        match properties {
            None if field.dynamic && is_object => paths.push(format!("{key}.__keys__")),
            None if field.dynamic => paths.push(key.to_owned()),
            _ => {}
        }
        let dynamic = properties
            .into_iter()
            .flat_map(Fields::iter)
            .filter(|(_, property)| property.dynamic);
        paths.extend(dynamic.map(|(property, _)| format!("{key}.{property}")));
    }
    paths
}
