//! Blueprints made up from a name and a few actions.

use waystation_kit::auth::Scheme;
use waystation_kit::batching::Batching;
use waystation_kit::directive::path;
use waystation_kit::fields::{FieldDefinition, FieldType, Fields, Required};

use super::{Action, Authentication, Blueprint, Body, Delivery, Preset, Trigger};
use crate::error::ScaffoldError;
use crate::names;

/// What a workspace connects with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// A key that is sent as a bearer token.
    Key,
    /// A user name and a password.
    Basic,
    /// Access tokens that are refreshed.
    OAuth2,
}

impl Blueprint {
    /// A destination of this slug, with actions that post their payload as JSON.
    ///
    /// # Errors
    /// A slug cannot be used, or an action is named twice.
    pub fn new(slug: &str, credentials: Credentials, actions: &[String]) -> Result<Self, ScaffoldError> {
        check_destination_slug(slug)?;
        let actions = actions
            .iter()
            .map(|slug| Action::sketch(slug))
            .collect::<Result<Vec<_>, _>>()?;
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = actions
            .iter()
            .find(|action| !seen.insert(names::snake(&action.slug)))
        {
            return Err(ScaffoldError::ActionTwice(twice.slug.clone()));
        }
        let presets = actions.iter().map(|action| Preset {
            name: action.title.clone(),
            action: action.slug.clone(),
            mapping: waystation_kit::payload::default_mapping(&action.fields),
            trigger: Trigger::Automatic(action.subscribe.clone().unwrap_or_default()),
        });
        Ok(Self {
            slug: slug.to_owned(),
            registered_slug: slug.to_owned(),
            name: names::words(slug)
                .iter()
                .map(|word| names::capitalised(word))
                .collect::<Vec<_>>()
                .join(" "),
            authentication: Some(credentials.authentication()),
            deletes: false,
            audiences: None,
            presets: presets.collect(),
            actions,
        })
    }
}

impl Action {
    /// An action that posts its payload as JSON, alone and in batches.
    ///
    /// # Errors
    /// The slug cannot be used.
    pub fn sketch(slug: &str) -> Result<Self, ScaffoldError> {
        check_action_slug(slug)?;
        let title: Vec<String> = names::words(slug)
            .iter()
            .map(|word| names::capitalised(word))
            .collect();
        let required = |label: &str, description: &str, default: &str| FieldDefinition {
            description: description.to_owned().into(),
            required: Required::Always,
            default: Some(path(default)),
            ..FieldDefinition::new(label.to_owned(), FieldType::String)
        };
        let mut fields = Fields::new()
            .with("userId", required("User ID", "Who did it.", "$.userId"))
            .with("event", required("Event name", "What was done.", "$.event"))
            .with(
                "properties",
                FieldDefinition {
                    description: "What else is known about it.".into(),
                    default: Some(path("$.properties")),
                    ..FieldDefinition::new("Properties", FieldType::Object)
                },
            );
        let batching = Batching::up_to(100).fields();
        fields.extend(
            batching
                .iter()
                .map(|(key, field)| (key.to_owned(), field.clone())),
        );
        Ok(Self {
            slug: slug.to_owned(),
            title: title.join(" "),
            subscribe: Some("type = \"track\"".to_owned()),
            is_hidden: false,
            delivery: Delivery::Batched,
            sync_modes: None,
            dynamic_fields: Vec::new(),
            hooks: Vec::new(),
            fields,
            body: Body::Post(format!("/{}", names::words(slug).join("-"))),
        })
    }
}

impl Blueprint {
    /// The same under another slug.
    ///
    /// # Errors
    /// The slug cannot be used.
    pub fn named(self, slug: &str) -> Result<Self, ScaffoldError> {
        check_destination_slug(slug)?;
        Ok(Self {
            slug: slug.to_owned(),
            ..self
        })
    }
}

impl Action {
    /// An action that answers that it is not written, for a destination whose client is not known.
    ///
    /// # Errors
    /// The slug cannot be used.
    pub fn unwritten(slug: &str) -> Result<Self, ScaffoldError> {
        let mut action = Self::sketch(slug)?;
        action.body = Body::Unwritten;
        Ok(action)
    }
}

impl Credentials {
    fn authentication(self) -> Authentication {
        let setting = |label: &str, description: &str, field_type| FieldDefinition {
            description: description.to_owned().into(),
            required: Required::Always,
            ..FieldDefinition::new(label.to_owned(), field_type)
        };
        let (scheme, settings) = match self {
            Self::Key => (
                Scheme::Custom,
                Fields::new().with(
                    "apiKey",
                    setting(
                        "API key",
                        "You find it in your account under \"API\".",
                        FieldType::Password,
                    ),
                ),
            ),
            Self::Basic => (
                Scheme::Basic,
                Fields::new()
                    .with(
                        "username",
                        setting("User name", "The name that you log in with.", FieldType::String),
                    )
                    .with(
                        "password",
                        setting("Password", "The password of that name.", FieldType::Password),
                    ),
            ),
            Self::OAuth2 => (Scheme::OAuth2, Fields::new()),
        };
        Authentication {
            scheme,
            settings,
            is_tested: true,
            refreshes: scheme.refreshes_tokens(),
        }
    }
}

/// Whether a slug can be the name of a folder and of a crate.
pub(crate) fn check_destination_slug(slug: &str) -> Result<(), ScaffoldError> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let begins_well = slug.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins_well && !slug.ends_with('-') && slug.chars().all(is_plain) && slug != "registry" {
        return Ok(());
    }
    Err(ScaffoldError::DestinationSlug(slug.to_owned()))
}

/// Whether a slug can be the name of an action.
pub(crate) fn check_action_slug(slug: &str) -> Result<(), ScaffoldError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if slug.starts_with(|c: char| c.is_ascii_alphabetic()) && slug.chars().all(is_plain) {
        return Ok(());
    }
    Err(ScaffoldError::ActionSlug(slug.to_owned()))
}
