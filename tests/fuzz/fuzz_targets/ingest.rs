//! Requests of any kind and body to the tracking API: taken or refused, never with a status of our own fault.
//!
//! An input is three bytes (route, content type, encoding) and the body.
#![no_main]

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;
use waystation_fuzz::pick;
use waystation_ingest::{Accepted, Acceptor, IngestSettings, Ingested, Refused, SourceRef, router};
use waystation_kit::services::Clock;

struct Everything;

#[async_trait]
impl Acceptor for Everything {
    fn source(&self, write_key: &str) -> Option<SourceRef> {
        (!write_key.is_empty()).then(|| SourceRef::new("web"))
    }

    async fn accept(&self, _: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused> {
        for event in &events {
            if event.verdict.is_ok() {
                let read: serde_json::Value = serde_json::from_slice(&event.body).expect("an event is JSON");
                assert_eq!(read["messageId"], event.message_id.as_str());
            }
        }
        Ok(Accepted {
            kept: events.len(),
            duplicates: 0,
        })
    }
}

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let settings = IngestSettings {
        clock: Clock::fixed(1_795_305_600_000),
        ..IngestSettings::default()
    };
    router(Arc::new(Everything), settings).split_for_parts().0
});

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
});

const ROUTES: [&str; 11] = [
    "/v1/track", "/v1/identify", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/batch", "/v1/import", "/v1/t",
    "/v1/m", "/beacon/v1/batch?writeKey=key",
];

const TYPES: [&str; 5] = ["application/json", "text/plain", "application/json; charset=utf-16", "", "text/html"];

const ENCODINGS: [&str; 4] = ["", "gzip", "identity", "gzip, gzip"];

fuzz_target!(|input: &[u8]| {
    let [route, content_type, encoding, body @ ..] = input else { return };
    // The pixel has its event in the address.
    let pixel = format!("/v1/pixel/track?data={}", body.iter().map(|byte| format!("%{byte:02x}")).collect::<String>());
    let is_pixel = usize::from(*route) % 16 == 15;
    let path = if is_pixel { pixel.as_str() } else { pick(&ROUTES, *route) };
    let mut request = Request::builder().uri(path).method(if is_pixel { "GET" } else { "POST" });
    let content = [("content-type", pick(&TYPES, *content_type)), ("content-encoding", pick(&ENCODINGS, *encoding))];
    for (name, value) in content {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    let request = request.header("authorization", "Basic c2hvcC1rZXk6").body(Body::from(body.to_vec()));
    let Ok(request) = request else { return };
    RUNTIME.block_on(async {
        let response = ROUTER.clone().oneshot(request).await.expect("it answers");
        let status = response.status();
        assert!(!status.is_server_error(), "{path}: {status}");
        let _ = to_bytes(response.into_body(), 1 << 20).await.expect("an answer");
    });
});
