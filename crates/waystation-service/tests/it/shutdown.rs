//! The end of the service.

use std::time::Duration;

use serde_json::json;
use waystation_http::Stopped;
use waystation_testkit::{Answer, Partner};

use crate::support::{Home, Running, to, webhook};

/// A service that waits for the partner's answer, which takes so long.
async fn waiting(home: &Home, partner: &Partner, answer: Duration, grace: &str) -> Running {
    partner.answers_with(Answer::json(200, json!({})).after(answer));
    partner.always_answers(200, json!({}));
    home.write(&format!(
        "server.shutdown_grace = \"{grace}\"\n{}{}",
        to(partner),
        webhook("hook", "")
    ));
    let service = home.start().await;
    assert_eq!(service.track("m-1").await.status, 200);
    service
        .until("the partner is asked", || async { partner.requests().len() == 1 })
        .await;
    service
}

#[tokio::test]
async fn what_is_under_way_ends_within_the_grace() {
    let (home, partner) = (Home::new(), Partner::start().await);
    let service = waiting(&home, &partner, Duration::from_millis(300), "20s").await;
    assert_eq!(service.stop().await, Stopped::Clean);
    let service = home.start().await;
    service.until_counted(&[("accepted", 1), ("delivered", 1)]).await;
    service.stop().await;
    partner.assert_sent(1);
}

#[tokio::test]
async fn what_takes_longer_than_the_grace_is_delivered_after_the_next_start() {
    let (home, partner) = (Home::new(), Partner::start().await);
    let service = waiting(&home, &partner, Duration::from_secs(60), "100ms").await;
    assert_eq!(service.stop().await, Stopped::Forced);
    let service = home.start().await;
    service.until_counted(&[("accepted", 1), ("delivered", 1)]).await;
    service.stop().await;
    partner.assert_sent(2);
}

#[tokio::test]
async fn a_second_signal_ends_the_grace() {
    let (home, partner) = (Home::new(), Partner::start().await);
    let service = waiting(&home, &partner, Duration::from_secs(60), "1h").await;
    // Whoever waits for the second begins to once the first has come.
    service
        .until("the second signal has come", || async {
            if service.is_listening() {
                service.signal();
            }
            service.has_ended()
        })
        .await;
    assert_eq!(service.end().await, Stopped::Forced);
    let service = home.start().await;
    service.until_counted(&[("accepted", 1), ("delivered", 1)]).await;
    service.stop().await;
}

/// Senders that do not know yet that the service is about to stop lose nothing, and hear of it.
#[tokio::test]
async fn events_are_taken_until_deliveries_have_ended() {
    let (home, partner) = (Home::new(), Partner::start().await);
    let service = waiting(&home, &partner, Duration::from_secs(60), "1h").await;
    assert_eq!(service.get("/readyz").await.status, 200);
    service
        .until("it listens for signals", || async { service.is_listening() })
        .await;
    service.signal();
    service
        .until("it says that it is about to stop", || async {
            service.get("/readyz").await.status == 503
        })
        .await;
    assert_eq!(service.get("/healthz").await.status, 200);
    let answer = service.track("m-2").await;
    assert_eq!(
        (answer.status, answer.header("connection").as_str()),
        (200, "close"),
        "{answer:?}"
    );
    // Nothing else is begun meanwhile.
    partner.assert_sent(1);
    service
        .until("a second signal ends it", || async {
            if service.is_listening() {
                service.signal();
            }
            service.has_ended()
        })
        .await;
    assert_eq!(service.end().await, Stopped::Forced);
    let service = home.start().await;
    service.until_counted(&[("accepted", 2), ("delivered", 2)]).await;
    service.stop().await;
}
