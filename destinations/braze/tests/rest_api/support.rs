//! A connection to Braze, and payloads on their way through it.

use serde_json::{Value, json};
use waystation_destination_braze::Braze;
use waystation_kit::action::ActionInfo;
use waystation_kit::{Action, BatchAction, SyncMode};
use waystation_testkit::{Answer, BatchRunOutcome, Harness, Partner, RunOutcome};

/// The destination, with a mapping that hands payloads on as they are.
pub(crate) fn harness<A: ActionInfo<Braze>>(partner: &Partner) -> Harness<Braze> {
    let fields = A::fields();
    let as_given = fields
        .iter()
        .map(|(key, _)| (key.to_owned(), json!({"@path": format!("$.{key}")})));
    let settings = json!({"api_key": "key", "endpoint": "https://rest.iad-01.braze.com"});
    Harness::new(partner, settings)
        .subscribe(r#"type = "track""#)
        .mapping(as_given.collect())
}

/// As [`harness`], with a sync mode.
pub(crate) fn harness_with<A: ActionInfo<Braze>>(partner: &Partner, sync_mode: SyncMode) -> Harness<Braze> {
    harness::<A>(partner).map("__segment_internal_sync_mode", sync_mode.name())
}

/// An event whose payload this is.
pub(crate) fn event(payload: &Value) -> Value {
    let mut event = payload.clone();
    event["type"] = "track".into();
    event
}

/// What becomes of a payload.
pub(crate) async fn run<A: Action<Braze>>(partner: &Partner, payload: &Value) -> RunOutcome {
    harness::<A>(partner).run::<A>(event(payload)).await
}

/// What becomes of the payloads of a batch.
pub(crate) async fn run_batch<A: BatchAction<Braze>>(
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

/// The answer to a request that is accepted as a whole.
pub(crate) fn success() -> Answer {
    Answer::json(201, json!({"message": "success"}))
}

/// Answers with a success status that do not say that the request was taken, nor that it was refused.
pub(crate) fn riddles() -> Vec<Answer> {
    vec![
        Answer::json(200, json!({})),
        Answer::json(201, json!({"ok": true})),
        Answer::json(201, json!({"message": ""})),
        Answer::json(201, json!(["success"])),
        Answer::text(200, "<html>ok</html>"),
        Answer::text(200, "success"),
        Answer::empty(204),
    ]
}

/// The part of a node that tells what became of the item.
pub(crate) fn verdict(node: &Value) -> Value {
    match &node["errortype"] {
        Value::Null => node["status"].clone(),
        code => json!([node["status"], code, node["errormessage"]]),
    }
}

/// What became of the items of a batch.
pub(crate) fn verdicts(outcome: &BatchRunOutcome) -> Vec<Value> {
    outcome.nodes().iter().map(verdict).collect()
}
