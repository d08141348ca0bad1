//! Asynchronous actions: handing a batch in as a job, and asking what became of it.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use waystation_client::Exchanges;
use waystation_client::record::ShownExchange;
use waystation_http::json;
use waystation_json::JsonObject;
use waystation_kit::jobs::{JobPoll, JobState, JobStatus};
use waystation_kit::{Auth, ItemOutcome};
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::entries::job::Submission;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Call, CallSettings, Connection, ConnectionSettings, Error, LoadedDestination};

use crate::body::ExecuteBody;
use crate::caller::AuthBody;
use crate::executor::Executor;
use crate::failure::Failure;
use crate::lenient;
use crate::outcome::node;
use crate::report::Timings;
use crate::room::Room;

/// What is asked about a job. Keys that are not listed are mistakes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PollBody {
    /// The settings of the destination.
    #[serde(default, deserialize_with = "lenient::object")]
    settings: JsonObject,
    /// Tokens, in place of those in the settings.
    #[serde(default, deserialize_with = "lenient::optional_section")]
    auth: Option<AuthBody>,
    /// The number of items that were handed in.
    #[serde(default = "one")]
    upload_count: usize,
}

const fn one() -> usize {
    1
}

/// Everything about handing a job in, or asking about one, without secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Job>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// What is known of each item.
    #[serde(skip_serializing_if = "Option::is_none")]
    multistatus: Option<Value>,
    exchanges: Vec<ShownExchange>,
    timings: Timings,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    sent: Exchanges,
}

/// A job at the partner.
#[derive(Serialize)]
struct Job {
    /// The partner's name for it; null when nothing was handed in.
    id: Option<String>,
    status: u16,
    /// How far it is; null where the partner's word for it is not known, absent where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Value>,
}

impl JobReport {
    fn new(call: &Call, room: &Room) -> Self {
        let (exchanges, _) = room.exchanges(call.record(), &call.redactor());
        Self {
            job: None,
            error: None,
            multistatus: None,
            timings: Timings::of(call, &exchanges),
            exchanges,
            notes: Vec::new(),
            sent: call.record().clone(),
        }
    }

    fn failed(call: &Call, error: &Error, room: &Room) -> Self {
        Self {
            error: Some(Failure::new(error, &call.redactor(), room)),
            ..Self::new(call, room)
        }
    }

    fn submitted(call: &Call, submission: Submission, room: &Room) -> Self {
        let redactor = call.redactor();
        let items = submission.items.into_iter();
        Self {
            job: Some(Job {
                id: submission.job_id,
                status: submission.status,
                state: None,
            }),
            multistatus: Some(items.map(|item| node(item, &redactor, room)).collect()),
            ..Self::new(call, room)
        }
    }

    fn polled(call: &Call, status: JobStatus, room: &Room) -> Self {
        let redactor = call.redactor();
        let item = |item: Option<ItemOutcome>| item.map_or(Value::Null, |item| node(item, &redactor, room));
        let items = status
            .results
            .map(|items| items.into_iter().map(item).collect::<Value>());
        Self {
            job: Some(Job {
                id: Some(status.job_id),
                status: status.status,
                state: Some(
                    status
                        .state
                        .map_or(Value::Null, |state: JobState| state.name().into()),
                ),
            }),
            multistatus: items,
            ..Self::new(call, room)
        }
    }

    /// What was sent and came back; it holds secrets.
    #[must_use]
    pub fn sent(&self) -> &Exchanges {
        &self.sent
    }

    /// Why it failed, in words.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.error.as_ref().map(Failure::message)
    }

    /// The report as an answer.
    pub fn answer(&self) -> Response {
        let status = self.error.as_ref().map_or(StatusCode::OK, Failure::http_status);
        json::response(status, self)
    }
}

impl Executor {
    /// Hands the payload of a request in as a job; one event is a list of one.
    pub async fn submit_job(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        body: ExecuteBody,
    ) -> JobReport {
        let room = self.room();
        let (mut call, connection) = begin(settings, destination, body.settings, body.auth);
        call.options.features = Arc::new(body.features);
        let metadata = body.subscription_metadata.into();
        let notes = crate::notes::of_mapping(&body.mapping, action);
        let pipeline = self.pipeline(destination, action, body.mapping, &body.payload);
        let (connection, pipeline) = match connection.and_then(|connection| Ok((connection, pipeline?))) {
            Ok(prepared) => prepared,
            Err(error) => return JobReport::failed(&call, &error, &room),
        };
        let events: Vec<Value> = match body.payload {
            Value::Array(events) => events,
            event => vec![event],
        };
        let report = match call.submit(&connection, &pipeline, events.into(), metadata).await {
            Ok(submission) => JobReport::submitted(&call, submission, &room),
            Err(error) => JobReport::failed(&call, &error, &room),
        };
        JobReport { notes, ..report }
    }

    /// Asks what became of a job.
    pub async fn poll_job(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        job_id: String,
        body: PollBody,
    ) -> JobReport {
        let room = self.room();
        let (call, connection) = begin(settings, destination, body.settings, body.auth);
        let connection = match connection {
            Ok(connection) => connection,
            Err(error) => return JobReport::failed(&call, &error, &room),
        };
        let poll = JobPoll {
            job_id,
            upload_count: body.upload_count,
        };
        match call.poll(&connection, action.shared_definition(), poll).await {
            Ok(status) => JobReport::polled(&call, status, &room),
            Err(error) => JobReport::failed(&call, &error, &room),
        }
    }
}

/// Begins a call over a connection with these settings.
fn begin(
    settings: &CallSettings,
    destination: &Arc<LoadedDestination>,
    given: JsonObject,
    auth: Option<AuthBody>,
) -> (Call, Result<Connection, Error>) {
    let stored = ConnectionSettings::from_stored(given);
    let auth = match auth {
        Some(auth) => auth.into(),
        None => Auth::from_settings(stored.oauth.as_ref()),
    };
    let secrets = destination.secrets(&stored.settings);
    let call = Call::begin(settings, secrets.iter().chain(auth.secrets()));
    let store = Arc::new(InMemoryTokens);
    let connection = Connection::open(Arc::clone(destination), stored.settings, auth, store);
    if let Ok(connection) = &connection {
        call.hide(connection.secrets());
    }
    (call, connection)
}
