//! The breaker's states, attempt by attempt.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::{advance, sleep};

use super::*;
use crate::guards::settings::Share;
use crate::retry::Jitter;

const SECOND: Duration = Duration::from_secs(1);

fn settings() -> BreakerSettings {
    BreakerSettings {
        consecutive_failures: NonZeroU32::new(3).unwrap(),
        least_requests: NonZeroU32::new(10).unwrap(),
        longest_wait: 5 * SECOND,
        jitter: Jitter::None,
        ..BreakerSettings::default()
    }
}

/// Attempts that end with these results.
fn see(breaker: &Breaker, results: impl IntoIterator<Item = Health>) -> BreakerState {
    for health in results {
        breaker.admit().unwrap().judge(health);
    }
    breaker.state()
}

/// The whole seconds that a refusal names.
fn refused_for(breaker: &Breaker) -> u64 {
    let Err(Error::NotSent {
        reason: NotSent::BreakerRefusing,
        after,
    }) = breaker.admit()
    else {
        panic!("admitted");
    };
    after.as_secs()
}

fn tripped() -> Breaker {
    let breaker = Breaker::new(settings());
    assert_eq!(see(&breaker, [Health::Failing; 3]), BreakerState::Refusing);
    breaker
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_are_too_many() {
    let breaker = Breaker::new(settings());
    let twice = [Health::Failing, Health::Failing, Health::Taking];
    assert_eq!(see(&breaker, twice), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Failing; 2]), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Answering]), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Failing; 3]), BreakerState::Refusing);
}

#[tokio::test(start_paused = true)]
async fn a_share_of_failures_is_too_much_once_there_are_enough_attempts() {
    let breaker = Breaker::new(settings());
    let half = || [Health::Failing, Health::Taking];
    for _ in 0..4 {
        assert_eq!(see(&breaker, half()), BreakerState::Admitting);
    }
    assert_eq!(see(&breaker, [Health::Taking]), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Failing]), BreakerState::Refusing);

    let lenient = Breaker::new(BreakerSettings {
        failure_share: Share::percent(60),
        ..settings()
    });
    for _ in 0..20 {
        assert_eq!(see(&lenient, half()), BreakerState::Admitting);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_the_window_does_not_count() {
    let breaker = Breaker::new(settings());
    for _ in 0..4 {
        see(&breaker, [Health::Failing, Health::Taking]);
    }
    advance(settings().window).await;
    assert_eq!(
        see(&breaker, [Health::Taking, Health::Failing]),
        BreakerState::Admitting
    );
}

#[tokio::test(start_paused = true)]
async fn limits_weigh_in_the_share_but_not_in_a_row() {
    let breaker = Breaker::new(settings());
    assert_eq!(see(&breaker, [Health::Limiting; 9]), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Limiting]), BreakerState::Refusing);
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_about_the_partner_changes_nothing() {
    let breaker = Breaker::new(settings());
    assert_eq!(see(&breaker, [Health::Unknown; 50]), BreakerState::Admitting);
    assert_eq!(see(&breaker, [Health::Answering; 50]), BreakerState::Admitting);
}

#[tokio::test(start_paused = true)]
async fn one_probe_at_a_time_decides() {
    let breaker = tripped();
    assert_eq!(refused_for(&breaker), 1);
    assert_eq!(breaker.room(Instant::now()), 0);
    advance(SECOND).await;
    assert_eq!(breaker.room(Instant::now()), 1);
    let probe = breaker.admit().unwrap();
    assert_eq!(probe.entered, Some(BreakerState::Probing));
    assert_eq!(refused_for(&breaker), 1);
    assert_eq!(probe.judge(Health::Taking), Some(BreakerState::Admitting));
    assert_eq!(
        see(&breaker, [Health::Failing; 2]),
        BreakerState::Admitting,
        "a fresh start"
    );
}

#[tokio::test(start_paused = true)]
async fn waits_between_probes_grow() {
    let breaker = tripped();
    for wait in [1, 2, 4, 5, 5] {
        assert_eq!(refused_for(&breaker), wait);
        assert_eq!(
            breaker.ready_at(Instant::now()),
            Some(Instant::now() + SECOND * u32::try_from(wait).unwrap())
        );
        advance(SECOND * u32::try_from(wait).unwrap()).await;
        assert_eq!(breaker.ready_at(Instant::now()), None);
        assert_eq!(
            breaker.admit().unwrap().judge(Health::Limiting),
            Some(BreakerState::Refusing)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_given_up_is_left_to_the_next() {
    let breaker = tripped();
    advance(SECOND).await;
    drop(breaker.admit().unwrap());
    assert_eq!(see(&breaker, [Health::Taking]), BreakerState::Admitting);
}

#[tokio::test(start_paused = true)]
async fn results_of_an_earlier_term_say_nothing() {
    let breaker = Breaker::new(settings());
    let slow: Vec<Pass<'_>> = (0..5).map(|_| breaker.admit().unwrap()).collect();
    see(&breaker, [Health::Failing; 3]);
    advance(SECOND).await;
    let probe = breaker.admit().unwrap();
    for pass in slow {
        assert_eq!(pass.judge(Health::Failing), None);
    }
    assert_eq!(probe.judge(Health::Taking), Some(BreakerState::Admitting));
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_sent_back_when_the_breaker_begins_to_refuse() {
    let breaker = Breaker::new(settings());
    let (waited, ()) = tokio::join!(breaker.unless_tripped(sleep(60 * SECOND)), async {
        sleep(SECOND).await;
        see(&breaker, [Health::Failing; 3]);
    });
    assert!(matches!(waited, Err(Error::NotSent { .. })), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn jitter_only_lengthens_the_wait() {
    for _ in 0..100 {
        let breaker = Breaker::new(BreakerSettings {
            first_wait: 10 * SECOND,
            longest_wait: 10 * SECOND,
            jitter: Jitter::Upward,
            ..settings()
        });
        see(&breaker, [Health::Failing; 3]);
        let wait = refused_for(&breaker);
        assert!((10..=15).contains(&wait), "{wait} s");
    }
}
