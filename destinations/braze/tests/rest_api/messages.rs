//! Campaigns, Canvases and identification.

use serde_json::json;
use waystation_kit::{Error, SyncMode};

use crate::support::{Connection, Partner, answer, success};

#[tokio::test]
async fn the_prioritization_goes_to_each_recipient() {
    let partner = Partner::new([success()]);
    let payload = json!({
        "campaign_id": "c-1",
        "recipients": [{"email": "ada@example.com"}],
        "prioritization": {"first_priority": "identified", "second_priority": "most_recently_updated"},
    });
    Connection::new(&partner)
        .perform("triggerCampaign", payload)
        .await
        .unwrap();
    assert_eq!(
        partner.requests()[0].body,
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
        let partner = Partner::new([]);
        let error = Connection::new(&partner)
            .perform("triggerCanvas", payload.clone())
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::PayloadValidation(_)),
            "{payload}: {error:?}"
        );
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_words_of_braze() {
    let partner = Partner::new([answer(404, json!({"message": "no such campaign"}))]);
    let payload = json!({"campaign_id": "c-1", "broadcast": true});
    let error = Connection::new(&partner)
        .perform("triggerCampaign", payload)
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.to_string().as_str()),
        (Some(404), "no such campaign")
    );
}

#[tokio::test]
async fn whoever_was_not_identified_is_an_error() {
    let body =
        json!({"message": "success", "errors": [{"type": "unknown alias"}, {"type": "unknown email"}]});
    let partner = Partner::new([answer(201, body)]);
    let payload = json!({
        "external_id": "u-1",
        "user_alias": {"alias_name": "n", "alias_label": "l"},
        "email_to_identify": "ada@example.com",
        "prioritization": {"first_priority": "unidentified"},
    });
    let connection = Connection::with_sync_mode(&partner, SyncMode::Add);
    let error = connection.perform("identifyUser2", payload).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert_eq!(error.to_string(), "unknown alias; unknown email");
}
