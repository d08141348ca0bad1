//! Jobs go the way of all other deliveries: guards, retries, fresh tokens, history.

use std::num::NonZeroU32;
use std::time::Duration;

use waystation_kit::jobs::JobState;
use waystation_runtime::GuardSettings;
use waystation_runtime::guards::RateLimitSettings;
use waystation_runtime::retry::{Attempt, History};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards};

/// A limit that never frees a place in the course of a test, so that what is left says who has passed.
fn counting() -> GuardSettings {
    GuardSettings {
        rate_limit: Some(RateLimitSettings {
            requests: NonZeroU32::new(10).unwrap(),
            per: Duration::from_hours(10_000),
            burst: NonZeroU32::new(10).unwrap(),
        }),
        ..no_guards()
    }
}

fn passes(bench: &Bench) -> usize {
    10 - bench.guards().state().rate.unwrap().room
}

fn waits(attempts: &[Attempt]) -> Vec<Option<u64>> {
    let waits = attempts.iter().map(|attempt| attempt.waited);
    waits.map(|wait| wait.as_ref().map(Duration::as_secs)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_submission_that_fails_for_now_is_made_again_past_the_guards() {
    let partner = Partner::in_order([Reply::status(503), Reply::status(429), Reply::status(202)]);
    let bench = Bench::guarded(partner, counting());
    let history = History::default();
    let submission = bench.submit(&["a", "b"], &history).await.unwrap();
    assert_eq!(
        (submission.job_id.as_deref(), submission.status),
        (Some("job-1"), 202)
    );
    assert_eq!((submission.items.len(), passes(&bench)), (2, 3));
    assert_eq!(waits(&history.attempts()), [Some(1), Some(2), None]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_fails_for_now_is_asked_again_after_the_partners_wait() {
    let busy = Reply::status(429).header("retry-after", "3");
    let bench = Bench::guarded(Partner::in_order([busy, Reply::status(200)]), counting());
    let history = History::default();
    let status = bench.poll(&history).await.unwrap();
    assert_eq!(status.state, Some(JobState::InProgress));
    assert_eq!(
        (passes(&bench), waits(&history.attempts())),
        (2, vec![Some(3), None])
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_refreshed_for_jobs_as_well() {
    let partner = Partner::answering(|_, asked| match (asked.path.as_str(), asked.token.as_str()) {
        ("/token", _) => Reply::tokens("new"),
        (_, "new") => Reply::status(200),
        _ => Reply::status(401),
    });
    let bench = Bench::new(partner);
    let history = History::default();
    assert!(bench.poll(&history).await.is_ok());
    assert!(bench.submit(&["a"], &history).await.unwrap().job_id.is_some());
    let paths: Vec<String> = bench
        .partner
        .asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(paths, ["/imports/job-1", "/token", "/imports/job-1", "/imports"]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_never_answered_keeps_the_partners_wait() {
    let busy = Reply::status(503).header("retry-after", "100");
    let bench = Bench::new(Partner::in_order([busy]));
    let history = History::default();
    let error = bench.poll(&history).await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    let attempts = history.attempts();
    let wanted = attempts[0].verdict.wanted_wait();
    assert_eq!((attempts.len(), wanted), (1, Some(Duration::from_secs(100))));
}
