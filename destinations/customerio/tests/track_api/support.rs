//! A connection to Customer.io, and payloads on their way through it.

use serde_json::{Value, json};
use waystation_destination_customerio::CustomerIo;
use waystation_kit::action::ActionInfo;
use waystation_kit::{Action, BatchAction};
use waystation_testkit::{Answer, BatchRunOutcome, Harness, Partner, RunOutcome};

/// The destination with these settings and a mapping that hands payloads on as they are.
pub(crate) fn harness_with<A: ActionInfo<CustomerIo>>(
    partner: &Partner,
    settings: Value,
) -> Harness<CustomerIo> {
    let fields = A::fields();
    let as_given = fields
        .iter()
        .map(|(key, _)| (key.to_owned(), json!({"@path": format!("$.{key}")})));
    Harness::new(partner, settings)
        .subscribe(r#"type = "track""#)
        .mapping(as_given.collect())
}

/// The destination with a mapping that hands payloads on as they are.
pub(crate) fn harness<A: ActionInfo<CustomerIo>>(partner: &Partner) -> Harness<CustomerIo> {
    harness_with::<A>(partner, json!({"siteId": "site", "apiKey": "key"}))
}

/// An event whose payload this is.
pub(crate) fn event(payload: &Value) -> Value {
    let mut event = payload.clone();
    event["type"] = "track".into();
    event
}

/// What becomes of a payload.
pub(crate) async fn run<A: Action<CustomerIo>>(partner: &Partner, payload: &Value) -> RunOutcome {
    harness::<A>(partner).run::<A>(event(payload)).await
}

/// What becomes of the payloads of a batch.
pub(crate) async fn run_batch<A: BatchAction<CustomerIo>>(
    partner: &Partner,
    payloads: &[Value],
) -> BatchRunOutcome {
    harness::<A>(partner)
        .run_batch::<A>(payloads.iter().map(event))
        .await
}

/// A partner with this to say.
pub(crate) async fn saying(answers: impl IntoIterator<Item = Answer>) -> Partner {
    let partner = Partner::start().await;
    for answer in answers {
        partner.answers_with(answer);
    }
    partner
}

/// The answer to a request that is taken as a whole.
pub(crate) fn success() -> Answer {
    Answer::json(200, json!({}))
}

/// An answer with this body: a text as it is, everything else as JSON.
pub(crate) fn answer(status: u16, body: &Value) -> Answer {
    match body {
        Value::String(text) => Answer::text(status, text),
        body => Answer::json(status, body.clone()),
    }
}

/// Bodies of success answers that do not say that the request was taken, nor that it was refused.
pub(crate) fn riddles() -> Vec<Value> {
    vec![
        json!([]),
        json!({"ok": true}),
        json!({"id": 9}),
        json!({"errors": null}),
        json!({"errors": {"batch_index": 0}}),
        json!({"failures": [{"batch_index": 0, "reason": "invalid"}]}),
        json!("accepted"),
        json!("<html></html>"),
        json!("{\"errors\":[{\"batch_ind"),
        json!("eyJlcnJvcnMiOltdfQ=="),
    ]
}

/// Bodies that say nothing, which is what Customer.io says to a good request.
pub(crate) fn nothings() -> [Value; 6] {
    [
        json!(""),
        json!(" \n"),
        json!({}),
        json!(null),
        json!("\"\""),
        json!("\"{}\""),
    ]
}

/// The part of a node that tells what became of the item.
pub(crate) fn verdict(node: &Value) -> Value {
    match &node["errortype"] {
        Value::Null => node["status"].clone(),
        code => json!([node["status"], code, node["errormessage"]]),
    }
}

/// The lists of operations that were posted.
pub(crate) fn batches(partner: &Partner) -> Vec<Vec<Value>> {
    let requests = partner.requests();
    let lists = requests.iter().map(|request| request.json()["batch"].take());
    lists.map(|list| list.as_array().unwrap().clone()).collect()
}
