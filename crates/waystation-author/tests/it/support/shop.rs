//! A shop: an API key, orders one by one or in batches, an editor's fields and hooks, audiences.

use waystation_kit::any::AnyDestination;
use waystation_kit::audience::{AudienceMode, Audiences, CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest, DynamicFields};
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType, Hooks};
use waystation_kit::prelude::*;

pub(crate) fn definition() -> AnyDestination {
    Shop::definition().build()
}

pub(crate) struct Shop;

/// What a shop connects with.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShopSettings {
    /// The key of the shop's API.
    api_key: Secret,
    /// How many items are in stock.
    stock: Option<f64>,
}

impl Destination for Shop {
    const SLUG: &'static str = "shop";
    const NAME: &'static str = "Shop";
    type Settings = ShopSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .test_authentication(|cx| {
                Box::pin(async { cx.get("https://shop.test/me").send().await.map(drop) })
            })
            .on_delete(|cx, user| Box::pin(forget(cx, user)))
            .audiences(Audiences {
                mode: AudienceMode::Realtime,
                fields: AudienceSettings::fields(),
                create: Some(|cx, input| Box::pin(create_audience(cx, input))),
                get: Some(|cx, input| Box::pin(get_audience(cx, input))),
            })
            .batch_action::<Order>()
            .action::<Note>()
            .action::<Panic>()
    }

    fn extend_request(settings: &ShopSettings, _: &Auth) -> Result<RequestDefaults> {
        let _ = settings.stock;
        RequestDefaults::new().bearer(&settings.api_key)
    }
}

async fn forget(cx: &Context<Shop>, user: DeleteUser) -> Result<Output> {
    let user = json!({"user": user.user_id});
    Ok(cx
        .post("https://shop.test/forget")
        .json(&user)
        .send()
        .await?
        .into())
}

/// What an audience is set up with.
#[derive(Debug, Deserialize, Settings)]
struct AudienceSettings {
    /// The audience's rank.
    #[field(choices = ["gold", "silver"])]
    #[allow(dead_code)]
    tier: Option<String>,
}

async fn create_audience(cx: &Context<Shop>, input: CreateAudience) -> Result<ExternalAudience> {
    let audience = json!({"name": input.name, "settings": input.audience_settings});
    let response = cx
        .post("https://shop.test/audiences")
        .json(&audience)
        .send()
        .await?;
    Ok(external(&response))
}

async fn get_audience(cx: &Context<Shop>, input: GetAudience) -> Result<ExternalAudience> {
    let address = format!("https://shop.test/audiences/{}", input.external_id);
    Ok(external(&cx.get(address).send().await?))
}

fn external(response: &Response) -> ExternalAudience {
    let id = response.data().and_then(|data| data["id"].as_str());
    ExternalAudience {
        external_id: id.unwrap_or_default().to_owned(),
    }
}

/// An order.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub(crate) struct Order {
    /// The order's number.
    #[field(default = path("$.properties.id"))]
    id: String,
    /// What was paid.
    #[field(default = path("$.properties.total"))]
    total: Option<f64>,
    /// What it was paid in.
    #[field(dynamic)]
    currency: Option<String>,
}

impl ActionInfo<Shop> for Order {
    const SLUG: &'static str = "placeOrder";
    const TITLE: &'static str = "Place Order";
    const DESCRIPTION: &'static str = "Tells the shop of an order.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\" and event = \"Order Completed\"");

    fn dynamic_fields() -> DynamicFields<Shop> {
        DynamicFields::new()
            .field("currency", |cx, request| Box::pin(currencies(cx, request)))
            .field("total", |_, _| {
                Box::pin(async { Ok(DynamicFieldAnswer::failed("403", "not for you")) })
            })
            .field("rows.column", |_, _| {
                Box::pin(async { Ok(DynamicFieldAnswer::default()) })
            })
    }

    fn hooks() -> Hooks<Shop> {
        Hooks::new().hook(Hook {
            hook_type: HookType::OnMappingSave,
            label: "Open a till",
            description: "Opens a till for the orders.",
            input_fields: TillInputs::fields(),
            dynamic_inputs: DynamicFields::new()
                .field("currency", |cx, request| Box::pin(currencies(cx, request))),
            output_types: waystation_kit::fields::Fields::new(),
            handler: |cx, request| Box::pin(open_till(cx, request)),
        })
    }
}

impl Action<Shop> for Order {
    async fn perform(cx: &Context<Shop>, payload: Self) -> Result<Output> {
        Ok(cx
            .post("https://shop.test/orders")
            .json(&payload)
            .send()
            .await?
            .into())
    }
}

impl BatchAction<Shop> for Order {
    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<BatchOutput> {
        let orders: Vec<&Self> = batch.payloads().collect();
        let response = cx
            .post("https://shop.test/orders/batch")
            .json(&orders)
            .send()
            .await?;
        let statuses: Vec<u16> = response.json()?;
        let outcome = |(order, status): (&Self, u16)| -> ItemOutcome {
            match status {
                200 => ItemSuccess::new(json!(order), json!({})).into(),
                status => ItemError::new(status, "refused")
                    .with_exchange(json!(order), json!({}))
                    .into(),
            }
        };
        let results: MultiStatusResponse = orders.into_iter().zip(statuses).map(outcome).collect();
        Ok(results.into())
    }
}

async fn currencies(cx: &Context<Shop>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    let page = request
        .page
        .clone()
        .or(request.page_number.map(|number| format!("no. {number}")));
    let query = [
        ("q", request.query().unwrap_or("all")),
        ("page", &page.unwrap_or_default()),
    ];
    let response = cx.get("https://shop.test/currencies").query(query).send().await?;
    let names: Vec<String> = response.json()?;
    Ok(DynamicFieldAnswer::of(
        names
            .into_iter()
            .map(|name| DynamicChoice::new(name.clone(), name))
            .collect(),
    ))
}

/// What is asked for when a till is opened.
#[derive(Debug, Deserialize, Payload)]
struct TillInputs {
    /// The till's name.
    #[allow(dead_code)]
    name: String,
}

async fn open_till(cx: &Context<Shop>, request: HookRequest) -> Result<HookAnswer> {
    match cx
        .post("https://shop.test/tills")
        .json(&request.inputs)
        .send()
        .await
    {
        Err(Error::Http(response)) if response.status() == 409 => {
            Ok(HookAnswer::failed("TAKEN", "name taken"))
        }
        opened => {
            let saved = json!({"till": opened?.data(), "before": request.previous_outputs});
            Ok(HookAnswer::saved("Opened.", saved))
        }
    }
}

/// Asks nobody.
#[derive(Debug, Deserialize, Payload)]
pub(crate) struct Note {
    /// What to note.
    text: Option<String>,
}

impl ActionInfo<Shop> for Note {
    const SLUG: &'static str = "note";
    const TITLE: &'static str = "Note";
    const DESCRIPTION: &'static str = "Notes a text.";
}

impl Action<Shop> for Note {
    async fn perform(_: &Context<Shop>, payload: Self) -> Result<Output> {
        Ok(json!({"noted": payload.text}).into())
    }
}

/// Has a bug.
#[derive(Debug, Deserialize, Payload)]
pub(crate) struct Panic {}

impl ActionInfo<Shop> for Panic {
    const SLUG: &'static str = "panic";
    const TITLE: &'static str = "Panic";
    const DESCRIPTION: &'static str = "Panics.";
    const HIDDEN: bool = true;
}

impl Action<Shop> for Panic {
    async fn perform(_: &Context<Shop>, _: Self) -> Result<Output> {
        panic!("the secret cause")
    }
}
