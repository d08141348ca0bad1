//! The request.

use waystation_kit::prelude::*;

use crate::actions::{Method, SendRequest};
use crate::body::Body;
use crate::headers::{HeaderChange, header_changes};
use crate::standard::{Message, message_id};
use crate::{Webhook, signature};

/// Where receivers look for the signature.
const SIGNATURE_HEADER: &str = "X-Signature";

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
        }
    }
}

/// Sends a body to the address of a payload, by its method and with its headers.
///
/// # Errors
/// The address or a header cannot be sent, the address is not a public one, or the receiver refuses or does not
/// answer.
pub async fn send(cx: &Context<Webhook>, target: &SendRequest, body: Option<Body>) -> Result<Response> {
    require_http(&target.url)?;
    let mut request = cx
        .request(target.method.into(), &target.url)
        .public_addresses_only();
    if let Some(signature) = signature(cx, body.as_ref())? {
        request = request.header(SIGNATURE_HEADER, &signature);
    }
    for (name, value) in standard_headers(cx, &target.url, body.as_ref())? {
        request = request.header(name, &value);
    }
    for (name, change) in header_changes(target.headers.as_ref())? {
        request = match change {
            HeaderChange::Set(value) => request.header(name, &value),
            HeaderChange::Remove => request.without_header(name),
        };
    }
    if let Some(body) = body {
        request = request.json_bytes(body.into_json());
    }
    request.send().await
}

/// The signature of what receivers check in a body; none without a secret.
fn signature(cx: &Context<Webhook>, body: Option<&Body>) -> Result<Option<String>> {
    let secret = cx.settings().shared_secret.as_ref();
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        return Ok(None);
    };
    body.and_then(Body::signed_part)
        .map(|part| signature::sign(secret, part))
        .transpose()
}

/// The headers of Standard Webhooks; none without keys.
fn standard_headers(
    cx: &Context<Webhook>,
    url: &str,
    body: Option<&Body>,
) -> Result<Vec<(&'static str, String)>> {
    let Some(keys) = cx
        .settings()
        .signing_keys
        .as_ref()
        .filter(|keys| !keys.is_empty())
    else {
        return Ok(Vec::new());
    };
    let body = body.map_or(&[][..], Body::json);
    let id = message_id(url, cx.about().events.as_slice(), body);
    let timestamp = cx.now_millis() / 1_000;
    let signature = keys.sign(Message {
        id: &id,
        timestamp,
        body,
    })?;
    Ok(vec![
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ])
}

/// Addresses of other kinds (`ftp:`, `mailto:`) are well-formed, but nothing can be sent there.
fn require_http(url: &str) -> Result<()> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") {
        return Ok(());
    }
    Err(Error::payload(format!(
        "the URL has to start with https:// or http://, and not with \"{scheme}:\""
    )))
}
