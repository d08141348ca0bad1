//! What all actions are: an event of one kind, in one of two versions.

use std::marker::PhantomData;

use waystation_kit::prelude::*;

use crate::fields::{Parameters, ServerEvent};
use crate::{FacebookConversionsApi, client, contents, currency};

/// What makes one action different from the others.
#[derive(Debug)]
pub struct EventKind {
    /// The slugs of the actions.
    pub slugs: Versions,
    /// The names that people read.
    pub titles: Versions,
    /// What they do, in a sentence.
    pub description: &'static str,
    /// The subscription they start with.
    pub subscribe: Option<&'static str>,
    /// The name of the event at Meta; `None` if the payload says it.
    pub event_name: Option<&'static str>,
    /// The parameters it has of its own.
    pub parameters: &'static [Parameter],
    /// Whether the event has `custom_data` at all.
    pub has_custom_data: bool,
    /// Whether an event of a website has to say which browser it comes from.
    pub needs_browser: bool,
    /// Whether it has to say the currency.
    pub needs_currency: bool,
}

/// What an action is called in its first and in its second version.
#[derive(Debug, Clone, Copy)]
pub struct Versions {
    first: &'static str,
    second: &'static str,
}

impl Versions {
    /// The names of both versions.
    #[must_use]
    pub const fn of(first: &'static str, second: &'static str) -> Self {
        Self { first, second }
    }
}

/// A parameter that a kind of event has of its own.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    key: &'static str,
    source: Source,
    required: bool,
}

/// Where a parameter usually comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    Nowhere,
    Path(&'static str),
    Mapping(fn() -> Value),
}

impl Parameter {
    /// A parameter that a mapping has to set.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            source: Source::Nowhere,
            required: false,
        }
    }

    /// A parameter that is usually found at a path of the event.
    #[must_use]
    pub const fn at(key: &'static str, path: &'static str) -> Self {
        Self {
            source: Source::Path(path),
            ..Self::new(key)
        }
    }

    /// A parameter that usually comes from a mapping.
    #[must_use]
    pub const fn by(key: &'static str, mapping: fn() -> Value) -> Self {
        Self {
            source: Source::Mapping(mapping),
            ..Self::new(key)
        }
    }

    /// The same, as one that no payload may lack.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    fn add_to(self, fields: &mut Fields, declared: &Fields) {
        let Some(mut field) = declared.get(self.key).cloned() else {
            return;
        };
        field.default = match self.source {
            Source::Nowhere => None,
            Source::Path(path) => Some(directive::path(path)),
            Source::Mapping(mapping) => Some(mapping()),
        };
        if self.required {
            field.required = Required::Always;
        }
        fields.insert(self.key, field);
    }
}

/// A type that stands for a kind of event.
pub trait Kind: Send + Sync + 'static {
    /// The kind.
    const KIND: EventKind;
}

/// The payload of the actions of one kind.
#[derive(Debug, Deserialize)]
#[serde(bound = "")]
pub struct Conversion<K> {
    /// What it has in common with all events.
    #[serde(flatten)]
    pub event: ServerEvent,
    /// The parameters of its kind.
    #[serde(flatten)]
    pub parameters: Parameters,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

/// The second version of an action: it only adds events, for rows of a warehouse, and wants the mapping to say so.
#[derive(Debug, Deserialize)]
#[serde(transparent, bound = "")]
pub struct SecondVersion<K>(pub Conversion<K>);

impl<K: Kind> Conversion<K> {
    /// The name of the event at Meta.
    #[must_use]
    pub fn name(&self) -> &str {
        let given = self.parameters.event_name.as_deref();
        K::KIND.event_name.or(given).unwrap_or_default()
    }

    /// Whether Meta will be able to use it.
    ///
    /// # Errors
    /// It will not.
    pub fn check(&self) -> Result<()> {
        currency::check(self.parameters.currency.as_deref(), K::KIND.needs_currency)?;
        contents::check(self.parameters.contents.as_deref().unwrap_or_default())?;
        if K::KIND.needs_browser {
            self.event.check_browser()?;
        }
        Ok(())
    }
}

impl<K: Kind> Payload for Conversion<K> {
    fn fields() -> Fields {
        let (mut fields, declared) = (ServerEvent::fields(), Parameters::fields());
        for parameter in K::KIND.parameters {
            parameter.add_to(&mut fields, &declared);
        }
        fields
    }
}

impl<K: Kind> Payload for SecondVersion<K> {
    fn fields() -> Fields {
        Conversion::<K>::fields()
    }
}

impl<K: Kind> ActionInfo<FacebookConversionsApi> for Conversion<K> {
    const SLUG: &'static str = K::KIND.slugs.first;
    const TITLE: &'static str = K::KIND.titles.first;
    const DESCRIPTION: &'static str = K::KIND.description;
    const SUBSCRIBE: Option<&'static str> = K::KIND.subscribe;
    // By the event ID, which is the message ID unless a mapping leaves it out
    // (https://developers.facebook.com/docs/marketing-api/conversions-api/deduplicate-pixel-and-server-events).
    const IDEMPOTENT: bool = true;
}

impl<K: Kind> ActionInfo<FacebookConversionsApi> for SecondVersion<K> {
    const SLUG: &'static str = K::KIND.slugs.second;
    const TITLE: &'static str = K::KIND.titles.second;
    const DESCRIPTION: &'static str = K::KIND.description;
    const SUBSCRIBE: Option<&'static str> = K::KIND.subscribe;
    const IDEMPOTENT: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Add,
            label: "How to sync rows",
            description: "What happens at Meta to the rows of a warehouse.",
            choices: vec![(SyncMode::Add, "Send them as events")],
        })
    }
}

impl<K: Kind> Action<FacebookConversionsApi> for Conversion<K> {
    async fn perform(cx: &Context<FacebookConversionsApi>, event: Self) -> Result<Output> {
        client::send(cx, &event).await
    }
}

impl<K: Kind> Action<FacebookConversionsApi> for SecondVersion<K> {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        if cx.sync_mode() != Some(SyncMode::Add) {
            const CODE: ErrorCode = ErrorCode::new("Misconfigured sync mode");
            return Err(Error::integration(
                "The sync mode of the mapping has to be \"add\"",
                CODE,
                400,
            ));
        }
        client::send(cx, &payload.0).await
    }
}
