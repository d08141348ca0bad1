//! Requests to the [API](https://docs.useplunk.com/api-reference/overview).

use std::time::Duration;

use waystation_kit::BaseUrl;
use waystation_kit::prelude::*;
use waystation_kit::request::{Body, RequestBuilder};

use crate::Plunk;
use crate::contacts;
use crate::idempotency::{self, FirstRequest, IdempotencyKey};
use crate::refusal;
use crate::settings::PLUNK_CLOUD;

/// Plunk adopts a request's ID and shows it in its answers and logs.
const REQUEST_ID: &str = "X-Request-ID";

/// The longest ID that is passed on; longer ones are left to Plunk.
const LONGEST_REQUEST_ID: usize = 128;

/// How long to wait for a request that is still under way elsewhere.
const WAIT_FOR_FIRST_REQUEST: Duration = Duration::from_secs(1);

const KEY_REUSED: ErrorCode = ErrorCode::new("IDEMPOTENCY_KEY_REUSED");

/// Where a path of the API is.
#[must_use]
pub fn url(cx: &Context<Plunk>, path: &str) -> String {
    let base_url = cx.settings().base_url.as_ref();
    let base_url = base_url.map_or(PLUNK_CLOUD, BaseUrl::as_str);
    format!("{base_url}{path}")
}

/// Sends a request; a failing status becomes an error that explains it.
///
/// # Errors
/// Plunk refuses or does not answer.
pub async fn send(request: RequestBuilder) -> Result<Response> {
    request.send().await.map_err(refusal::explain)
}

/// Gives a request the event's ID, so that Plunk's logs lead back to the event, and keeps it away from the
/// operator's network, since the base URL is anyone's to set.
pub fn prepare(request: RequestBuilder, message_id: Option<&str>) -> RequestBuilder {
    let usable = |id: &&str| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let request = request.public_addresses_only();
    match message_id.filter(usable) {
        Some(id) => request.header(REQUEST_ID, id),
        None => request,
    }
}

/// Something that must happen once: an event or an e-mail.
#[derive(Debug)]
pub struct Submission<'a> {
    /// Where it goes.
    pub path: &'static str,
    /// The key that Plunk takes it with.
    pub key: &'a Secret,
    /// What is sent.
    pub body: Body,
    /// The event that it comes from.
    pub message_id: Option<&'a str>,
    /// By which Plunk knows that it has it already.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What became of a [`Submission`].
#[derive(Debug)]
pub enum Submitted {
    /// Plunk took it.
    Now(Box<Response>),
    /// Plunk had taken it before.
    Earlier,
}

/// Sends what must happen once.
///
/// # Errors
/// Plunk refuses or does not answer; or it failed earlier, and cannot tell how far it got.
pub async fn submit(cx: &Context<Plunk>, submission: Submission<'_>) -> Result<Submitted> {
    let answer = attempt(cx, &submission, submission.idempotency_key.as_ref()).await;
    let resends = cx.settings().resend_unknown == Some(true);
    match (&submission.idempotency_key, first_request(&answer)) {
        (Some(key), Some(FirstRequest::Unknown)) if resends => {
            let key = key.for_resending();
            read_submission(attempt(cx, &submission, Some(&key)).await)
        }
        _ => read_submission(answer),
    }
}

async fn attempt(
    cx: &Context<Plunk>,
    submission: &Submission<'_>,
    key: Option<&IdempotencyKey>,
) -> Result<Response> {
    let request = cx
        .post(url(cx, submission.path))
        .bearer(submission.key)
        .body(submission.body.clone());
    let request = prepare(request, submission.message_id);
    match key {
        Some(key) => request.header(idempotency::HEADER, key.as_str()).send().await,
        None => request.send().await,
    }
}

fn first_request(answer: &Result<Response>) -> Option<FirstRequest> {
    FirstRequest::of_answer(answer.as_ref().err()?.response()?)
}

fn read_submission(answer: Result<Response>) -> Result<Submitted> {
    match (first_request(&answer), answer) {
        (Some(FirstRequest::Succeeded), _) => Ok(Submitted::Earlier),
        (Some(FirstRequest::StillRunning), Err(refusal)) => Err(still_running(refusal)),
        (Some(FirstRequest::Unknown), Err(refusal)) => Err(outcome_unknown(refusal)),
        (_, answer) => {
            let answer = answer.map_err(refusal::explain)?;
            let body = read(&answer)?;
            // The word alone counts: older versions put what they made beside it, and not under `data`.
            if body.get("success") != Some(&Value::Bool(true)) {
                return Err(not_plunk(&answer));
            }
            Ok(Submitted::Now(Box::new(answer)))
        }
    }
}

fn still_running(refusal: Error) -> Error {
    let refusal = refusal::explain(refusal);
    Error::retryable(format!(
        "Plunk is still at work on an earlier attempt. Plunk says: {refusal}"
    ))
    .with_status(423)
    .with_code(KEY_REUSED)
    .with_retry_after(WAIT_FOR_FIRST_REQUEST)
}

fn outcome_unknown(refusal: Error) -> Error {
    let refusal = refusal::explain(refusal);
    Error::integration(
        format!(
            "Plunk failed during an earlier attempt and cannot tell whether it got through; it is not sent again, \
             unless the setting \"Send again when the outcome is unknown\" is on. Plunk says: {refusal}"
        ),
        KEY_REUSED,
        409,
    )
}

/// What an answer with a success status holds.
///
/// # Errors
/// What it refuses all the same, and [an unknown outcome](Error::UnknownOutcome) if it is not one of Plunk.
pub fn read(answer: &Response) -> Result<JsonObject> {
    let Value::Object(body) = answer.json()? else {
        return Err(not_plunk(answer));
    };
    let has_error = body.get("error").is_some_and(|error| !error.is_null());
    if has_error || body.get("success") == Some(&Value::Bool(false)) {
        return Err(refusal::explain_denial(answer));
    }
    Ok(body)
}

/// Tries both keys. The secret one may list a contact. For the public one there is no call without effect, but
/// an empty event gets past the key and no further.
///
/// # Errors
/// Plunk refuses a key or does not answer; or whatever answers is not Plunk.
pub async fn test_authentication(cx: &Context<Plunk>) -> Result<()> {
    contacts::page(cx, &[("limit", "1")], None).await?;
    let nothing = cx
        .post(url(cx, "/v1/track"))
        .bearer(cx.settings().public_key.secret())
        .json(&json!({}));
    match send(prepare(nothing, None)).await {
        Err(error) if error.status() == Some(422) => Ok(()),
        Err(error) => Err(error),
        Ok(answer) => Err(not_plunk(&answer)),
    }
}

pub(crate) fn not_plunk(answer: &Response) -> Error {
    answer.not_understood("The answer is not one of Plunk; is the setting \"Base URL\" right?")
}
