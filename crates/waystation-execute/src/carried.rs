//! What belongs to the caller and travels with requests and answers: the transaction of an event, and state.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;
use waystation_client::Redactor;
use waystation_kit::services::Transaction;
use waystation_runtime::CallOptions;
use waystation_runtime::services::{CarriedState, EventTransaction};

/// What came with a request, and what actions noted meanwhile.
pub(crate) struct Carried {
    transaction: Arc<EventTransaction>,
    state: Arc<CarriedState>,
}

/// What goes back with the answer, without secrets.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Carried)]
pub struct ShownCarried {
    /// What the actions noted for those that follow at the same event: send it along with them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    transaction: BTreeMap<String, String>,
    /// Values to keep for a time, and to send along with later requests.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    state: BTreeMap<String, ShownState>,
}

/// A value for the caller to keep.
#[derive(Serialize, ToSchema)]
#[schema(as = State)]
struct ShownState {
    value: String,
    /// How long to keep it; absent where the action does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
}

impl Carried {
    pub(crate) fn new(transaction: BTreeMap<String, String>, state: BTreeMap<String, String>) -> Self {
        Self {
            transaction: Arc::new(EventTransaction::new(transaction)),
            state: Arc::new(CarriedState::new(state)),
        }
    }

    /// Goes along with a call.
    pub(crate) fn go_with(&self, options: &mut CallOptions) {
        options.services.transaction = Some(Arc::clone(&self.transaction) as _);
        options.services.state = Some(Arc::clone(&self.state) as _);
    }

    /// What goes back.
    pub(crate) fn shown(&self, redactor: &Redactor) -> ShownCarried {
        let text = |value: String| redactor.text(&value).into_owned();
        let transaction = self.transaction.values().into_iter();
        let state = self.state.noted().into_iter();
        ShownCarried {
            transaction: transaction.map(|(key, value)| (key, text(value))).collect(),
            state: state
                .map(|(key, (value, lifetime))| {
                    let value = text(value);
                    let seconds = lifetime.duration().map(|duration| duration.as_secs());
                    (key, ShownState { value, seconds })
                })
                .collect(),
        }
    }
}
