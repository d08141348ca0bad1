//! The definition and the credentials.

use serde_json::json;
use waystation_destination_mixpanel::Mixpanel;
use waystation_destination_mixpanel::actions::TrackEvent;
use waystation_testkit::{Event, Harness, Partner, Rule, check_except};

use crate::support::{harness, imported};

/// The project token is declared as plain text, since pages that send events to Mixpanel show it to everybody. It is a
/// `Secret` all the same: it may open the Import API.
#[test]
fn the_definition_holds_together() {
    check_except::<Mixpanel>(&[(Rule::SecretsAreHidden, "settings.projectToken")]);
}

#[tokio::test]
async fn an_unknown_token_is_reported() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/app/validate-project-credentials/")
        .answers(400, json!({"error": "no such project"}));
    let error = harness(&partner).test_authentication().await.unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({"project_token": "token-1"})
    );
}

#[tokio::test]
async fn imports_open_with_the_secret_or_else_with_the_token() {
    let with_secret = json!({"projectToken": "t", "apiSecret": "s"});
    let without_secret = json!({"projectToken": "t"});
    // The credentials are the text `s:` or `t:` in base 64.
    for (settings, feature, authorization) in [
        (&with_secret, "none", "Basic czo="),
        (&without_secret, "none", "Basic dDo="),
        (&with_secret, "actions-mixpanel-project-token-auth", "Basic dDo="),
    ] {
        let partner = Partner::start().await;
        partner.on("POST", "/import").answers(200, imported());
        let harness = Harness::<Mixpanel>::new(&partner, settings.clone()).feature(feature);
        harness
            .run::<TrackEvent>(Event::track("Song Played"))
            .await
            .assert_delivered();
        let request = partner.assert_sent_once();
        assert_eq!(
            request.header("authorization"),
            Some(authorization),
            "{settings} {feature}"
        );
        assert_eq!(request.query("strict").as_deref(), Some("1"));
    }
}
