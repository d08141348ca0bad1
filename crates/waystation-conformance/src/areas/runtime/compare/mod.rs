//! Comparing an answer with its expectation, by the rules in the area's README.

pub(super) mod deviations;
mod outcome;
pub(super) mod requests;
pub(super) mod words;

use serde_json::{Value, json};

use self::deviations::Deviations;
use self::requests::TokenRequests;
use super::answer::Answer;
use crate::Mismatch;
use crate::compare::json_equal;

/// Compares the result of a pure call.
pub(super) fn result(content: &Value, actual: Value) -> Result<(), Mismatch> {
    match content["expect"].get("error") {
        Some(_) => Err(Mismatch {
            expected: content["expect"].clone(),
            actual,
        }),
        None => part(&content["expect"]["result"], &actual),
    }
}

/// Compares everything that an expectation names.
pub(super) fn answer(content: &Value, answer: &Answer) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let deviations = Deviations::of(content);
    outcome::compare(content, deviations, &answer.result)?;
    let token_requests = requests::compare(list(&expect["requests"]), &answer.requests, deviations)?;
    if let Some(expected) = expect.get("stats") {
        part(expected, &json!(answer.counters))?;
    }
    if let Some(expected) = expect.get("complete") {
        part(&completions(expected), &json!(answer.completed))?;
    }
    for (name, actual) in [("transaction", &answer.transaction), ("state", &answer.state)] {
        if let Some(expected) = expect.get(name) {
            part(expected, &json!(actual))?;
        }
    }
    tokens(content, answer, token_requests)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn part(expected: &Value, actual: &Value) -> Result<(), Mismatch> {
    if json_equal(expected, actual) {
        return Ok(());
    }
    Err(Mismatch {
        expected: expected.clone(),
        actual: actual.clone(),
    })
}

/// What we compare of completions: their output is information only, and every call takes its time.
fn completions(expected: &Value) -> Value {
    let chosen = |entry: &Value| {
        json!({
            "destination": entry["destination"],
            "action": entry["action"],
            "subscribe": entry["subscribe"],
        })
    };
    list(expected).iter().map(chosen).collect()
}

/// Compares the refreshes of a call: how often the account was locked, which tokens were handed out, and
/// which are kept in the end.
fn tokens(content: &Value, answer: &Answer, requests: TokenRequests) -> Result<(), Mismatch> {
    let expect = &content["expect"];
    let spared = usize::from(requests == TokenRequests::LastSpared);
    if let Some(expected) = expect.get("token_refresh") {
        let expected = list(expected);
        part(
            &json!(expected[..expected.len().saturating_sub(spared)]),
            &json!(answer.saved_tokens),
        )?;
    }
    if let Some(expected) = expect["sync_refresh"].as_u64() {
        part(
            &expected.saturating_sub(spared as u64).into(),
            &answer.locks.into(),
        )?;
    }
    // Without an `oauth` object there is nothing that tokens could be kept in.
    let Some(expected) = expect.get("oauth_after").filter(|oauth| !oauth.is_null()) else {
        return Ok(());
    };
    let chosen = |oauth: &Value| json!([oauth["access_token"], oauth["refresh_token"]]);
    let expected = match requests {
        TokenRequests::AsRecorded => chosen(expected),
        TokenRequests::LastSpared => chosen(&kept(content, &answer.saved_tokens)),
    };
    part(
        &expected,
        &chosen(answer.tokens.as_ref().unwrap_or(oauth_of(content))),
    )
}

/// The tokens that the case begins with.
fn oauth_of(content: &Value) -> &Value {
    let request = &content["request"];
    let settings = request.get("settings").unwrap_or(&request["input"]["settings"]);
    &settings["oauth"]
}

/// The case's tokens after those that were saved.
fn kept(content: &Value, saved: &[Value]) -> Value {
    let mut oauth = oauth_of(content).clone();
    for tokens in saved {
        oauth["access_token"] = tokens["accessToken"].clone();
        if let Some(refresh_token) = tokens["refreshToken"].as_str().filter(|token| !token.is_empty()) {
            oauth["refresh_token"] = refresh_token.into();
        }
    }
    oauth
}
