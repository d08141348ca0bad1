//! A till: its receipts say whether they were printed, note something for later actions, and keep a place.

use waystation_kit::any::AnyDestination;
use waystation_kit::prelude::*;
use waystation_kit::services::StateLifetime;

pub(crate) fn definition() -> AnyDestination {
    Till::definition().build()
}

struct Till;

impl Destination for Till {
    const SLUG: &'static str = "till";
    const NAME: &'static str = "Till";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom).batch_action::<Receipt>()
    }
}

/// A receipt.
#[derive(Debug, Deserialize, Serialize, Payload)]
struct Receipt {
    /// Its number.
    #[field(default = path("$.properties.id"))]
    id: String,
}

impl ActionInfo<Till> for Receipt {
    const SLUG: &'static str = "print";
    const TITLE: &'static str = "Print";
    const DESCRIPTION: &'static str = "Prints receipts.";
}

/// What became of a receipt.
#[derive(Debug, Deserialize)]
struct Printed {
    printed: bool,
    complaint: Option<String>,
}

impl Action<Till> for Receipt {
    async fn perform(cx: &Context<Till>, receipt: Self) -> Result<Output> {
        let services = cx.services();
        let before = services
            .transaction
            .as_ref()
            .map(|transaction| transaction.values());
        let place = services
            .state
            .as_ref()
            .and_then(|state| state.request_value("place"));
        let request = cx.post("https://till.test/print");
        let answer = request
            .json(&json!({"id": receipt.id, "before": before, "place": place}))
            .send()
            .await?;
        let printed: Printed = answer.json()?;
        if !printed.printed {
            return Err(Error::payload("out of paper"));
        }
        if let Some(transaction) = &services.transaction {
            transaction.set("receipt", &receipt.id);
        }
        if let Some(state) = &services.state {
            let minute = StateLifetime {
                minute: Some(1),
                ..StateLifetime::default()
            };
            state.set_response_value("place", &receipt.id, minute);
        }
        Ok(match printed.complaint {
            Some(complaint) => Output::from(answer).with_warning(complaint),
            None => answer.into(),
        })
    }
}

impl BatchAction<Till> for Receipt {
    async fn perform_batch(cx: &Context<Till>, batch: Batch<Self>) -> Result<BatchOutput> {
        let receipts: Vec<&Self> = batch.payloads().collect();
        let answer = cx.post("https://till.test/roll").json(&receipts).send().await?;
        let printed: Vec<Option<Printed>> = answer.json()?;
        let outcome = |(receipt, printed): (&Self, Option<Printed>)| -> ItemOutcome {
            let sent = json!(receipt);
            let Some(printed) = printed else {
                return ItemError::unknown("nobody saw it")
                    .with_exchange(sent, json!({}))
                    .into();
            };
            let success = ItemSuccess::new(sent, json!({}));
            match printed.complaint {
                Some(complaint) => success.with_warning(complaint).into(),
                None => success.into(),
            }
        };
        let results: MultiStatusResponse = receipts.into_iter().zip(printed).map(outcome).collect();
        Ok(results.into())
    }
}
