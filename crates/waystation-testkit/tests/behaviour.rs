//! The testkit itself: what a failing test tells, and what snapshots hide.

use serde_json::json;
use waystation_kit::prelude::*;
use waystation_testkit::{Answer, Event, Harness, Partner};

/// A destination with one action.
struct Small;

#[derive(Debug, Deserialize, Settings)]
struct SmallSettings {
    /// Found in your account.
    key: Secret,
}

/// What is sent.
#[derive(Debug, Serialize, Deserialize, Payload)]
struct Send {
    /// What happened.
    #[field(default = path("$.event"), minimum = 2)]
    name: String,
}

impl Destination for Small {
    const SLUG: &'static str = "small";
    const NAME: &'static str = "Small";
    const DESCRIPTION: &'static str = "One action.";
    type Settings = SmallSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom).batch_action::<Send>()
    }

    fn extend_request(settings: &SmallSettings, _: &Auth) -> Result<RequestDefaults> {
        RequestDefaults::new().header("x-account", settings.key.expose())
    }
}

impl ActionInfo<Small> for Send {
    const SLUG: &'static str = "send";
    const TITLE: &'static str = "Send";
    const DESCRIPTION: &'static str = "Sends the name.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
}

impl Action<Small> for Send {
    async fn perform(cx: &Context<Small>, payload: Self) -> Result<Output> {
        let request = cx.post("https://api.small.example/send?token=abcdef");
        Ok(request.json(&payload).send().await?.into())
    }
}

impl BatchAction<Small> for Send {
    async fn perform_batch(cx: &Context<Small>, batch: Batch<Self>) -> Result<BatchOutput> {
        let sent: Vec<Value> = batch.payloads().map(|payload| json!(payload)).collect();
        let answer = cx.post("https://api.small.example/all").json(&sent).send().await;
        Ok(batch
            .settle(sent, answer, |answer, slots| {
                if answer.data().is_none_or(|body| body["forget"] != true) {
                    slots.succeed_others();
                }
                Ok(())
            })?
            .into())
    }
}

fn harness(partner: &Partner) -> Harness<Small> {
    Harness::new(partner, json!({"key": "very-secret"}))
}

/// The message of a panic.
#[cfg(test)]
fn message_of<T>(assertion: impl FnOnce() -> T) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(assertion));
    let message = panic.map(drop).expect_err("the assertion should fail");
    let text = message.downcast_ref::<String>().cloned();
    text.or_else(|| message.downcast_ref::<&str>().map(|&text| text.to_owned()))
        .expect("panics carry a message")
}

#[tokio::test]
async fn snapshots_show_the_partners_address_and_no_secrets() {
    let partner = Partner::start().await;
    partner.answers(200, json!({}));
    harness(&partner)
        .run::<Send>(Event::track("Signed Up"))
        .await
        .assert_delivered();
    assert_eq!(
        partner.snapshot(),
        json!([{
            "request": "POST https://api.small.example/send?token=<redacted>",
            "headers": {"content-type": "application/json", "x-account": "<redacted>"},
            "body": {"name": "Signed Up"},
        }])
    );
}

#[tokio::test]
async fn failed_assertions_say_what_came_instead() {
    let partner = Partner::start().await;
    partner.always_answers(400, json!({"message": "No such account"}));
    let harness = harness(&partner);

    let outcome = harness.run::<Send>(Event::track("Signed Up")).await;
    let message = message_of(|| outcome.assert_delivered());
    assert!(message.contains("No such account"), "{message}");
    outcome.assert_failed_with(400, "");
    let message = message_of(|| outcome.assert_failed_with(404, ""));
    assert!(message.contains("status Some(400)"), "{message}");

    let batch = harness.run_batch::<Send>([Event::track("Signed Up")]).await;
    let message = message_of(|| batch.assert_item(0).delivered());
    assert!(
        message.contains("item 0") && message.contains("BAD_REQUEST"),
        "{message}"
    );
    let message = message_of(|| {
        let _ = batch.assert_item(1);
    });
    assert!(message.contains("no item 1"), "{message}");

    let message = message_of(|| partner.assert_sent_once());
    assert!(message.contains("asked once, and was asked 2 times"), "{message}");
    assert!(message.contains("https://api.small.example/all"), "{message}");
}

#[tokio::test]
async fn an_action_that_notes_no_success_of_what_was_taken_is_told_so() {
    let partner = Partner::start().await;
    partner.answers(200, json!({"forget": true}));
    let batch = harness(&partner)
        .run_batch::<Send>([Event::track("Signed Up"), Event::track("Left")])
        .await;
    let message = message_of(|| batch.assert_delivered());
    assert!(message.contains("the action notes nothing about it"), "{message}");
    assert!(message.contains("`slots.succeed_others()`"), "{message}");
}

#[tokio::test]
async fn an_event_that_does_not_match_says_so() {
    let partner = Partner::start().await;
    let outcome = harness(&partner).run::<Send>(Event::identify()).await;
    outcome.assert_not_subscribed();
    let message = message_of(|| outcome.assert_delivered());
    assert!(
        message.contains("does not match the subscription `type = \"track\"`"),
        "{message}"
    );
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn mappings_and_subscriptions_can_be_replaced() {
    let partner = Partner::start().await;
    partner.answers(200, json!({})).answers(200, json!({}));
    let everything = || harness(&partner).subscribe("type = \"identify\"");
    let mapped = everything().map("name", "constant");
    mapped.run::<Send>(Event::identify()).await.assert_delivered();
    let whole = everything().mapping(json!({"name": {"@path": "$.userId"}}));
    whole
        .run::<Send>(Event::identify().user_id("u-1"))
        .await
        .assert_delivered();
    let requests = partner.assert_sent(2);
    assert_eq!(requests[0].json(), json!({"name": "constant"}));
    assert_eq!(requests[1].json(), json!({"name": "u-1"}));
}

#[tokio::test]
async fn answers_of_a_route_go_before_those_for_any_request() {
    let partner = Partner::start().await;
    partner.answers(200, json!("any"));
    partner
        .on("POST", "/send")
        .answers_with(Answer::empty(503))
        .answers(200, json!("route"));
    let harness = harness(&partner).retries(1);
    let first = harness.run::<Send>(Event::track("Signed Up")).await;
    assert_eq!(first.assert_attempts(2).assert_delivered(), json!("route"));
    let second = harness.run::<Send>(Event::track("Signed Up")).await;
    assert_eq!(second.assert_delivered(), json!("any"));
}

#[tokio::test]
#[should_panic(
    expected = "the partner was asked what the test has no answer for:\n  POST https://api.small.example/send"
)]
async fn requests_that_nobody_expected_fail_the_test() {
    let partner = Partner::start().await;
    let outcome = harness(&partner).run::<Send>(Event::track("Signed Up")).await;
    assert_eq!(outcome.assert_failed().status(), Some(404));
}

#[tokio::test]
#[should_panic(expected = "the settings do not fit")]
async fn settings_are_validated() {
    let partner = Partner::start().await;
    let harness = Harness::<Small>::new(&partner, json!({}));
    let _ = harness.run::<Send>(Event::track("Signed Up")).await;
}
