//! The seven variants and what they have in common.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer};
use waystation_kit::any::AnyDestination;
use waystation_kit::audience::{AudienceMode, Audiences};
use waystation_kit::fields::Fields;
use waystation_kit::prelude::*;

use super::{account, batches, declared, failing, fields, inspect, jobs, simple};

/// What tells a variant from the others.
pub(super) trait Variant: Send + Sync + 'static {
    const SLUG: &'static str;
    const NAME: &'static str;
    const DESCRIPTION: &'static str = "";

    /// What every request carries.
    fn extend(settings: &JsonObject, auth: &Auth) -> Result<RequestDefaults>;

    /// What the variant offers besides the actions.
    fn definition() -> Definition<Probe<Self>>
    where
        Self: Sized;

    /// Whether it has the asynchronous action.
    const ASYNCHRONOUS: bool = true;
}

/// The destination.
pub(super) struct Probe<V>(PhantomData<V>);

/// The validated settings, as they are.
pub(super) struct ProbeSettings<V> {
    pub(super) all: JsonObject,
    variant: PhantomData<V>,
}

impl<V> ProbeSettings<V> {
    pub(super) fn text(&self, key: &str) -> &str {
        self.all.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

impl<'de, V> Deserialize<'de> for ProbeSettings<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            all: JsonObject::deserialize(deserializer)?,
            variant: PhantomData,
        })
    }
}

impl<V: Variant> Settings for ProbeSettings<V> {
    fn fields() -> Fields {
        declared::settings(V::SLUG)
    }
}

impl<V: Variant> Destination for Probe<V> {
    const SLUG: &'static str = V::SLUG;
    const NAME: &'static str = V::NAME;
    const DESCRIPTION: &'static str = V::DESCRIPTION;
    type Settings = ProbeSettings<V>;

    fn definition() -> Definition<Self> {
        let definition = V::definition()
            .action::<simple::Echo>()
            .batch_action::<simple::Passthrough>()
            .batch_action::<inspect::Inspect>()
            .batch_action::<inspect::InspectBare>()
            .action::<simple::Send>()
            .batch_action::<failing::Fail>()
            .batch_action::<batches::BatchEcho>()
            .batch_action::<batches::LegacyBatch>()
            .batch_action::<batches::StatusBatch>()
            .action::<simple::Chain>()
            .action::<fields::Pick>()
            .batch_action::<fields::Hooked>()
            .batch_action::<batches::SyncAudience>()
            .action::<simple::Quiet>();
        if V::ASYNCHRONOUS {
            definition.asynchronous_action::<jobs::AsyncUpload>()
        } else {
            definition
        }
    }

    fn extend_request(settings: &Self::Settings, auth: &Auth) -> Result<RequestDefaults> {
        V::extend(&settings.all, auth)
    }
}

/// Every variant.
#[must_use]
pub(crate) fn all() -> Vec<AnyDestination> {
    vec![
        Probe::<Custom>::definition().build(),
        Probe::<OAuth>::definition().build(),
        Probe::<OAuthManaged>::definition().build(),
        Probe::<OAuthWithoutRefresh>::definition().build(),
        Probe::<Basic>::definition().build(),
        Probe::<Open>::definition().build(),
        Probe::<WithAudiences>::definition().build(),
    ]
}

fn bearer(auth: &Auth) -> Result<RequestDefaults> {
    match &auth.access_token {
        Some(token) => RequestDefaults::new().bearer(token),
        None => Ok(RequestDefaults::new()),
    }
}

struct Custom;

impl Variant for Custom {
    const SLUG: &'static str = "probe";
    const NAME: &'static str = "Probe";
    const DESCRIPTION: &'static str = "Fictitious destination for conformance";

