//! Nothing leaves.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest};

use crate::wire::Wire;

/// Sends nothing; each request is answered `200 {}`. The requests can be seen in the call's record.
#[derive(Debug, Clone, Copy, Default)]
pub struct DryRun;

impl Wire for DryRun {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(std::future::ready(Ok(nothing_happened(request))))
    }
}

fn nothing_happened(request: &OutgoingRequest) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Answer {
        status: 200,
        reason: None,
        headers,
        url: request.url.clone(),
        body: Bytes::from_static(b"{}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use waystation_kit::Response;
    use waystation_kit::services::Millis;

    use super::*;
    use crate::testing::get;

    #[tokio::test]
    async fn every_request_is_answered_with_an_empty_object() {
        let answer = DryRun.exchange(&get("https://partner.test/x")).await.unwrap();
        let response = Response::new(answer, Millis(0));
        assert_eq!((response.status(), response.data()), (200, Some(&json!({}))));
    }
}
