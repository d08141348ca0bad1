//! What Segment's library for browsers and its relatives ask for besides sending events.
//!
//! The library fetches its settings from `/v1/projects/{key}/settings` of its `cdnURL` before it sends anything, and
//! sends to the address that it finds there; libraries for mobile devices do the same.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use serde::Deserialize;
use serde_json::json;
use waystation_http::{ApiError, Code, json as answer};

use crate::answer::{Failure, Success};
use crate::event_type::EventType;
use crate::ingest::{Call, Caller, Ingest};
use crate::openapi::{Answers, AnyBatch};
use crate::settings::BrowserScript;

/// The smallest picture there is: one transparent point.
const PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
                       \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// What pixels say, in either alphabet, with padding or without.
const BASE64: [GeneralPurpose; 2] = [base64_of(&alphabet::STANDARD), base64_of(&alphabet::URL_SAFE)];

const fn base64_of(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}

/// The settings of Segment's library in a browser or on a mobile device
#[utoipa::path(
    get,
    path = "/v1/projects/{writeKey}/settings",
    tag = "tracking",
    params(("writeKey" = String, Path, description = "The write key of the source.")),
    responses((status = 200, description = "The settings: where to send.", body = serde_json::Value),
              (status = 404, description = "No source has this write key.", body = crate::openapi::IngestError)),
    security(()),
)]
pub(crate) async fn settings(
    State(ingest): State<Ingest>,
    Path(key): Path<String>,
    parts: Parts,
) -> Result<Response, Failure> {
    if !ingest.knows(&key) {
        return Err(ApiError::new(Code::UnknownSource, "No source takes events with this write key.").into());
    }
    let place = Place::of(
        &parts,
        ingest.settings().trusted_proxies,
        ingest.settings().is_tls,
    );
    let settings = json!({
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "apiHost": format!("{}/v1", place.host),
                "protocol": place.scheme,
                "addBundledMetadata": false,
                "unbundledIntegrations": [],
                "retryQueue": true,
            }
        },
        "metrics": {"sampleRate": 0},
        "plan": {"track": {"__default": {"enabled": true, "integrations": {}}}},
        "edgeFunction": {},
        "enabledMiddleware": {},
        "middlewareSettings": {},
        "remotePlugins": [],
        "analyticsNextEnabled": true,
        "legacyVideoPluginsEnabled": false,
    });
    Ok(answer::response(StatusCode::OK, &settings))
}

/// How the browser reached us.
struct Place {
    scheme: &'static str,
    host: String,
}

impl Place {
    fn of(request: &Parts, trusted_proxies: usize, is_tls: bool) -> Self {
        // A proxy tells what it was asked for; anybody may write the same header.
        let forwarded = |name: &str| match trusted_proxies {
            0 => None,
            _ => last_value(&request.headers, name),
        };
        let asked = || {
            let host = request.headers.get(HOST).and_then(|host| host.to_str().ok());
            host.or_else(|| request.uri.authority().map(axum::http::uri::Authority::as_str))
                .map(str::to_owned)
        };
        let is_https = match forwarded("x-forwarded-proto") {
            Some(scheme) => scheme.eq_ignore_ascii_case("https"),
            None => is_tls,
        };
        Self {
            scheme: if is_https { "https" } else { "http" },
            host: forwarded("x-forwarded-host").or_else(asked).unwrap_or_default(),
        }
    }
}

fn last_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get(name)?.to_str().ok()?;
    values
        .rsplit(',')
        .next()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

/// The library itself, for pages with Segment's snippet
#[utoipa::path(
    get,
    path = "/analytics.js/v1/{writeKey}/analytics.min.js",
    tag = "tracking",
    params(("writeKey" = String, Path, description = "The write key of the source; any is as good.")),
    responses((status = 200, description = "The script.", body = String, content_type = "application/javascript"),
              (status = 302, description = "The script is elsewhere."),
              (status = 404, description = "No script is configured.", body = crate::openapi::IngestError)),
    security(()),
)]
pub(crate) async fn script(State(ingest): State<Ingest>) -> Result<Response, Failure> {
    match &ingest.settings().browser_script {
        Some(BrowserScript::Text(script)) => Ok((
            [
                (CONTENT_TYPE, "application/javascript; charset=utf-8"),
                (CACHE_CONTROL, "public, max-age=300"),
            ],
            Body::from(script.clone()),
        )
            .into_response()),
        Some(BrowserScript::At(address)) => Ok((StatusCode::FOUND, [(LOCATION, address.clone())]).into_response()),
        None => Err(ApiError::new(
            Code::NotFound,
            "No script is configured: `ingest.browser_script` names a file with Segment's analytics.js, or its address.",
        )
        .into()),
    }
}

