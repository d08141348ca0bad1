//! A receiver that answers by a script, and calls of the action that reach it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use waystation_destination_webhook::Webhook;
use waystation_kit::any::{AnyDestination, Perform, RawItem};
use waystation_kit::future::BoxFuture;
use waystation_kit::prelude::*;
use waystation_kit::request::{Answer, OutgoingRequest, RequestClient, Transport};
use waystation_kit::services::Clock;
use waystation_kit::{Call, context::Services};

/// Answers every request alike, and keeps them.
#[derive(Debug)]
pub(crate) struct Receiver {
    answer: Result<u16>,
    requests: Mutex<Vec<OutgoingRequest>>,
}

impl Receiver {
    pub(crate) fn answering(answer: Result<u16>) -> Arc<Self> {
        Arc::new(Self {
            answer,
            requests: Mutex::default(),
        })
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<OutgoingRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request so far.
    pub(crate) fn request(&self) -> OutgoingRequest {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.into_iter().next().unwrap()
    }
}

impl Transport for Receiver {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        self.requests.lock().unwrap().push(request.clone());
        let answer = self.answer.clone().map(|status| Answer {
            status,
            reason: None,
            headers: http::HeaderMap::new(),
            url: request.url,
            body: "done".into(),
        });
        Box::pin(async move { answer })
    }
}

/// A payload with this address and data.
pub(crate) fn payload(url: &str, data: &Value) -> Value {
    json!({"url": url, "method": "POST", "data": data})
}

fn call(destination: &AnyDestination, settings: &Value, receiver: &Arc<Receiver>) -> Call {
    let settings = (destination.parse_settings)(settings.as_object().unwrap()).unwrap();
    let defaults = (destination.extend_request)(&*settings, &Auth::default()).unwrap();
    Call {
        settings,
        client: RequestClient::new(
            Arc::clone(receiver) as Arc<dyn Transport>,
            defaults,
            Clock::System,
        ),
        auth: Auth::default(),
        about: Arc::default(),
        audience_membership: None,
        services: Services::default(),
    }
}

/// Sends one payload.
pub(crate) async fn send(receiver: &Arc<Receiver>, settings: &Value, payload: Value) -> Result<Output> {
    let destination = Webhook::definition().build();
    let Perform::Batched { single, .. } = &destination.action("send").unwrap().perform else {
        panic!("the action takes batches");
    };
    single(call(&destination, settings, receiver), Arc::new(payload)).await
}

/// Sends a batch.
pub(crate) async fn send_batch(
    receiver: &Arc<Receiver>,
    settings: &Value,
    payloads: Vec<Value>,
) -> Result<BatchOutput> {
    let destination = Webhook::definition().build();
    let Perform::Batched { batch, .. } = &destination.action("send").unwrap().perform else {
        panic!("the action takes batches");
    };
    let items = payloads.into_iter().enumerate().map(|(index, payload)| RawItem {
        payload: Arc::new(payload),
        index,
        audience_membership: None,
    });
    let answer = batch(call(&destination, settings, receiver), items.collect()).await?;
    Ok(answer.output)
}
