//! A destination that posts orders and reads a status for each.

use waystation_kit::jobs::{JobPoll, JobState, JobStatus, SubmittedJob};
use waystation_kit::prelude::*;

struct Shop;

impl Destination for Shop {
    const SLUG: &'static str = "shop";
    const NAME: &'static str = "Shop";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::OAuth2)
            .refresh_access_token(|cx| Box::pin(refresh(cx)))
            .batch_action::<Order>()
            .batch_action::<Refund>()
            .batch_action::<GiftCard>()
            .batch_action::<Parcel>()
            .asynchronous_action::<Import>()
            .action::<Customer>()
            .action::<Company>()
    }

    fn extend_request(_: &NoSettings, auth: &Auth) -> Result<RequestDefaults> {
        match &auth.access_token {
            Some(token) => RequestDefaults::new().bearer(token),
            None => Ok(RequestDefaults::new()),
        }
    }
}

pub(crate) fn definition() -> waystation_kit::any::AnyDestination {
    Shop::definition().build()
}

async fn refresh(cx: &Context<Shop>) -> Result<Option<RefreshedTokens>> {
    let response = cx.post("https://shop.test/token").send().await?;
    let token = response
        .data()
        .and_then(|data| data.get("access_token")?.as_str());
    Ok(token.map(|token| RefreshedTokens {
        access_token: token.into(),
        refresh_token: None,
    }))
}

/// The partner says `perhaps` where it says neither yes nor no.
fn understood(response: Response) -> Result<Output> {
    match response.data() {
        Some(Value::String(_)) => Err(Error::invalid_response("neither yes nor no")),
        _ => Ok(response.into()),
    }
}

/// An order.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Order {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Order {
    const SLUG: &'static str = "order";
    const TITLE: &'static str = "Order";
    const DESCRIPTION: &'static str = "Posts orders";
}

impl Action<Shop> for Order {
    async fn perform(cx: &Context<Shop>, order: Self) -> Result<Output> {
        let request = cx.post("https://shop.test/orders");
        understood(request.json(&json!({"items": [order]})).send().await?)
    }
}

impl BatchAction<Shop> for Order {
    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<BatchOutput> {
        let orders: Vec<&Self> = batch.payloads().collect();
        let response = cx
            .post("https://shop.test/orders")
            .json(&json!({"items": orders}))
            .send()
            .await?;
        let statuses: Vec<u16> = response.json::<Value>()?["results"]
            .as_array()
            .map(|statuses| {
                statuses
                    .iter()
                    .filter_map(|status| status.as_u64()?.try_into().ok())
                    .collect()
            })
            .unwrap_or_default();
        let outcome = |(item, status): (&BatchItem<Self>, u16)| -> ItemOutcome {
            let sent = Value::clone(&item.given);
            match status {
                0 => ItemError::unknown("neither yes nor no").into(),
                1..400 => ItemSuccess::new(sent, json!({})).with_status(status).into(),
                _ => ItemError::new(status, "refused")
                    .with_exchange(sent, json!({}))
                    .into(),
            }
        };
        let results: MultiStatusResponse = batch.iter().zip(statuses).map(outcome).collect();
        Ok(results.into())
    }
}

/// A refund: the partner takes four in a request, and answers for all of them at once.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Refund {
    /// Which order.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Refund {
    const SLUG: &'static str = "refund";
    const TITLE: &'static str = "Refund";
    const DESCRIPTION: &'static str = "Posts refunds";
    const IDEMPOTENT: bool = true;
}

impl Action<Shop> for Refund {
    async fn perform(cx: &Context<Shop>, refund: Self) -> Result<Output> {
        let request = cx.post("https://shop.test/refunds");
        understood(request.json(&json!({"items": [refund]})).send().await?)
    }
}

impl BatchAction<Shop> for Refund {
    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<BatchOutput> {
        let mut parts = Parts::new(batch, PartLimits::items(4), |refund| Ok(json!(refund)));
        while let Some(part) = parts.next_part() {
            let request = cx.post("https://shop.test/refunds");
            let answer = request.json(&json!({"items": part.items()})).send().await;
            parts.settle(part, answer, |_, slots| {
                slots.succeed_others();
                Ok(())
            });
        }
        Ok(parts.finish()?.into())
    }
}

/// Gift cards: the partner may have sent some of those that it refuses together.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct GiftCard {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for GiftCard {
    const SLUG: &'static str = "giftCard";
    const TITLE: &'static str = "Gift card";
    const DESCRIPTION: &'static str = "Sends gift cards";
}