/// What libraries measure about themselves, which is not kept
#[utoipa::path(
    post,
    path = "/v1/m",
    tag = "tracking",
    responses((status = 200, description = "Nothing is done.", body = Success)),
    security(()),
)]
pub(crate) async fn metrics() -> Success {
    Success::new()
}

/// What a pixel brings.
#[derive(Deserialize)]
pub(crate) struct Pixel {
    data: Option<String>,
}

/// An event in the address of a picture, for mails and pages without scripts
///
/// The answer is the picture whatever becomes of the event, as with Segment: nobody could read another.
#[utoipa::path(
    get,
    path = "/v1/pixel/{type}",
    tag = "tracking",
    params(("type" = String, Path, description = "identify, track, page, screen, group or alias."),
           ("data" = Option<String>, Query, description = "The event as JSON in base64, with its `writeKey`.")),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/gif")),
    security(()),
)]
pub(crate) async fn pixel(
    State(ingest): State<Ingest>,
    Path(event_type): Path<String>,
    Query(pixel): Query<Pixel>,
    parts: Parts,
) -> Response {
    if let Some((event_type, body)) = event_type_of(&event_type).zip(decoded(pixel.data.as_deref())) {
        let taken = ingest
            .take_read(Call::Single(event_type), Caller::Browser, &parts, &body)
            .await;
        if let Err(Failure(error)) = taken {
            tracing::debug!(code = ?error.code(), "the event of a pixel is not taken");
        }
    }
    ([(CONTENT_TYPE, "image/gif"), (CACHE_CONTROL, "no-store")], PIXEL).into_response()
}

fn event_type_of(name: &str) -> Option<EventType> {
    Some(match name {
        "identify" => EventType::Identify,
        "track" => EventType::Track,
        "page" => EventType::Page,
        "screen" => EventType::Screen,
        "group" => EventType::Group,
        "alias" => EventType::Alias,
        _ => return None,
    })
}

fn decoded(data: Option<&str>) -> Option<Vec<u8>> {
    // In an address, a plus is a blank.
    let data = data?.trim().replace(' ', "+");
    BASE64.iter().find_map(|base64| base64.decode(&data).ok())
}

/// The configuration of a source for RudderStack's libraries
#[utoipa::path(
    get,
    path = "/sourceConfig",
    tag = "tracking",
    responses((status = 200, description = "A source without destinations of its own.", body = serde_json::Value),
              (status = 401, description = "No source has this write key.", body = crate::openapi::IngestError)),
    security(("write_key" = [])),
)]
pub(crate) async fn source_config(
    State(ingest): State<Ingest>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let key = crate::credentials::basic_user(&headers).filter(|key| ingest.knows(key));
    let Some(key) = key else {
        return Err(crate::answer::invalid_write_key(headers.contains_key("authorization")).into());
    };
    let config = json!({
        "source": {
            "id": "waystation",
            "name": "Waystation",
            "writeKey": key,
            "enabled": true,
            "workspaceId": "waystation",
            "connections": [],
            "destinations": [],
            "dataplanes": {},
            "config": {"statsCollection": {"errors": {"enabled": false}, "metrics": {"enabled": false}}},
        },
        "updatedAt": "1970-01-01T00:00:00.000Z",
    });
    Ok(answer::response(StatusCode::OK, &config))
}

/// The key in the query of a beacon, which can have no headers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Beacon {
    write_key: Option<String>,
}

/// A batch that RudderStack's library sends while the page is left
#[utoipa::path(
    post,
    path = "/beacon/v1/batch",
    tag = "tracking",
    params(("writeKey" = Option<String>, Query, description = "The write key, unless it is in the body.")),
    request_body(content((AnyBatch = "application/json"), (AnyBatch = "text/plain"))),
    responses(Answers),
    security(("write_key" = []), ()),
)]
pub(crate) async fn beacon(
    State(ingest): State<Ingest>,
    Query(beacon): Query<Beacon>,
    mut request: axum::extract::Request,
) -> Result<Success, Failure> {
    let encode = |key: String| base64::prelude::BASE64_STANDARD.encode(format!("{key}:"));
    let basic = beacon.write_key.map(|key| format!("Basic {}", encode(key)));
    if let Some(Ok(value)) = basic.map(|basic| HeaderValue::from_str(&basic)) {
        request.headers_mut().entry("authorization").or_insert(value);
    }
    ingest.take(Call::Batch, Caller::Browser, request).await
}
