//! Campaigns, Canvases, aliases and identification.

use serde_json::{Value, json};
use waystation_destination_braze::actions::{
    CreateAlias, CreateAlias2, IdentifyUser, IdentifyUser2, TriggerCampaign, TriggerCanvas,
};
use waystation_kit::SyncMode;
use waystation_testkit::{Answer, Partner, RunOutcome};

use crate::support::{event, harness, harness_with, riddles, run, saying, success};

/// The actions that are sent one at a time.
const SLUGS: [&str; 6] = [
    "createAlias",
    "createAlias2",
    "identifyUser",
    "identifyUser2",
    "triggerCampaign",
    "triggerCanvas",
];

/// Sends a fitting payload by an action.
async fn sent_by(slug: &str, answer: Answer) -> RunOutcome {
    let partner = saying([answer]).await;
    let alias = json!({"alias_name": "n", "alias_label": "l"});
    let identified = json!({"external_id": "u-1", "user_alias": alias});
    let sync_mode = SyncMode::Add;
    match slug {
        "createAlias" => run::<CreateAlias>(&partner, &alias).await,
        "createAlias2" => {
            let harness = harness_with::<CreateAlias2>(&partner, sync_mode);
            harness.run::<CreateAlias2>(event(&alias)).await
        }
        "identifyUser" => run::<IdentifyUser>(&partner, &identified).await,
        "identifyUser2" => {
            let harness = harness_with::<IdentifyUser2>(&partner, sync_mode);
            harness.run::<IdentifyUser2>(event(&identified)).await
        }
        "triggerCampaign" => run::<TriggerCampaign>(&partner, &campaign()).await,
        _ => run::<TriggerCanvas>(&partner, &json!({"canvas_id": "c-1", "broadcast": true})).await,
    }
}

fn campaign() -> Value {
    json!({"campaign_id": "c-1", "recipients": [{"external_user_id": "u-1"}]})
}

#[tokio::test]
async fn the_word_success_without_errors_is_taken() {
    for slug in SLUGS {
        for body in [
            json!({"message": "success"}),
            json!({"message": "success", "errors": []}),
            json!({"message": "success", "aliases_processed": 1, "dispatch_id": "d-1"}),
        ] {
            sent_by(slug, Answer::json(201, body)).await.assert_delivered();
        }
        let as_text = Answer::text(201, r#"{"message": "success"}"#);
        sent_by(slug, as_text).await.assert_delivered();
    }
}

#[tokio::test]
async fn a_success_that_lists_errors_or_has_another_word_is_a_refusal() {
    for slug in SLUGS {
        for (body, words) in [
            (
                json!({"message": "success", "errors": ["no such person"]}),
                "no such person",
            ),
            (
                json!({"message": "success", "errors": [{"type": "unknown", "index": 0}, {"message": "late"}]}),
                "unknown; late",
            ),
            (
                json!({"message": "the audience is empty"}),
                "the audience is empty",
            ),
            (json!({"message": "not done", "errors": ["x"]}), "not done; x"),
            (json!({"errors": ["x"]}), "x"),
        ] {
            let outcome = sent_by(slug, Answer::json(201, body.clone())).await;
            let error = outcome.assert_failed_with(400, "400");
            assert_eq!(error.to_string(), words, "{slug}: {body}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_understood_leaves_the_outcome_unknown() {
    for slug in SLUGS {
        for riddle in riddles() {
            let outcome = sent_by(slug, riddle).await;
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            let is_unknown = error
                .action()
                .is_some_and(waystation_kit::Error::outcome_is_unknown);
            assert!(is_unknown, "{slug}: {error:?}");
        }
    }
}

#[tokio::test]
async fn nothing_processed_is_a_refusal() {
    let none = || Answer::json(201, json!({"message": "success", "aliases_processed": 0}));
    for slug in ["createAlias", "createAlias2", "identifyUser", "identifyUser2"] {
        let outcome = sent_by(slug, none()).await;
        let error = outcome.assert_failed_with(400, "400");
        assert!(error.to_string().contains("aliases_processed"), "{slug}: {error}");
    }
}

#[tokio::test]
async fn the_prioritization_goes_to_each_recipient() {
    let partner = saying([success()]).await;
    let payload = json!({
        "campaign_id": "c-1",
        "recipients": [{"email": "ada@example.com"}],
        "prioritization": {"first_priority": "identified", "second_priority": "most_recently_updated"},
    });
    run::<TriggerCampaign>(&partner, &payload)
        .await
        .assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({
            "campaign_id": "c-1",
            "recipients": [{
                "email": "ada@example.com",
                "prioritization": ["identified", "most_recently_updated"],
            }],
        })
    );
}

#[tokio::test]
async fn a_message_goes_to_everybody_or_to_somebody() {
    let recipients = json!([{"external_user_id": "u-1"}]);
    for payload in [
        json!({"canvas_id": "c-1"}),
        json!({"canvas_id": "c-1", "recipients": []}),
        json!({"canvas_id": "c-1", "broadcast": true, "recipients": recipients}),
    ] {
        let partner = Partner::start().await;
        let outcome = run::<TriggerCanvas>(&partner, &payload).await;
        outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
        partner.assert_nothing_sent();
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_words_of_braze_with_the_wait_that_it_asks_for() {
    let partner = saying([
        Answer::json(404, json!({"message": "no such campaign"})),
        Answer::json(429, json!({"message": "slow down"})).header("x-ratelimit-retry-after", "9"),
    ])
    .await;
    let harness = harness::<TriggerCampaign>(&partner);
    let refused = harness.run::<TriggerCampaign>(event(&campaign())).await;
    assert_eq!(
        refused.assert_failed_with(404, "404").to_string(),
        "no such campaign"
    );
    let limited = harness.run::<TriggerCampaign>(event(&campaign())).await;
    let error = limited.assert_failed_with(429, "429");
    assert_eq!(error.to_string(), "slow down");
    let wait = error.action().and_then(waystation_kit::Error::retry_after);
    assert_eq!(wait.map(|wait| wait.as_secs()), Some(9));
}

#[tokio::test]
async fn whoever_was_not_identified_is_an_error() {
    let body =
        json!({"message": "success", "errors": [{"type": "unknown alias"}, {"type": "unknown email"}]});
    let partner = saying([Answer::json(201, body)]).await;
    let payload = json!({
        "external_id": "u-1",
        "user_alias": {"alias_name": "n", "alias_label": "l"},
        "email_to_identify": "ada@example.com",
        "prioritization": {"first_priority": "unidentified"},
    });
    let harness = harness_with::<IdentifyUser2>(&partner, SyncMode::Add);
    let outcome = harness.run::<IdentifyUser2>(event(&payload)).await;
    assert_eq!(
        outcome.assert_failed_with(400, "400").to_string(),
        "unknown alias; unknown email"
    );
}

#[tokio::test]
async fn an_alias_of_nobody_has_no_external_id() {
    for external_id in [json!(""), json!(null)] {
        let partner = saying([success()]).await;
        let payload = json!({"external_id": external_id, "alias_name": "n", "alias_label": "l"});
        run::<CreateAlias>(&partner, &payload).await.assert_delivered();
        assert_eq!(
            partner.assert_sent_once().json(),
            json!({"user_aliases": [{"alias_name": "n", "alias_label": "l"}]})
        );
    }
}
