//! Actions whose batches come back in every form there is.

use std::sync::Arc;

use waystation_kit::prelude::*;

use super::declared::payload;
use super::variants::{Probe, Variant};
use super::{address, results};

payload!(BatchEcho, "batchEcho");
payload!(LegacyBatch, "legacyBatch");
payload!(StatusBatch, "statusBatch");
payload!(SyncAudience, "syncAudience");

fn given<P>(batch: &Batch<P>) -> Vec<Arc<Value>> {
    batch.iter().map(|item| Arc::clone(&item.given)).collect()
}

impl<V: Variant> ActionInfo<Probe<V>> for BatchEcho {
    const SLUG: &'static str = "batchEcho";
    const TITLE: &'static str = "Batch echo";
    const DESCRIPTION: &'static str = "Posts items and reads per-item results";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
}

impl<V: Variant> Action<Probe<V>> for BatchEcho {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(cx
            .post(address("/batch"))
            .json(&json!({"items": [payload.0]}))
            .send()
            .await?
            .into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for BatchEcho {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        let items: Vec<&Self> = batch.payloads().collect();
        let response = cx
            .post(address("/batch"))
            .json(&json!({"items": items}))
            .send()
            .await?;
        let answer = response.data().cloned().unwrap_or_default();
        Ok(results::read(&answer, &given(&batch), batch.len()).into())
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for LegacyBatch {
    const SLUG: &'static str = "legacyBatch";
    const TITLE: &'static str = "Legacy batch";
    const DESCRIPTION: &'static str = "Returns something other than per-item results";
}

impl<V: Variant> Action<Probe<V>> for LegacyBatch {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(cx.post(address("/legacy")).json(&payload).send().await?.into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for LegacyBatch {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        let mode = batch
            .payloads()
            .next()
            .and_then(|payload| payload.0.get("mode"))
            .and_then(Value::as_str);
        let items: Vec<&Self> = batch.payloads().collect();
        let request = cx.post(address("/legacy")).json(&items);
        match mode {
            Some("value" | "nothing" | "list") => Ok(BatchOutput::Delivered),
            Some("tolerant") => Ok(request.tolerate_failing_status().send().await?.into()),
            Some("return_error") => match request.send().await {
                Err(Error::Http(response)) => Ok(returned_error(&batch, &response)),
                other => Ok(other?.into()),
            },
            _ => Ok(request.send().await?.into()),
        }
    }
}

/// An error that the reference's handlers may return as a value. Ours cannot, so the results say the same.
fn returned_error<P>(batch: &Batch<P>, response: &Response) -> BatchOutput {
    let result = |item: &BatchItem<P>| -> ItemOutcome {
        ItemSuccess::new(Value::clone(&item.given), response.reason().into())
            .with_status(response.status())
            .into()
    };
    batch.iter().map(result).collect::<MultiStatusResponse>().into()
}

impl<V: Variant> ActionInfo<Probe<V>> for StatusBatch {
    const SLUG: &'static str = "statusBatch";
    const TITLE: &'static str = "Status batch";
    const DESCRIPTION: &'static str = "Builds per-item results from the payloads, without a request";
}

impl<V: Variant> Action<Probe<V>> for StatusBatch {
    async fn perform(_: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(payload
            .0
            .get("result")
            .cloned()
            .map_or(Output::Nothing, Output::Value))
    }
}

impl<V: Variant> BatchAction<Probe<V>> for StatusBatch {
    async fn perform_batch(_: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        let result = |payload: &Self| {
            let result = &payload.0["result"];
            match result["outcome"].as_str()? {
                "success" => Some(success(result).into()),
                "error" => Some(error(result).into()),
                _ => None,
            }
        };
        Ok(batch
            .payloads()
            .map(result)
            .collect::<MultiStatusResponse>()
            .into())
    }
}

fn status(result: &Value) -> u16 {
    result["status"]
        .as_u64()
        .and_then(|status| status.try_into().ok())
        .unwrap_or_default()
}

/// The values of a success as a case writes them.
pub(crate) fn success(result: &Value) -> ItemSuccess {
    ItemSuccess::new(result["sent"].clone(), result["body"].clone()).with_status(status(result))
}

/// The values of an error as a case writes them.
pub(crate) fn error(result: &Value) -> ItemError {
    let mut error = ItemError::new(
        status(result),
        result["errormessage"].as_str().unwrap_or_default(),
    );
    if let Some(code) = result["errortype"].as_str().filter(|code| !code.is_empty()) {
        error = error.with_code(ErrorCode::from_partner(code));
    }
    error.sent = result.get("sent").cloned();
    error.body = result.get("body").cloned();
    error
}

impl<V: Variant> ActionInfo<Probe<V>> for SyncAudience {
    const SLUG: &'static str = "syncAudience";
    const TITLE: &'static str = "Sync audience";
    const DESCRIPTION: &'static str = "Adds or removes members";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"identify\" or type = \"track\"");

    fn sync_modes() -> Option<SyncModes> {
        Some(super::inspect::every_sync_mode())
    }
}

impl SyncAudience {
    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

impl<V: Variant> Action<Probe<V>> for SyncAudience {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        let members = address(&format!("/audiences/{}/members", payload.text("audience")));
        let request = match cx.audience_membership() {
            None => return Err(Error::AudienceMembership("membership unknown".into())),
            Some(true) => cx.post(members),
            Some(false) => cx.delete(members),
        };
        let mut body = JsonObject::new();
        body.insert("user".into(), payload.text("user").into());
        let tier = cx.audience_settings().and_then(|settings| settings.get("tier"));
        body.extend(tier.map(|tier| ("tier".to_owned(), tier.clone())));
        Ok(request.json(&body).send().await?.into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for SyncAudience {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        let audience = batch
            .payloads()
            .next()
            .map(|payload| payload.text("audience").to_owned())
            .unwrap_or_default();
        let (mut add, mut remove, mut known) = (Vec::new(), Vec::new(), Vec::new());
        let (mut ledger, entries) = Ledger::open(batch);
        for entry in entries {
            let user = entry.payload.text("user").to_owned();
            match entry.audience_membership {
                Some(true) => add.push(user),
                Some(false) => remove.push(user),
                None => {
                    let unknown = ItemError::new(400, "membership unknown");
                    ledger.refuse(
                        entry.slot,
                        unknown.with_code(ErrorCode::INVALID_AUDIENCE_MEMBERSHIP),
                    );
                    continue;
                }
            }
            known.push((entry.slot, json!(entry.payload)));
        }
        if !known.is_empty() {
            let members = address(&format!("/audiences/{audience}/members"));
            let response = cx
                .patch(members)
                .json(&json!({"add": add, "remove": remove}))
                .send()
                .await?;
            for (slot, sent) in known {
                ledger.sent(slot, sent);
                ledger.succeed(slot, response.status(), response.data_or_text());
            }
        }
        Ok(ledger.finish()?.into())
    }
}