    fn extend(settings: &JsonObject, _: &Auth) -> Result<RequestDefaults> {
        let text = |key: &str| settings.get(key).and_then(Value::as_str).unwrap_or_default();
        let defaults = RequestDefaults::new().bearer(&Secret::new(text("apiKey")))?;
        if text("region").is_empty() {
            Ok(defaults)
        } else {
            defaults.header("x-probe-region", text("region"))
        }
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::Custom)
            .test_authentication(|cx| Box::pin(account::test_with_get(cx)))
            .on_delete(|cx, user| Box::pin(account::delete(cx, user)))
            .preset_on::<simple::Echo>(
                "Echo all",
                PresetTrigger::Automatic {
                    subscribe: "type = \"track\"",
                },
                account::preset_mapping(json!({"@path": "$.event"})),
            )
            .preset_on::<simple::Echo>(
                "On entity",
                PresetTrigger::SpecificEvent {
                    event_slug: "warehouse_entity_added_track",
                },
                account::preset_mapping(json!("entity")),
            )
    }
}

struct OAuth;

impl Variant for OAuth {
    const SLUG: &'static str = "probe-oauth";
    const NAME: &'static str = "Probe OAuth";

    fn extend(_: &JsonObject, auth: &Auth) -> Result<RequestDefaults> {
        bearer(auth)
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::OAuth2)
            .test_authentication(|cx| Box::pin(account::test_with_get(cx)))
            .refresh_access_token(|cx| Box::pin(account::refresh(cx)))
            .on_delete(|cx, user| Box::pin(account::delete(cx, user)))
    }
}

struct OAuthManaged;

impl Variant for OAuthManaged {
    const SLUG: &'static str = "probe-oauth-managed";
    const NAME: &'static str = "Probe Managed";

    fn extend(_: &JsonObject, auth: &Auth) -> Result<RequestDefaults> {
        bearer(auth)
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::OAuthManaged)
            .test_authentication(|cx| Box::pin(account::test_with_get(cx)))
            .refresh_access_token(|cx| Box::pin(account::refresh(cx)))
            .on_delete(|cx, user| Box::pin(account::delete(cx, user)))
    }
}

struct OAuthWithoutRefresh;

impl Variant for OAuthWithoutRefresh {
    const SLUG: &'static str = "probe-oauth-norefresh";
    const NAME: &'static str = "Probe No Refresh";

    fn extend(_: &JsonObject, auth: &Auth) -> Result<RequestDefaults> {
        bearer(auth)
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::OAuth2).test_authentication(|cx| Box::pin(account::test_with_get(cx)))
    }
}

struct Basic;

impl Variant for Basic {
    const SLUG: &'static str = "probe-basic";
    const NAME: &'static str = "Probe Basic";
    const ASYNCHRONOUS: bool = false;

    fn extend(settings: &JsonObject, _: &Auth) -> Result<RequestDefaults> {
        let text = |key: &str| settings.get(key).and_then(Value::as_str).unwrap_or_default();
        Ok(RequestDefaults::new().basic(text("username"), text("password")))
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::Basic).test_authentication(|cx| Box::pin(account::test_with_post(cx)))
    }
}

struct Open;

impl Variant for Open {
    const SLUG: &'static str = "probe-open";
    const NAME: &'static str = "Probe Open";

    fn extend(_: &JsonObject, _: &Auth) -> Result<RequestDefaults> {
        Ok(RequestDefaults::new())
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::without_authentication()
    }
}

struct WithAudiences;

impl Variant for WithAudiences {
    const SLUG: &'static str = "probe-audience";
    const NAME: &'static str = "Probe Audience";

    fn extend(_: &JsonObject, auth: &Auth) -> Result<RequestDefaults> {
        bearer(auth)
    }

    fn definition() -> Definition<Probe<Self>> {
        Definition::new(Scheme::OAuth2)
            .test_authentication(|cx| Box::pin(account::test_with_get(cx)))
            .refresh_access_token(|cx| Box::pin(account::refresh(cx)))
            .audiences(Audiences {
                mode: AudienceMode::Synced {
                    full_audience_sync: false,
                },
                fields: declared::audience_fields(Self::SLUG),
                create: Some(|cx, input| Box::pin(account::create_audience(cx, input))),
                get: Some(|cx, input| Box::pin(account::get_audience(cx, input))),
            })
    }
}
