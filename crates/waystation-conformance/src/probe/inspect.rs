//! What the runtime hands to an action.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::{Hook, HookAnswer, HookType, Hooks};
use waystation_kit::prelude::*;
use waystation_kit::services::StateLifetime;

use super::declared::{self, payload};
use super::variants::{Probe, Variant};

payload!(Inspect, "inspect");
payload!(InspectBare, "inspectBare");

/// Every mode, as the probe declares them.
pub(super) fn every_sync_mode() -> SyncModes {
    SyncModes {
        default: SyncMode::Add,
        label: "Sync mode",
        description: "Probe sync mode",
        choices: [
            SyncMode::Add,
            SyncMode::Update,
            SyncMode::Upsert,
            SyncMode::Delete,
            SyncMode::Mirror,
        ]
        .map(|mode| (mode, mode.name()))
        .into(),
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Inspect {
    const SLUG: &'static str = "inspect";
    const TITLE: &'static str = "Inspect";
    const DESCRIPTION: &'static str = "Returns what the runtime handed to the action";

    fn sync_modes() -> Option<SyncModes> {
        Some(every_sync_mode())
    }

    fn hooks() -> Hooks<Probe<V>> {
        let hook = |hook_type: HookType, label| Hook {
            hook_type,
            label,
            description: "Probe hook",
            input_fields: declared::hook_inputs("inspect", hook_type.name()),
            dynamic_inputs: DynamicFields::new(),
            output_types: declared::hook_outputs("inspect", hook_type.name()),
            handler: |_, _| Box::pin(async { Ok(HookAnswer::default()) }),
        };
        Hooks::new()
            .hook(hook(HookType::OnMappingSave, "On save"))
            .hook(hook(HookType::RetlOnMappingSave, "On warehouse save"))
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for InspectBare {
    const SLUG: &'static str = "inspectBare";
    const TITLE: &'static str = "Inspect bare";
    const DESCRIPTION: &'static str = "As inspect, with nothing declared";
}

impl<V: Variant> Action<Probe<V>> for Inspect {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(single(cx, payload.0).into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for Inspect {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        each(cx, &batch)
    }
}

impl<V: Variant> Action<Probe<V>> for InspectBare {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(single(cx, payload.0).into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for InspectBare {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        each(cx, &batch)
    }
}

fn single<V: Variant>(cx: &Context<Probe<V>>, payload: Value) -> Value {
    let mut told = told(cx);
    told.insert("payload".into(), payload);
    told.insert(
        "has_membership_key".into(),
        cx.audience_membership().is_some().into(),
    );
    told.extend(
        cx.audience_membership()
            .map(|membership| ("audienceMembership".into(), membership.into())),
    );
    Value::Object(told)
}

fn each<V: Variant, P>(cx: &Context<Probe<V>>, batch: &Batch<P>) -> Result<BatchOutput> {
    let told = told(cx);
    let result = |item: &BatchItem<P>| {
        let mut body = told.clone();
        body.insert("audienceMembership".into(), item.audience_membership.into());
        body.insert("memberships".into(), batch.len().into());
        ItemOutcome::from(ItemSuccess::new(Value::clone(&item.given), Value::Object(body)))
    };
    Ok(batch.iter().map(result).collect::<MultiStatusResponse>().into())
}

/// What both forms tell; what is absent is left out.
fn told<V: Variant>(cx: &Context<Probe<V>>) -> JsonObject {
    let about = cx.about();
    let mut told = JsonObject::new();
    told.insert("settings".into(), Value::Object(cx.settings().all.clone()));
    told.insert("auth".into(), auth(cx.auth()));
    told.extend(
        about
            .audience_settings
            .clone()
            .map(|settings| ("audienceSettings".to_owned(), settings)),
    );
    told.insert("features".into(), Value::Object((*about.features).clone()));
    told.extend(
        cx.sync_mode()
            .map(|mode| ("syncMode".to_owned(), mode.name().into())),
    );
    told.extend(
        cx.matching_key()
            .map(|key| ("matchingKey".to_owned(), key.into())),
    );
    let outputs = about
        .hook_outputs
        .iter()
        .map(|(hook, saved)| (hook.name().to_owned(), saved.clone()));
    told.insert("hookOutputs".into(), Value::Object(outputs.collect()));
    told.extend(
        cx.personas()
            .map(|personas| ("personasContext".to_owned(), personas.clone())),
    );
    told.insert("subscriptionMetadata".into(), metadata(cx));
    let services = cx.services();
    if let Some(transaction) = &services.transaction {
        told.insert("transaction".into(), json!(transaction.values()));
        transaction.set("probe", "seen");
    }
    if let Some(state) = &services.state {
        told.extend(
            state
                .request_value("cursor")
                .map(|cursor| ("cursor".to_owned(), cursor.into())),
        );
        state.set_response_value(
            "cursor",
            "next",
            StateLifetime {
                hour: Some(1),
                ..Default::default()
            },
        );
    }
    // Logging, metrics and cancellation are always there with us; only the cache is the caller's choice.
    told.insert("has".into(), json!({"cache": services.cache.is_some()}));
    told
}

fn auth(auth: &Auth) -> Value {
    let mut told = JsonObject::new();
    let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let texts = [
        ("accessToken", secret(&auth.access_token)),
        ("refreshToken", secret(&auth.refresh_token)),
        ("refreshTokenUrl", auth.refresh_token_url.clone()),
    ];
    told.extend(
        texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), text?.into()))),
    );
    Value::Object(told)
}

fn metadata<V: Variant>(cx: &Context<Probe<V>>) -> Value {
    let ids = &cx.about().subscription;
    let texts = [
        ("actionConfigId", &ids.action_config_id),
        ("destinationConfigId", &ids.destination_config_id),
        ("actionId", &ids.action_id),
        ("sourceId", &ids.source_id),
    ];
    let told = texts
        .into_iter()
        .filter_map(|(key, id)| Some((key.to_owned(), id.clone()?.into())));
    Value::Object(told.collect())
}
