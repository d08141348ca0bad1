//! A Braze that answers by a script, and calls of the destination's actions that reach it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Value, json};
use waystation_destination_braze::Braze;
use waystation_kit::Call;
use waystation_kit::any::{AnyAction, AnyDestination, Perform, RawItem};
use waystation_kit::context::{About, Services};
use waystation_kit::future::BoxFuture;
use waystation_kit::hooks::HookType;
use waystation_kit::prelude::*;
use waystation_kit::request::{Answer, OutgoingRequest, RequestClient, Transport};

/// What Braze says to one request.
pub(crate) type Scripted = Result<(u16, Value)>;

/// An answer in JSON.
pub(crate) fn answer(status: u16, body: Value) -> Scripted {
    Ok((status, body))
}

/// The answer to a request that is accepted as a whole.
pub(crate) fn success() -> Scripted {
    answer(201, json!({"message": "success"}))
}

/// A request that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) body: Value,
}

/// Answers requests in order, and keeps them.
#[derive(Debug)]
pub(crate) struct Partner {
    script: Mutex<VecDeque<Scripted>>,
    requests: Mutex<Vec<Sent>>,
}

impl Partner {
    pub(crate) fn new(script: impl IntoIterator<Item = Scripted>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            requests: Mutex::default(),
        })
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Sent> {
        self.requests.lock().unwrap().clone()
    }
}

impl Transport for Partner {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let body = request.body.unwrap_or_default();
        self.requests.lock().unwrap().push(Sent {
            method: request.method.to_string(),
            url: request.url.to_string(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        });
        let scripted = self.script.lock().unwrap().pop_front();
        let scripted = scripted.expect("an answer to every request");
        Box::pin(async move {
            let (status, body) = scripted?;
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            Ok(Answer {
                status,
                reason: None,
                headers,
                url: request.url,
                body: Bytes::from(body.to_string()),
            })
        })
    }
}

/// The destination, connected to the partner.
pub(crate) struct Connection {
    destination: AnyDestination,
    partner: Arc<Partner>,
    about: Arc<About>,
}

impl Connection {
    pub(crate) fn new(partner: &Arc<Partner>) -> Self {
        Self::about(partner, About::default())
    }

    /// A mapping with a sync mode, in which the catalog `shop` was chosen.
    pub(crate) fn with_sync_mode(partner: &Arc<Partner>, sync_mode: SyncMode) -> Self {
        let chosen = json!({"inputs": {}, "outputs": {"catalog_name": "shop"}});
        Self::about(
            partner,
            About {
                sync_mode: Some(sync_mode),
                hook_outputs: vec![(HookType::OnMappingSave, chosen)],
                ..About::default()
            },
        )
    }

    /// A mapping with a sync mode, in which no catalog was chosen.
    pub(crate) fn without_catalog(partner: &Arc<Partner>, sync_mode: SyncMode) -> Self {
        Self::about(
            partner,
            About {
                sync_mode: Some(sync_mode),
                ..About::default()
            },
        )
    }

    fn about(partner: &Arc<Partner>, about: About) -> Self {
        Self {
            destination: Braze::definition().build(),
            partner: Arc::clone(partner),
            about: Arc::new(about),
        }
    }

    fn call(&self) -> Call {
        let settings = json!({"api_key": "key", "endpoint": "https://rest.iad-01.braze.com"});
        let settings = (self.destination.parse_settings)(settings.as_object().unwrap()).unwrap();
        let defaults = (self.destination.extend_request)(&*settings, &Auth::default()).unwrap();
        Call {
            settings,
            client: RequestClient::new(Arc::clone(&self.partner) as Arc<dyn Transport>, defaults),
            auth: Auth::default(),
            about: Arc::clone(&self.about),
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

/// The part of a node that tells what became of the item.
pub(crate) fn verdict(node: &Value) -> Value {
    match &node["errortype"] {
        Value::Null => node["status"].clone(),
        code => json!([node["status"], code, node["errormessage"]]),
    }
}
