//! Dynamic fields and hooks.

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest, DynamicFields};
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType, Hooks};
use waystation_kit::json::js_string;
use waystation_kit::prelude::*;

use super::address;
use super::declared::{self, payload};
use super::variants::{Probe, Variant};

payload!(Pick, "pick");
payload!(Hooked, "hooked");

impl<V: Variant> ActionInfo<Probe<V>> for Pick {
    const SLUG: &'static str = "pick";
    const TITLE: &'static str = "Pick";
    const DESCRIPTION: &'static str = "Carries dynamic fields";

    fn dynamic_fields() -> DynamicFields<Probe<V>> {
        DynamicFields::new()
            .field("list", |cx, request| Box::pin(lists(cx, request)))
            .field("plain", |_, request| {
                Box::pin(async { Ok(told("plain", request)) })
            })
            .field("broken", |_, _| Box::pin(async { Err(broken()) }))
            .field("refused", |_, _| Box::pin(async { Ok(refused()) }))
            .field("shape.__keys__", |_, request| {
                Box::pin(async { Ok(told("keys", request)) })
            })
            .field("shape.__values__", |_, request| {
                Box::pin(async { Ok(told("values", request)) })
            })
            .field("shape.kind", |_, request| {
                Box::pin(async { Ok(told("kind", request)) })
            })
            .field("rows.column", |_, request| {
                Box::pin(async { Ok(told("column", request)) })
            })
            .field("fixed.only", |_, request| {
                Box::pin(async { Ok(told("only", request)) })
            })
    }
}

impl<V: Variant> Action<Probe<V>> for Pick {
    async fn perform(_: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(payload.0.into())
    }
}

async fn lists<V: Variant>(
    cx: &Context<Probe<V>>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let mut query = vec![("page", request.page.as_deref().unwrap_or("1"))];
    query.extend(request.query().map(|text| ("q", text)));
    let response = cx.get(address("/lists")).query(query).send().await?;
    let data = response.data().cloned().unwrap_or_default();
    let lists = data["lists"].as_array().into_iter().flatten();
    let choices = lists.map(|list| DynamicChoice::new(js_string(&list["name"]), list["id"].clone()));
    Ok(DynamicFieldAnswer {
        choices: choices.collect(),
        next_page: Some(data["next"].as_str().unwrap_or_default().to_owned()),
        error: None,
    })
}

fn refused() -> DynamicFieldAnswer {
    DynamicFieldAnswer {
        next_page: Some(String::new()),
        ..DynamicFieldAnswer::failed("403", "not allowed")
    }
}

fn broken() -> Error {
    Error::integration("dynamic failed", ErrorCode::new("DYNAMIC_FAILED"), 418)
}

/// One choice that tells what the handler was told.
fn told(label: &str, request: DynamicFieldRequest) -> DynamicFieldAnswer {
    let mut context = request.context;
    context.extend(
        request
            .selected_key
            .map(|key| ("selectedKey".to_owned(), key.into())),
    );
    context.extend(
        request
            .selected_array_index
            .map(|index| ("selectedArrayIndex".to_owned(), index.into())),
    );
    let context = if context.is_empty() {
        Value::Null
    } else {
        Value::Object(context)
    };
    let page = request
        .page
        .map(Value::from)
        .or(request.page_number.map(Value::from));
    let told = json!({"ctx": context, "payload": request.payload, "page": page});
    DynamicFieldAnswer {
        choices: vec![DynamicChoice::new(label, told.to_string())],
        next_page: Some(String::new()),
        error: None,
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Hooked {
    const SLUG: &'static str = "hooked";
    const TITLE: &'static str = "Hooked";
    const DESCRIPTION: &'static str = "Carries mapping-save hooks";

    fn hooks() -> Hooks<Probe<V>> {
        Hooks::new()
            .hook(Hook {
                hook_type: HookType::OnMappingSave,
                label: "Create a remote thing",
                description: "Probe hook",
                input_fields: declared::hook_inputs("hooked", "onMappingSave"),
                dynamic_inputs: DynamicFields::new()
                    .field("list", |cx, request| Box::pin(lists(cx, request))),
                output_types: declared::hook_outputs("hooked", "onMappingSave"),
                handler: |cx, request| Box::pin(create(cx, request)),
            })
            .hook(Hook {
                hook_type: HookType::RetlOnMappingSave,
                label: "Warehouse save",
                description: "Probe hook",
                input_fields: declared::hook_inputs("hooked", "retlOnMappingSave"),
                dynamic_inputs: DynamicFields::new(),
                output_types: declared::hook_outputs("hooked", "retlOnMappingSave"),
                handler: |cx, request| Box::pin(note(cx, request)),
            })
    }
}

async fn create<V: Variant>(cx: &Context<Probe<V>>, request: HookRequest) -> Result<HookAnswer> {
    match cx.post(address("/hooks")).json(&request.inputs).send().await {
        Err(Error::Http(response)) if response.status() == 409 => {
            Ok(HookAnswer::failed("CONFLICT", "already there"))
        }
        response => {
            let answer = response?.data().cloned().unwrap_or_default();
            let (id, name) = (answer.get("id"), request.inputs.get("name"));
            let mut saved = JsonObject::new();
            saved.extend(id.map(|id| ("id".to_owned(), id.clone())));
            saved.extend(name.map(|name| ("name".to_owned(), name.clone())));
            let id = id.map_or_else(|| "undefined".to_owned(), js_string);
            Ok(HookAnswer::saved(format!("created {id}"), Value::Object(saved)))
        }
    }
}

async fn note<V: Variant>(cx: &Context<Probe<V>>, request: HookRequest) -> Result<HookAnswer> {
    let region = cx
        .settings()
        .all
        .get("region")
        .cloned()
        .unwrap_or_else(|| "none".into());
    let saved = json!({"region": region, "payload": request.payload, "previous": request.previous_outputs});
    Ok(HookAnswer::saved("noted", saved))
}

impl Hooked {
    fn id(&self) -> Value {
        self.0.get("id").cloned().unwrap_or_default()
    }
}

fn saved<V: Variant>(cx: &Context<Probe<V>>) -> Value {
    let outputs = cx
        .hook_outputs(HookType::OnMappingSave)
        .and_then(|saved| saved.get("outputs"));
    outputs.cloned().unwrap_or_default()
}

impl<V: Variant> Action<Probe<V>> for Hooked {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        let body = json!({"id": payload.id(), "saved": saved(cx)});
        Ok(cx.post(address("/hooked")).json(&body).send().await?.into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for Hooked {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        let ids: Vec<Value> = batch.payloads().map(Self::id).collect();
        let body = json!({"ids": ids, "saved": saved(cx)});
        Ok(cx.post(address("/hooked")).json(&body).send().await?.into())
    }
}
