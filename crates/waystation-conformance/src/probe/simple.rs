//! Actions for one event at a time.

use std::time::Duration;

use waystation_kit::json::js_string;
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use super::address;
use super::declared::payload;
use super::variants::{Probe, Variant};

payload!(Echo, "echo");
payload!(Passthrough, "passthrough");
payload!(Send, "send");
payload!(Chain, "chain");
payload!(Quiet, "quiet");

impl<V: Variant> ActionInfo<Probe<V>> for Echo {
    const SLUG: &'static str = "echo";
    const TITLE: &'static str = "Echo";
    const DESCRIPTION: &'static str = "Posts the payload to the echo endpoint";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
}

impl<V: Variant> Action<Probe<V>> for Echo {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(cx.post(address("/echo")).json(&payload).send().await?.into())
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Passthrough {
    const SLUG: &'static str = "passthrough";
    const TITLE: &'static str = "Passthrough";
    const DESCRIPTION: &'static str = "Returns the mapped payload without any request";
}

impl<V: Variant> Action<Probe<V>> for Passthrough {
    async fn perform(_: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        Ok(payload.0.into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for Passthrough {
    async fn perform_batch(_: &Context<Probe<V>>, _: Batch<Self>) -> Result<BatchOutput> {
        Ok(BatchOutput::Delivered)
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Chain {
    const SLUG: &'static str = "chain";
    const TITLE: &'static str = "Chain";
    const DESCRIPTION: &'static str = "Two dependent requests";
}

impl<V: Variant> Action<Probe<V>> for Chain {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        let key = payload.0.get("key").map(js_string).unwrap_or_default();
        let first = cx.get(address(&format!("/first?key={key}"))).send().await?;
        let second = cx
            .put(address("/second"))
            .json(&json!({"from": first.data_or_text()}));
        Ok(second.send().await?.into())
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Quiet {
    const SLUG: &'static str = "quiet";
    const TITLE: &'static str = "Quiet";
    const DESCRIPTION: &'static str = "Does nothing";
}

impl<V: Variant> Action<Probe<V>> for Quiet {
    async fn perform(_: &Context<Probe<V>>, _: Self) -> Result<Output> {
        Ok(json!({"quiet": true}).into())
    }
}

impl<V: Variant> ActionInfo<Probe<V>> for Send {
    const SLUG: &'static str = "send";
    const TITLE: &'static str = "Send";
    const DESCRIPTION: &'static str = "Sends one request described by the payload";
}

impl<V: Variant> Action<Probe<V>> for Send {
    async fn perform(cx: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        let payload = payload.0;
        let text = |key: &str| payload.get(key).and_then(Value::as_str);
        let method = text("method").unwrap_or("get").to_uppercase();
        let method = method
            .parse()
            .map_err(|_| Error::payload(format!("{method} is not a method")))?;
        let request = cx.request(method, address(text("path").unwrap_or_default()));
        let response = described(request, &payload).send().await?;
        Ok(if text("view") == Some("full") {
            full_view(&response).into()
        } else {
            response.into()
        })
    }
}

fn described(mut request: RequestBuilder, payload: &Value) -> RequestBuilder {
    if let Some(json) = payload.get("json") {
        request = request.json(json);
    } else if let Some(form) = payload.get("form") {
        request = request.form(pairs(form));
    } else if let Some(text) = payload.get("text").and_then(Value::as_str) {
        request = request.text(text.to_owned());
    }
    if let Some(query) = payload.get("query") {
        request = request.query(pairs(query));
    }
    for (name, value) in pairs(payload.get("headers").unwrap_or(&Value::Null)) {
        request = if value == "undefined" {
            request.without_header(&name)
        } else {
            request.header(&name, &value)
        };
    }
    if let Some(limit) = payload.get("timeout_ms").and_then(Value::as_f64) {
        request = request.time_limit(Duration::from_secs_f64(limit.max(0.0) / 1000.0));
    }
    if payload.get("no_timeout") == Some(&Value::Bool(true)) {
        request = request.without_time_limit();
    }
    if payload.get("throw_errors") == Some(&Value::Bool(false)) {
        request = request.tolerate_failing_status();
    }
    let text = |key: &str| payload.get(key).and_then(Value::as_str).unwrap_or_default();
    if !text("username").is_empty() || !text("password").is_empty() {
        request = request.basic(text("username"), text("password"));
    }
    request
}

fn pairs(object: &Value) -> Vec<(String, String)> {
    let pairs = object.as_object().into_iter().flatten();
    pairs
        .map(|(key, value)| (key.clone(), js_string(value)))
        .collect()
}

/// Headers that belong to the connection rather than to the answer.
const TRANSPORT_HEADERS: [&str; 6] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
    "content-encoding",
];

fn full_view(response: &Response) -> Value {
    let headers: JsonObject = response
        .headers()
        .iter()
        .filter(|(name, _)| !TRANSPORT_HEADERS.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    json!({
        "status": response.status(),
        "ok": response.is_success(),
        "content": response.text(),
        "data": response.data().cloned().unwrap_or_else(|| "<absent>".into()),
        "headers": headers,
    })
}
