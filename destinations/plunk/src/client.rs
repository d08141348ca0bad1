//! Requests to the [API](https://docs.useplunk.com/api-reference/overview).

use std::time::Duration;

use waystation_kit::BaseUrl;
use waystation_kit::prelude::*;
use waystation_kit::request::{Body, RequestBuilder};

use crate::Plunk;
use crate::idempotency::{self, FirstRequest, IdempotencyKey};
use crate::refusal;
use crate::settings::PLUNK_CLOUD;

/// Plunk adopts a request's ID and shows it in its answers and logs.
const REQUEST_ID: &str = "X-Request-ID";

/// The longest ID that is passed on; longer ones are left to Plunk.
const LONGEST_REQUEST_ID: usize = 128;

/// How long to wait for a request that is still under way elsewhere.
const WAIT_FOR_FIRST_REQUEST: Duration = Duration::from_secs(1);

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
pub async fn send(cx: &Context<Plunk>, request: RequestBuilder) -> Result<Response> {
    let answer = request.send().await;
    answer.map_err(|error| refusal::explain(error, cx.now_millis()))
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
            read_submission(cx, attempt(cx, &submission, Some(&key)).await)
        }
        _ => read_submission(cx, answer),
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

fn read_submission(cx: &Context<Plunk>, answer: Result<Response>) -> Result<Submitted> {
    match (first_request(&answer), answer) {
        (Some(FirstRequest::Succeeded), _) => Ok(Submitted::Earlier),
        (Some(FirstRequest::StillRunning), _) => {
            Err(Error::retryable("Plunk is still at work on an earlier attempt")
                .with_status(423)
                .with_retry_after(WAIT_FOR_FIRST_REQUEST))
        }
        (Some(FirstRequest::Unknown), Err(refusal)) => Err(outcome_unknown(cx, refusal)),
        (_, answer) => {
            let answer = answer.map_err(|error| refusal::explain(error, cx.now_millis()))?;
            Ok(Submitted::Now(Box::new(successful(answer)?)))
        }
    }
}

fn outcome_unknown(cx: &Context<Plunk>, refusal: Error) -> Error {
    let refusal = refusal::explain(refusal, cx.now_millis());
    Error::integration(
        format!(
            "Plunk failed during an earlier attempt and cannot tell whether it got through; it is not sent again, \
             unless the setting \"Send again when the outcome is unknown\" is on. Plunk says: {refusal}"
        ),
        ErrorCode::new("IDEMPOTENCY_KEY_REUSED"),
        409,
    )
}

/// Makes sure that an answer of `/v1` says that it worked.
fn successful(answer: Response) -> Result<Response> {
    let body: Value = answer.json()?;
    if body.get("success") == Some(&Value::Bool(true)) && body.get("data").is_some_and(Value::is_object) {
        return Ok(answer);
    }
    Err(Error::invalid_response(
        "Plunk's answer does not say that it worked; is the setting \"Base URL\" right?",
    ))
}

/// Tries both keys. The secret one may list a contact. For the public one there is no call without effect, but
/// an empty event gets past the key and no further.
///
/// # Errors
/// Plunk refuses a key or does not answer; or whatever answers is not Plunk.
pub async fn test_authentication(cx: &Context<Plunk>) -> Result<()> {
    let contacts = cx.get(url(cx, "/contacts")).query([("limit", "1")]);
    let contacts: Value = send(cx, prepare(contacts, None)).await?.json()?;
    if !contacts.get("data").is_some_and(Value::is_array) {
        return Err(not_plunk());
    }
    let nothing = cx
        .post(url(cx, "/v1/track"))
        .bearer(cx.settings().public_key.secret())
        .json(&json!({}));
    match send(cx, prepare(nothing, None)).await {
        Err(error) if error.status() == Some(422) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(not_plunk()),
    }
}

fn not_plunk() -> Error {
    Error::invalid_response("The answer is not one of Plunk; is the setting \"Base URL\" right?")
}
