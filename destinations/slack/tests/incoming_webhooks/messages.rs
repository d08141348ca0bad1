//! Messages, and what Slack says to them.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use waystation_destination_slack::Slack;
use waystation_kit::any::Perform;
use waystation_kit::future::BoxFuture;
use waystation_kit::prelude::*;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest, RequestClient, Transport};
use waystation_kit::services::Clock;
use waystation_kit::{Call, context::Services};

/// Answers every request with a status and a text, and keeps the requests.
#[derive(Debug)]
struct ScriptedSlack {
    status: u16,
    text: &'static str,
    requests: Mutex<Vec<OutgoingRequest>>,
}

impl ScriptedSlack {
    fn answering(status: u16, text: &'static str) -> Arc<Self> {
        Arc::new(Self {
            status,
            text,
            requests: Mutex::default(),
        })
    }
}

impl Transport for ScriptedSlack {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let answer = Answer {
            status: self.status,
            reason: None,
            headers: http::HeaderMap::new(),
            url: request.url.clone(),
            body: self.text.into(),
        };
        self.requests.lock().unwrap().push(request);
        Box::pin(async move { Ok(answer) })
    }
}

async fn post(slack: &Arc<ScriptedSlack>, payload: Value) -> Result<Output> {
    let destination = Slack::definition().build();
    let Perform::Single(perform) = &destination.action("postToChannel").unwrap().perform else {
        panic!("messages go out one by one");
    };
    let settings = (destination.parse_settings)(&JsonObject::new()).unwrap();
    let call = Call {
        settings,
        client: RequestClient::new(
            Arc::clone(slack) as Arc<dyn Transport>,
            RequestDefaults::default(),
            Clock::System,
        ),
        auth: Auth::default(),
        about: Arc::default(),
        audience_membership: None,
        services: Services::default(),
    };
    perform(call, Arc::new(payload)).await
}

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<Slack>();
}

#[tokio::test]
async fn a_message_has_what_the_payload_has() {
    let slack = ScriptedSlack::answering(200, "ok");
    let url = "https://hooks.slack.com/services/T0/B0/x";
    let output = post(&slack, json!({"url": url, "text": "hi", "username": "Ana"})).await;
    assert_eq!(output.ok().and_then(Output::into_data), Some(json!("ok")));
    let requests = slack.requests.lock().unwrap();
    assert_eq!(requests[0].url.as_str(), url);
    assert_eq!(requests[0].addresses, Addresses::PublicOnly);
    let body: Value = serde_json::from_slice(requests[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({"text": "hi", "username": "Ana"}));
}

#[tokio::test]
async fn other_addresses_get_nothing() {
    let slack = ScriptedSlack::answering(200, "ok");
    let payload = json!({"url": "https://hooks.example.com/services/T0", "text": "hi"});
    let error = post(&slack, payload).await.unwrap_err();
    assert!(matches!(error, Error::Integration { .. }), "{error:?}");
    assert!(slack.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn refusals_of_slack_keep_their_status() {
    for (status, text, retryable) in [
        (403, "invalid_token", false),
        (404, "no_service", false),
        (410, "channel_is_archived", false),
        (429, "rate_limited", true),
        (500, "rollup_error", true),
    ] {
        let slack = ScriptedSlack::answering(status, text);
        let payload = json!({"url": "https://hooks.slack.com/services/T0", "text": "hi"});
        let error = post(&slack, payload).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.is_retryable(), retryable, "{text}");
    }
}

#[tokio::test]
async fn slack_takes_a_message_with_its_word_and_nothing_else() {
    let payload = || json!({"url": "https://hooks.slack.com/services/T0", "text": "hi"});
    for text in ["ok", " ok\n", r#"{"ok": true}"#] {
        let slack = ScriptedSlack::answering(200, text);
        assert!(post(&slack, payload()).await.is_ok(), "{text}");
    }
    for text in [
        "",
        "OK",
        "<html>Sign in</html>",
        "{}",
        r#"{"ok": "yes"}"#,
        "[]",
        "it is ok",
    ] {
        let slack = ScriptedSlack::answering(200, text);
        let error = post(&slack, payload()).await.unwrap_err();
        assert!(error.outcome_is_unknown(), "{text}: {error:?}");
        assert_eq!(error.status(), Some(502), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_within_a_success_is_a_refusal_in_slacks_words() {
    let payload = json!({"url": "https://hooks.slack.com/services/T0", "text": "hi"});
    for (text, word) in [
        ("no_text", "no_text"),
        ("channel_not_found\n", "channel_not_found"),
        (r#"{"ok": false, "error": "invalid_blocks"}"#, "invalid_blocks"),
    ] {
        let slack = ScriptedSlack::answering(200, text);
        let error = post(&slack, payload.clone()).await.unwrap_err();
        assert_eq!(
            (error.status(), error.code().unwrap().as_str()),
            (Some(400), word)
        );
        assert!(
            !error.is_retryable() && error.to_string().contains(word),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_empty_is_left_out() {
    let slack = ScriptedSlack::answering(200, "ok");
    let url = "https://hooks.slack.com/services/T0";
    let payload = json!({"url": url, "text": "hi", "channel": "", "username": "", "icon_url": ""});
    post(&slack, payload).await.unwrap();
    let requests = slack.requests.lock().unwrap();
    let body: Value = serde_json::from_slice(requests[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({"text": "hi"}));
}
