//! Asynchronous actions: handing a batch in as a job, and asking what became of it.

use std::sync::Arc;

use serde_json::Value;
use waystation_kit::any::{AnyAction, BatchAnswer, Perform};
use waystation_kit::context::{Events, SubscriptionMetadata};
use waystation_kit::jobs::{JobPoll, JobStatus, SubmittedJob};
use waystation_kit::{Error as ActionError, ErrorCode, ItemError, ItemOutcome};

use super::batch::{Prepared, finish, prepare};
use super::target;
use crate::connection::{CallOptions, Connection};
use crate::error::{Error, Result};
use crate::layers::{Delivered, Delivery, Target, deliver};
use crate::observe::Counter;
use crate::pipeline::Pipeline;
use crate::retry::History;

/// A job that was handed in, or why there is none.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The partner's name for the job; `None` when nothing was handed in.
    pub job_id: Option<String>,
    /// 200 when nothing had to be handed in, the action's status, or the failure's.
    pub status: u16,
    /// What is known of each item so far.
    pub items: Vec<ItemOutcome>,
}

/// Hands a batch in as a job.
///
/// # Errors
/// The action is not asynchronous, the mapping cannot be resolved, or the handler failed in a way that
/// says nothing about the items.
pub async fn submit_job(
    connection: &Connection,
    pipeline: &Pipeline,
    events: Arc<[Value]>,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
    history: &History,
) -> Result<Submission> {
    refuse_unless_asynchronous(pipeline.action().definition())?;
    let Prepared { mut items, valid } = prepare(pipeline, &events, options).await?;
    if valid.is_empty() {
        return Ok(Submission {
            job_id: None,
            status: 200,
            items: finish(items),
        });
    }
    let sent: Vec<(usize, Arc<Value>)> = valid
        .iter()
        .map(|item| (item.index, Arc::clone(&item.payload)))
        .collect();
    let target = target(connection, pipeline, Events::Batch(events), metadata, options);
    let delivered = deliver(target, Delivery::Submit(valid), history).await;
    match delivered.and_then(Delivered::submitted) {
        Ok(answer) => {
            let (job_id, status) = place_results(answer, &sent, &mut items);
            let missing = items.iter().filter(|item| item.is_none()).count();
            if missing > 0 {
                options
                    .observer
                    .count(Counter::TurnedAway, pipeline.action().definition().slug, missing);
            }
            Ok(Submission {
                job_id,
                status,
                items: finish(items),
            })
        }
        Err(error) => {
            let status = error.status().unwrap_or(500);
            let item = item_of_failed_submission(error)?;
            for (place, payload) in sent {
                let item = ItemError {
                    sent: Some(Value::clone(&payload)),
                    ..item.clone()
                };
                items[place] = Some(item.into());
            }
            Ok(Submission {
                job_id: None,
                status,
                items: finish(items),
            })
        }
    }
}

fn place_results(
    answer: BatchAnswer<SubmittedJob>,
    sent: &[(usize, Arc<Value>)],
    items: &mut [Option<ItemOutcome>],
) -> (Option<String>, u16) {
    let BatchAnswer { output, untyped } = answer;
    let mut results = output.results.iter().map(Option::<&_>::cloned);
    for (position, (place, _)) in sent.iter().enumerate() {
        let fault = untyped
            .iter()
            .find(|(at, _)| *at == position)
            .map(|(_, error)| error.clone().into());
        items[*place] = fault.or_else(|| results.next().flatten());
    }
    (output.job_id, output.status.unwrap_or(200))
}

/// What a failed submission says about each item.
///
/// # Errors
/// The failure says nothing about the items: a time-out, a broken connection, a surprise.
fn item_of_failed_submission(error: ActionError) -> Result<ItemError> {
    match &error {
        ActionError::Integration {
            status: None,
            message,
            ..
        } => Ok(ItemError::new(400, message.clone())),
        ActionError::Http(_)
        | ActionError::Integration { .. }
        | ActionError::UnknownOutcome { .. }
        | ActionError::PayloadValidation(_)
        | ActionError::AudienceMembership(_)
        | ActionError::Api { .. }
        | ActionError::SelfTimeout(_)
        | ActionError::Retryable { .. }
        | ActionError::InvalidAuthentication { .. } => {
            let status = error.status().unwrap_or(500);
            let item = ItemError {
                message: error.to_string(),
                ..ItemError::from_error(&error)
            };
            Ok(item.with_code(ErrorCode::from_status(status)))
        }
        _ => Err(Error::Action(error)),
    }
}

/// Asks what became of a job.
///
/// # Errors
/// The action is not asynchronous, or the partner could not be asked.
pub async fn poll_job(
    connection: &Connection,
    action: &Arc<AnyAction>,
    poll: JobPoll,
    options: &CallOptions,
    history: &History,
) -> Result<JobStatus> {
    refuse_unless_asynchronous(action)?;
    let target = Target {
        connection: connection.clone(),
        action: Arc::clone(action),
        about: Arc::default(),
        options: options.clone(),
    };
    let delivered = deliver(target, Delivery::Poll(poll), history).await?;
    delivered.polled().map_err(Error::Action)
}

fn refuse_unless_asynchronous(action: &AnyAction) -> Result<()> {
    if matches!(action.perform, Perform::Asynchronous { .. }) {
        return Ok(());
    }
    let message = format!("The action {} is not asynchronous.", action.slug);
    Err(Error::Action(ActionError::not_implemented(message)))
}
