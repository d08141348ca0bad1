//! A 401 of an OAuth destination.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use serde_json::json;
use waystation_kit::{Error, ErrorCode};
use waystation_runtime::GuardSettings;

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, NotedTokens, statuses};

/// A partner that accepts one token alone, and hands it out.
fn accepting(token: &'static str) -> Partner {
    Partner::answering(move |_, asked| match asked.path.as_str() {
        "/token" => Reply::tokens(token).after(Duration::from_millis(100)),
        _ if asked.token == token => Reply::status(200),
        _ => Reply::status(401).after(Duration::from_millis(10)),
    })
}

fn token_requests(bench: &Bench) -> usize {
    bench
        .partner
        .asked()
        .iter()
        .filter(|asked| asked.path == "/token")
        .count()
}

#[tokio::test(start_paused = true)]
async fn two_calls_that_are_refused_at_once_share_one_refresh() {
    let store = Arc::new(NotedTokens::default());
    let bench = Bench::with_store(accepting("new"), Arc::clone(&store) as _);
    let (one, two) = tokio::join!(bench.event(), bench.event());
    assert!(one.result.is_ok() && two.result.is_ok(), "{one:?} {two:?}");
    assert_eq!(token_requests(&bench), 1);
    assert_eq!(store.locks.load(SeqCst), 1);
    assert_eq!(store.saved.lock().unwrap().len(), 1);
    assert_eq!(one.attempts.len(), 1, "a refresh belongs to the attempt");
}

#[tokio::test(start_paused = true)]
async fn the_next_call_uses_the_fresh_token() {
    let bench = Bench::new(accepting("new"));
    assert!(bench.event().await.result.is_ok());
    assert!(bench.event().await.result.is_ok());
    let tokens: Vec<String> = bench
        .partner
        .asked()
        .into_iter()
        .map(|asked| asked.token)
        .collect();
    assert_eq!(
        tokens,
        ["old", "", "new", "new"],
        "a token request carries no token"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_fresh_token_is_an_error_and_not_refreshed_again() {
    let bench = Bench::new(Partner::answering(|_, asked| match asked.path.as_str() {
        "/token" => Reply::tokens("new"),
        _ => Reply::status(401),
    }));
    let report = bench.event().await;
    assert!(matches!(
        report.result.unwrap_err().action(),
        Some(Error::Http(_))
    ));
    assert_eq!(token_requests(&bench), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_without_tokens_keeps_why_it_was_needed() {
    let bench = Bench::new(Partner::answering(|_, asked| match asked.path.as_str() {
        "/token" => Reply::status(200),
        _ => Reply::status(401),
    }));
    let error = bench.event().await.result.unwrap_err();
    let Some(Error::InvalidAuthentication {
        code,
        cause: Some(cause),
        ..
    }) = error.action()
    else {
        panic!("{error:?}");
    };
    assert_eq!(*code, ErrorCode::OAUTH_REFRESH_FAILED);
    assert_eq!(cause.status(), Some(401));
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_is_a_matter_of_the_credentials_and_not_of_the_event() {
    for reply in [
        Reply::status(400),
        Reply::status(403),
        Reply::status(200).body(json!({"access_token": 7})),
    ] {
        let partner = Partner::answering(move |_, asked| match asked.path.as_str() {
            "/token" => reply.clone(),
            _ => Reply::status(401),
        });
        let bench = Bench::guarded(partner, GuardSettings::default());
        let error = bench.event().await.result.unwrap_err();
        let action = error.action().unwrap();
        assert_eq!(action.code(), Some(ErrorCode::OAUTH_REFRESH_FAILED), "{error:?}");
        assert_eq!(action.status(), Some(401), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_refused_items_are_sent_again() {
    let bench = Bench::new(Partner::answering(|_, asked| {
        match (asked.path.as_str(), asked.token.as_str()) {
            ("/token", _) => Reply::tokens("new"),
            (_, "old") => Reply::results(&[200, 401, 400, 401]),
            _ => Reply::results(&[201, 202]),
        }
    }));
    let report = bench.batch(["a", "b", "c", "d"].map(|id| json!(id))).await;
    assert_eq!(statuses(&report), [200, 201, 400, 202]);
    assert_eq!(
        bench.partner.sent(),
        [vec!["a", "b", "c", "d"], vec![], vec!["b", "d"]]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_costs_only_the_refused_items() {
    let bench = Bench::new(Partner::answering(|_, asked| match asked.path.as_str() {
        "/token" => Reply::status(400),
        _ => Reply::results(&[200, 401, 200]),
    }));
    let report = bench.batch(["a", "b", "c"].map(|id| json!(id))).await;
    assert_eq!(statuses(&report), [200, 400, 200]);
    assert_eq!(bench.partner.sent().len(), 2, "nothing delivered is sent again");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_for_a_while_is_tried_again_with_the_refused_items() {
    let bench = Bench::new(Partner::answering(|number, asked| {
        match (asked.path.as_str(), number) {
            ("/token", 1) => Reply::status(503),
            ("/token", _) => Reply::tokens("new"),
            _ if asked.token == "new" => Reply::results(&[202]),
            _ if asked.ids.len() == 1 => Reply::results(&[401]),
            _ => Reply::results(&[200, 401, 200]),
        }
    }));
    let report = bench.batch(["a", "b", "c"].map(|id| json!(id))).await;
    assert_eq!(statuses(&report), [200, 202, 200]);
    assert_eq!(report.attempts.len(), 2);
}
