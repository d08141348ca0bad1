//! Calls that deliver events.

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::jobs::{JobPoll, JobState};
use waystation_kit::{Auth, ItemOutcome};
use waystation_runtime::entries::{batch as batches, event as events, job};
use waystation_runtime::outcome::{BatchOutcome, Report, Skip, nodes};
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::retry::History;
use waystation_runtime::{Connection, ConnectionSettings, Error, Pipeline};

use super::bench::Bench;

/// One event through all subscriptions: the first failure is the call's, else all steps in order.
pub(super) async fn event(bench: &mut Bench, request: &Value) -> Result<Value, Error> {
    let (connection, subscriptions) = connect(bench, request)?;
    let event = Arc::new(request["event"].clone());
    let reports = events::deliver_event(&connection, &subscriptions, &event, &bench.options).await;
    bench.connection = Some(connection);
    bench.completed = reports.iter().map(|report| completion(bench, report)).collect();
    let mut steps = Vec::new();
    for report in reports {
        steps.extend(report.result?.to_steps());
    }
    Ok(Value::Array(steps))
}

/// A batch through all subscriptions.
pub(super) async fn batch(bench: &mut Bench, request: &Value) -> Result<Value, Error> {
    let (connection, subscriptions) = connect(bench, request)?;
    let events = list(&request["events"]);
    let reports = batches::deliver_batch(&connection, &subscriptions, &events, &bench.options).await;
    bench.connection = Some(connection);
    bench.completed = reports.iter().map(|report| completion(bench, report)).collect();
    let mut steps = Vec::new();
    for report in reports {
        match report.result? {
            BatchOutcome::Failed { error, .. } => return Err(Error::Action(error)),
            outcome => steps.extend(outcome.to_steps()),
        }
    }
    Ok(Value::Array(steps))
}

fn list(events: &Value) -> Arc<[Value]> {
    events.as_array().cloned().unwrap_or_default().into()
}

fn connect(bench: &Bench, request: &Value) -> Result<(Connection, Vec<Arc<SubscribedPipeline>>), Error> {
    let stored =
        ConnectionSettings::from_stored(request["settings"].as_object().cloned().unwrap_or_default());
    let auth = Auth::from_settings(stored.oauth.as_ref());
    let store = bench.token_store(&request["options"], &auth);
    let connection = Connection::open(Arc::clone(&bench.destination), stored.settings, auth, store)?;
    let subscriptions = stored.subscriptions.into_iter();
    let compile = |settings| Arc::new(SubscribedPipeline::compile(&bench.destination, settings));
    Ok((connection, subscriptions.map(compile).collect()))
}

/// What a completion callback would be told of a report.
fn completion<O>(bench: &Bench, report: &Report<O>) -> Value {
    json!({
        "destination": bench.destination.definition().name,
        "action": report.action,
        "subscribe": report.subscribe,
    })
}

/// A connection without checking settings, as the entrances below do.
fn unchecked(bench: &Bench, request: &Value, auth: Auth) -> Result<Connection, Error> {
    let stored =
        ConnectionSettings::from_stored(request["settings"].as_object().cloned().unwrap_or_default());
    let store = bench.token_store(&Value::Null, &auth);
    Connection::open_unchecked(Arc::clone(&bench.destination), &stored.settings, auth, store)
}

fn action_slug(request: &Value) -> &str {
    request["action"].as_str().unwrap_or_default()
}

/// The pipeline of a call that names its action; `None` when there is no such action.
fn pipeline(bench: &Bench, request: &Value) -> Result<Option<Pipeline>, Error> {
    let Some(action) = bench.destination.action(action_slug(request)) else {
        return Ok(None);
    };
    Pipeline::compile(Arc::clone(action), request.get("mapping").unwrap_or(&json!({}))).map(Some)
}

fn unknown_action(slug: &str) -> Error {
    Error::Action(waystation_kit::Error::not_implemented(format!(
        "There is no action {slug}."
    )))
}

pub(super) async fn execute_batch(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let auth = Auth::from_settings(request["settings"].get("oauth"));
    let connection = unchecked(bench, request, auth)?;
    let events = list(&request["events"]);
    let metadata = SubscriptionMetadata::default();
    let history = History::default();
    let outcome = match pipeline(bench, request)? {
        Some(pipeline) => {
            batches::perform_batch(&connection, &pipeline, events, metadata, &bench.options, &history).await?
        }
        None => BatchOutcome::Skipped(Skip::UnknownAction(action_slug(request).to_owned())),
    };
    match outcome {
        BatchOutcome::Failed { error, .. } => Err(Error::Action(error)),
        other => Ok(nodes(other.items().unwrap_or_default()).into()),
    }
}

pub(super) async fn submit(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let connection = unchecked(bench, request, auth_of(request))?;
    let events = list(&request["events"]);
    let pipeline = pipeline(bench, request)?.ok_or_else(|| unknown_action(action_slug(request)))?;
    let metadata = SubscriptionMetadata::default();
    let history = History::default();
    let job = job::submit_job(&connection, &pipeline, events, metadata, &bench.options, &history).await?;
    Ok(json!({
        "job_id": job.job_id,
        "status": job.status,
        "multistatus": job.items.iter().map(entry).collect::<Vec<_>>(),
    }))
}

pub(super) async fn poll(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let slug = request["action"].as_str().unwrap_or_default();
    let action = bench
        .destination
        .action(slug)
        .ok_or_else(|| unknown_action(slug))?;
    let connection = unchecked(bench, request, auth_of(request))?;
    let poll = JobPoll {
        job_id: request["job_id"].as_str().unwrap_or_default().to_owned(),
        upload_count: request["upload_count"]
            .as_u64()
            .and_then(|count| count.try_into().ok())
            .unwrap_or(0),
    };
    let (action, history) = (action.shared_definition(), History::default());
    let status = job::poll_job(&connection, action, poll, &bench.options, &history).await?;
    let mut told = json!({
        "job_id": status.job_id,
        "status": status.status,
        "job_status": status.state.map(JobState::name),
    });
    if let Some(results) = status.results {
        told["multistatus"] = results.iter().map(|slot| slot.as_ref().map(entry)).collect();
    }
    Ok(told)
}

/// The caller's own tokens, else those of the settings.
fn auth_of(request: &Value) -> Auth {
    let from_settings = Auth::from_settings(request["settings"].get("oauth"));
    let own = |key: &str| request["auth"][key].as_str().map(Into::into);
    if request["auth"].is_object() {
        Auth {
            access_token: own("accessToken"),
            refresh_token: own("refreshToken"),
            ..Auth::default()
        }
    } else {
        from_settings
    }
}

/// An item as containers and jobs show it: with its kind, without a reporter.
pub(super) fn entry(item: &ItemOutcome) -> Value {
    let mut node = item.to_node();
    let kind = if matches!(item, ItemOutcome::Success(_)) {
        "success"
    } else {
        "error"
    };
    node["outcome"] = kind.into();
    if let Some(node) = node.as_object_mut() {
        node.shift_remove("errorreporter");
    }
    node
}
