//! A Google that answers by a script, and calls of the actions that reach it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use waystation_destination_google_analytics_4::GoogleAnalytics4;
use waystation_kit::any::Perform;
use waystation_kit::context::Services;
use waystation_kit::future::BoxFuture;
use waystation_kit::prelude::*;
use waystation_kit::request::{Answer, OutgoingRequest, RequestClient, Transport};
use waystation_kit::services::Clock;
use waystation_kit::{Call, Error};

/// Says the same to every request, and keeps them.
#[derive(Debug)]
pub(crate) struct Google {
    answer: Result<(u16, &'static str)>,
    requests: Mutex<Vec<(String, Value)>>,
}

impl Google {
    pub(crate) fn answering(status: u16) -> Arc<Self> {
        Self::with(Ok((status, "")))
    }

    pub(crate) fn saying(status: u16, body: &'static str) -> Arc<Self> {
        Self::with(Ok((status, body)))
    }

    pub(crate) fn failing(error: Error) -> Arc<Self> {
        Self::with(Err(error))
    }

    fn with(answer: Result<(u16, &'static str)>) -> Arc<Self> {
        let requests = Mutex::default();
        Arc::new(Self { answer, requests })
    }

    /// Addresses and bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<(String, Value)> {
        self.requests.lock().unwrap().clone()
    }
}

impl Transport for Google {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let body = serde_json::from_slice(&request.body.unwrap()).unwrap();
        let mut requests = self.requests.lock().unwrap();
        requests.push((request.url.to_string(), body));
        Box::pin(async move {
            let (status, body) = self.answer.clone()?;
            Ok(Answer {
                status,
                reason: None,
                headers: http::HeaderMap::new(),
                url: request.url,
                body: bytes::Bytes::from_static(body.as_bytes()),
            })
        })
    }
}

/// Performs an action for one payload.
pub(crate) async fn perform(google: &Arc<Google>, slug: &str, payload: Value) -> Result<Output> {
    let destination = GoogleAnalytics4::definition().build();
    let settings = json!({"measurementId": "G-1", "firebaseAppId": "1:2:ios:3", "apiSecret": "s"});
    let settings = (destination.parse_settings)(settings.as_object().unwrap()).unwrap();
    let defaults = (destination.extend_request)(&*settings, &Auth::default()).unwrap();
    let call = Call {
        settings,
        client: RequestClient::new(Arc::clone(google) as Arc<dyn Transport>, defaults, Clock::System),
        auth: Auth::default(),
        about: Arc::default(),
        audience_membership: None,
        services: Services::default(),
    };
    let Perform::Single(perform) = &destination.action(slug).unwrap().perform else {
        panic!("{slug} takes events one at a time");
    };
    perform(call, Arc::new(payload)).await
}

/// The body that an event is sent with.
pub(crate) async fn body(slug: &str, payload: Value) -> Value {
    let google = Google::answering(204);
    perform(&google, slug, payload).await.unwrap();
    google.requests().remove(0).1
}
