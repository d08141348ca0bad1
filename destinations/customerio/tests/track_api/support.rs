//! A partner that answers by a script, and calls of the destination's actions that reach it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Value, json};
use waystation_destination_customerio::CustomerIo;
use waystation_kit::any::{AnyAction, AnyDestination, Perform, RawItem};
use waystation_kit::future::BoxFuture;
use waystation_kit::prelude::*;
use waystation_kit::request::{Answer, OutgoingRequest, RequestClient, Transport};
use waystation_kit::{Call, context::Services};

/// What the partner says to one request.
pub(crate) type Scripted = Result<(u16, Bytes)>;

/// An answer with this body: a text as it is, everything else as JSON.
pub(crate) fn answer(status: u16, body: &Value) -> Scripted {
    let body = match body {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    Ok((status, body.into()))
}

/// Answers requests in order, and keeps them.
#[derive(Debug)]
pub(crate) struct Partner {
    script: Mutex<VecDeque<Scripted>>,
    requests: Mutex<Vec<(String, Bytes)>>,
}

impl Partner {
    pub(crate) fn new(script: impl IntoIterator<Item = Scripted>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            requests: Mutex::default(),
        })
    }

    /// Addresses and bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<(String, Bytes)> {
        self.requests.lock().unwrap().clone()
    }

    /// The lists of operations that were posted.
    pub(crate) fn batches(&self) -> Vec<Vec<Value>> {
        let read = |body: &Bytes| serde_json::from_slice::<Value>(body).unwrap()["batch"].take();
        let lists = self.requests().into_iter().map(|(_, body)| read(&body));
        lists.map(|list| list.as_array().unwrap().clone()).collect()
    }
}

impl Transport for Partner {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let body = request.body.unwrap_or_default();
        self.requests
            .lock()
            .unwrap()
            .push((request.url.to_string(), body));
        let scripted = self
            .script
            .lock()
            .unwrap()
            .pop_front()
            .expect("an answer to every request");
        Box::pin(async move {
            let (status, body) = scripted?;
            Ok(Answer {
                status,
                reason: None,
                headers: http::HeaderMap::new(),
                url: request.url,
                body,
            })
        })
    }
}

/// The destination, connected to the partner.
pub(crate) struct Connection {
    destination: AnyDestination,
    settings: JsonObject,
    partner: Arc<Partner>,
}

impl Connection {
    pub(crate) fn new(partner: &Arc<Partner>) -> Self {
        Self::with_settings(partner, json!({"siteId": "site", "apiKey": "key"}))
    }

    pub(crate) fn with_settings(partner: &Arc<Partner>, settings: Value) -> Self {
        let Value::Object(settings) = settings else {
            panic!("settings are an object");
        };
        Self {
            destination: CustomerIo::definition().build(),
            settings,
            partner: Arc::clone(partner),
        }
    }

    fn call(&self) -> Call {
        let settings = (self.destination.parse_settings)(&self.settings).unwrap();
        let defaults = (self.destination.extend_request)(&*settings, &Auth::default()).unwrap();
        Call {
            settings,
            client: RequestClient::new(Arc::clone(&self.partner) as Arc<dyn Transport>, defaults),
            auth: Auth::default(),
            about: Arc::default(),
            audience_membership: None,
            services: Services::default(),
        }
    }

    fn action(&self, slug: &str) -> &AnyAction {
        self.destination.action(slug).unwrap()
    }

    /// Performs an action for one payload.
    pub(crate) async fn perform(&self, slug: &str, payload: Value) -> Result<Output> {
        let (Perform::Single(perform) | Perform::Batched { single: perform, .. }) =
            &self.action(slug).perform
        else {
            panic!("{slug} is asynchronous");
        };
        perform(self.call(), Arc::new(payload)).await
    }

    /// Performs an action for many payloads; the results as nodes.
    pub(crate) async fn perform_batch(&self, slug: &str, payloads: &[Value]) -> Result<Vec<Value>> {
        let Perform::Batched { batch, .. } = &self.action(slug).perform else {
            panic!("{slug} takes no batches");
        };
        let items = payloads.iter().enumerate().map(|(index, payload)| RawItem {
            payload: Arc::new(payload.clone()),
            index,
            audience_membership: None,
        });
        match batch(self.call(), items.collect()).await?.output {
            BatchOutput::MultiStatus(results) => {
                Ok(results.into_outcomes().iter().map(ItemOutcome::to_node).collect())
            }
            other => panic!("a batch has a result for each item, and not {other:?}"),
        }
    }

    /// Deletes a person.
    pub(crate) async fn delete(&self, user: DeleteUser) -> Result<Output> {
        self.destination.delete.as_ref().unwrap()(self.call(), user).await
    }
}