impl Action<Shop> for GiftCard {
    async fn perform(cx: &Context<Shop>, card: Self) -> Result<Output> {
        let request = cx.post("https://shop.test/cards");
        Ok(request.json(&json!({"items": [card]})).send().await?.into())
    }
}

impl BatchAction<Shop> for GiftCard {
    const SPLITS: bool = false;

    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<BatchOutput> {
        let cards: Vec<&Self> = batch.payloads().collect();
        let request = cx.post("https://shop.test/cards");
        Ok(request.json(&json!({"items": cards})).send().await?.into())
    }
}

/// Orders that are imported as a job.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Import {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Import {
    const SLUG: &'static str = "import";
    const TITLE: &'static str = "Import";
    const DESCRIPTION: &'static str = "Imports orders";
}

impl AsynchronousAction<Shop> for Import {
    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<SubmittedJob> {
        let orders: Vec<&Self> = batch.payloads().collect();
        let request = cx.post("https://shop.test/imports");
        let response = request.json(&json!({"items": orders})).send().await?;
        let accepted = |item: &BatchItem<Self>| -> ItemOutcome {
            ItemSuccess::new(Value::clone(&item.given), json!({})).into()
        };
        Ok(SubmittedJob {
            job_id: Some("job-1".to_owned()),
            status: Some(response.status()),
            results: batch.iter().map(accepted).collect(),
        })
    }

    async fn perform_poll(cx: &Context<Shop>, poll: JobPoll) -> Result<JobStatus> {
        let request = cx.get("https://shop.test/imports").path_segment(&poll.job_id);
        let status = request.send().await?.status();
        Ok(JobStatus {
            job_id: poll.job_id,
            status,
            state: Some(JobState::InProgress),
            results: None,
        })
    }
}

/// A customer, whose number is noted for the company.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Customer {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Customer {
    const SLUG: &'static str = "customer";
    const TITLE: &'static str = "Customer";
    const DESCRIPTION: &'static str = "Posts customers";
}

impl Action<Shop> for Customer {
    async fn perform(cx: &Context<Shop>, customer: Self) -> Result<Output> {
        let request = cx.post("https://shop.test/customers");
        let response = request.json(&json!({"items": [customer]})).send().await?;
        if let Some(transaction) = &cx.services().transaction {
            transaction.set("customer", &customer.id);
        }
        Ok(response.into())
    }
}

/// A company, put together with the customer of the same event.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Company {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Company {
    const SLUG: &'static str = "company";
    const TITLE: &'static str = "Company";
    const DESCRIPTION: &'static str = "Posts companies";
    const AFTER: &'static [&'static str] = &["customer"];
}

impl Action<Shop> for Company {
    async fn perform(cx: &Context<Shop>, company: Self) -> Result<Output> {
        let transaction = cx.services().transaction.as_ref();
        let customer = transaction.and_then(|transaction| transaction.values().remove("customer"));
        let Some(customer) = customer else {
            return Err(Error::payload("there is no customer"));
        };
        let items = json!([company, {"id": format!("of {customer}")}]);
        let request = cx.post("https://shop.test/companies");
        Ok(request.json(&json!({"items": items})).send().await?.into())
    }
}

/// A parcel; each goes by a request of its own.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Parcel {
    /// Which one.
    #[field(label = "ID")]
    id: String,
}

impl ActionInfo<Shop> for Parcel {
    const SLUG: &'static str = "parcel";
    const TITLE: &'static str = "Parcel";
    const DESCRIPTION: &'static str = "Posts parcels one by one";
}

impl Action<Shop> for Parcel {
    async fn perform(cx: &Context<Shop>, parcel: Self) -> Result<Output> {
        let request = cx.post("https://shop.test/parcels");
        Ok(request.json(&json!({"items": [parcel]})).send().await?.into())
    }
}

impl BatchAction<Shop> for Parcel {
    async fn perform_batch(cx: &Context<Shop>, batch: Batch<Self>) -> Result<BatchOutput> {
        let mut results: Vec<ItemOutcome> = Vec::new();
        for item in batch.iter() {
            let request = cx.post("https://shop.test/parcels");
            let sent = Value::clone(&item.given);
            let answer = request.json(&json!({"items": [sent]})).send().await;
            results.push(match answer {
                Ok(_) => ItemSuccess::new(sent, json!({})).into(),
                Err(error) => ItemError::from_error(&error).into(),
            });
        }
        Ok(results.into_iter().collect::<MultiStatusResponse>().into())
    }
}
