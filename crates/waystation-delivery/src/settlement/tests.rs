//! Every class of failure, and what it means.

use serde_json::json;
use waystation_kit::error::{NetworkFailure, NotSent};
use waystation_kit::{Error as ActionError, ErrorCode, ItemSuccess, Output};
use waystation_runtime::retry::{Verdict, Why};

use super::*;
use crate::testing::{NOW, attempt, leased, policy, trail};

const SPAN: Span = Span {
    started_at: NOW,
    finished_at: NOW,
};

const NEVER_UNKNOWN: UnknownOutcomes = UnknownOutcomes { so_far: 0, tries: 1 };

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn settle(leased: Leased, error: &Error, trail: &Trail) -> Settled {
    let failed_so = Failed::of_error(error, trail);
    let unknown = UnknownOutcomes {
        so_far: leased.unknown_outcomes + 1,
        tries: 1,
    };
    failed(
        leased,
        failed_so,
        unknown,
        trail,
        SPAN,
        Recorded::default(),
        &policy(),
    )
    .outcome
}

/// What a first attempt that was sent comes to.
fn of(error: ActionError) -> Settled {
    settle(
        leased(1, "all", &json!({})),
        &Error::Action(error),
        &trail(&[attempt(true)]),
    )
}

fn failure(settled: &Settled) -> &Failure {
    match settled {
        Settled::Again { failure, .. } | Settled::Dead { failure, .. } => failure,
        other => panic!("it should have failed: {other:?}"),
    }
}

#[test]
fn each_class_of_error_has_its_stage_and_status_and_comes_back_or_not() {
    let again = true;
    let cases = [
        (ActionError::payload("no"), Stage::Validation, Some(400), !again),
        (
            ActionError::invalid_authentication("no"),
            Stage::Authentication,
            Some(401),
            again,
        ),
        (
            ActionError::integration("no", ErrorCode::from_status(401), 401),
            Stage::Authentication,
            Some(401),
            again,
        ),
        (
            ActionError::integration("no", ErrorCode::from_status(400), 400),
            Stage::Delivery,
            Some(400),
            !again,
        ),
        (
            ActionError::integration("no", ErrorCode::from_status(503), 503),
            Stage::Delivery,
            Some(503),
            again,
        ),
        (ActionError::retryable("later"), Stage::Delivery, Some(500), again),
        (ActionError::internal("surprise"), Stage::Delivery, None, !again),
        (
            ActionError::SelfTimeout("slow".into()),
            Stage::Delivery,
            Some(408),
            again,
        ),
        (ActionError::Deadline, Stage::Delivery, Some(408), again),
        (
            ActionError::Timeout { limit: seconds(1) },
            Stage::Delivery,
            Some(504),
            again,
        ),
        (
            ActionError::Network {
                message: "broken".into(),
                failure: NetworkFailure::ConnectionReset,
            },
            Stage::Delivery,
            Some(503),
            again,
        ),
        (
            ActionError::NotSent {
                reason: NotSent::BreakerRefusing,
                after: seconds(2),
            },
            Stage::Delivery,
            Some(503),
            again,
        ),
    ];
    for (error, stage, status, comes_back) in cases {
        let settled = of(error.clone());
        let failure = failure(&settled);
        assert_eq!((failure.stage, failure.status), (stage, status), "{error:?}");
        assert_eq!(matches!(settled, Settled::Again { .. }), comes_back, "{error:?}");
    }
}

#[test]
fn credentials_that_could_not_be_refreshed_are_waited_for_unless_the_operator_wants_no_pause() {
    let refused = Error::Action(ActionError::invalid_authentication("no"));
    let error = Error::Credentials(Box::new(refused));
    let settled = settle(leased(1, "all", &json!({})), &error, &trail(&[attempt(true)]));
    assert!(matches!(settled, Settled::Again { .. }), "{settled:?}");
    assert_eq!(failure(&settled).stage, Stage::Authentication);

    let without_pause = DeliveryPolicy {
        credentials_refused: None,
        ..policy()
    };
    assert_eq!(paused(&without_pause, failure(&settled)), None);
}

#[test]
fn messages_hold_no_secrets() {
    let settled = of(ActionError::payload("hush-hush-hush is not valid"));
    assert!(!failure(&settled).message.contains("hush"), "{settled:?}");
    assert!(failure(&settled).message.ends_with("is not valid"), "{settled:?}");
}

#[test]
fn the_wait_that_the_partner_asks_for_is_kept() {
    let settled = of(ActionError::retryable("later")
        .with_status(503)
        .with_retry_after(seconds(600)));
    let Settled::Again { due, .. } = settled else {
        panic!("it comes back: {settled:?}");
    };
    assert!(due >= NOW.plus(seconds(600)), "{due}");
}

#[test]
fn a_delivery_whose_time_is_over_is_dead() {
    let late = Leased {
        horizon: NOW,
        ..leased(1, "all", &json!({}))
    };
    let error = Error::Action(ActionError::retryable("later"));
    let settled = settle(late, &error, &trail(&[attempt(true)]));
    assert!(matches!(settled, Settled::Dead { .. }), "{settled:?}");
}

#[test]
fn what_the_guards_have_always_held_back_comes_back_past_its_horizon() {
    let late = |attempts| Leased {
        horizon: NOW,
        attempts,
        ..leased(1, "all", &json!({}))
    };
    let error = Error::Action(ActionError::NotSent {
        reason: NotSent::Held,
        after: seconds(5),
    });
    let held_back = trail(&[attempt(false)]);
    assert_eq!(held_back.attempts(), 0);
    let settled = settle(late(0), &error, &held_back);
    assert!(matches!(settled, Settled::Again { .. }), "{settled:?}");
    let settled = settle(late(1), &error, &held_back);
    assert!(
        matches!(settled, Settled::Dead { .. }),
        "it was tried before: {settled:?}"
    );
}

#[test]
fn what_was_delivered_tells_its_status_and_attempts() {
    let outcome = EventOutcome::Performed {
        validated: true,
        output: Output::Nothing,
    };
    let trail = trail(&[attempt(true), attempt(true)]);
    let settled = of_event(
        leased(1, "all", &json!({})),
        &Ok(outcome),
        None,
        NEVER_UNKNOWN,
        &trail,
        SPAN,
        &policy(),
    );
    let Settled::Delivered { report, .. } = settled.outcome else {
        panic!("it is delivered: {settled:?}");
    };
    assert_eq!((report.status, report.attempts), (Some(200), 2));
    assert_eq!((report.started_at, report.finished_at), (NOW, NOW));
    assert!(report.call.is_some());
}

fn item(outcome: impl Into<ItemOutcome>) -> Settled {
    let outcome = outcome.into();
    let place = Place { size: 2, index: 1 };
    let trail = trail(&[attempt(true)]);
    of_item(
        leased(1, "all", &json!({})),
        &outcome,
        place,
        NEVER_UNKNOWN,
        &trail,
        SPAN,
        &policy(),
    )
    .outcome
}

#[test]
fn items_of_a_batch_are_settled_each_by_its_own_result() {
    let taken = ItemSuccess::new(json!({}), json!({})).with_status(201);
    let Settled::Delivered { report, .. } = item(taken) else {
        panic!("it is delivered");
    };
    assert_eq!(report.status, Some(201));

    let fault = ActionError::internal("the settings are not those of Shop");
    let settled = item(ItemError::from_error(&fault));
    assert!(matches!(settled, Settled::Dead { .. }), "as alone: {settled:?}");
    assert_eq!(
        (failure(&settled).status, &failure(&settled).error_type),
        (None, &None)
    );

    let settled = item(ItemError::payload("no"));
    assert!(matches!(settled, Settled::Dead { .. }), "{settled:?}");
    assert_eq!(failure(&settled).stage, Stage::Validation);
    assert_eq!(
        failure(&settled).error_type.as_deref(),
        Some("PAYLOAD_VALIDATION_FAILED")
    );

    // The partner's own validation is not ours.
    let refused = ItemError::payload("no").with_exchange(json!({}), json!({}));
    assert_eq!(failure(&item(refused)).stage, Stage::Delivery);

    let settled = item(ItemError::new(401, "who?"));
    assert_eq!(failure(&settled).stage, Stage::Authentication);

    let settled = item(ItemError::missing());
    assert!(matches!(settled, Settled::Dead { .. }), "{settled:?}");
    assert_eq!(
        failure(&settled).stage,
        Stage::Delivery,
        "nothing is wrong with the payload"
    );
    assert_eq!(
        failure(&settled).error_type.as_deref(),
        Some("MISCOUNTED_RESULTS")
    );

    let slow = ItemError {
        retry_after: Some(seconds(300)),
        ..ItemError::new(429, "slow down")
    };
    let Settled::Again { due, failure, .. } = item(slow) else {
        panic!("it comes back");
    };
    assert!(due >= NOW.plus(seconds(300)));
    assert_eq!(failure.status, Some(429));
}

#[test]
fn what_could_not_be_tried_is_dead_without_a_round_of_attempts() {
    let settled = untried(leased(7, "all", &json!({})), Stage::Connection, "gone", NOW);
    assert_eq!(settled.lease.delivery().0, 7);
    let Settled::Dead { failure, report } = settled.outcome else {
        panic!("it is dead");
    };
    assert_eq!(
        (failure.stage, failure.message.as_str()),
        (Stage::Connection, "gone")
    );
    assert_eq!(report.attempts, 0);
}

#[test]
fn a_lease_that_goes_back_is_no_outcome() {
    assert_eq!(outcome(&Settled::Returned), None);
    assert_eq!(
        outcome(&Settled::delivered(Report::unsent(NOW))),
        Some(Outcome::Delivered)
    );
}

#[test]
fn an_unknown_outcome_comes_back_once_and_is_a_dead_letter_of_its_own_stage_then() {
    let unclear = || ActionError::invalid_response("neither yes nor no");
    let Settled::Again { unknown_outcomes, .. } = of(unclear()) else {
        panic!("it has one further try");
    };
    assert_eq!(unknown_outcomes, 1);
    let before = Leased {
        unknown_outcomes,
        ..leased(1, "all", &json!({}))
    };
    let settled = settle(before, &Error::Action(unclear()), &trail(&[attempt(true)]));
    let Settled::Dead { failure, .. } = settled else {
        panic!("it had its further try: {settled:?}");
    };
    assert_eq!(
        (failure.stage, failure.status),
        (Stage::UnknownOutcome, Some(502))
    );
}

#[test]
fn an_ordinary_failure_after_an_unknown_outcome_comes_back() {
    let before = Leased {
        unknown_outcomes: 1,
        ..leased(1, "all", &json!({}))
    };
    let busy = Error::Action(ActionError::retryable("busy"));
    let settled = settle(before, &busy, &trail(&[attempt(true)]));
    assert!(matches!(settled, Settled::Again { .. }), "{settled:?}");
}

#[test]
fn a_complaint_about_what_was_taken_is_kept() {
    let taken = ItemSuccess::new(json!({}), json!({})).with_warning("hush-hush-hush is not known");
    let Settled::Delivered { warning, .. } = item(taken) else {
        panic!("it is delivered");
    };
    assert_eq!(warning.as_deref(), Some("<redacted> is not known"));
}

#[test]
fn a_refusal_without_a_code_has_the_error_type_of_its_status_alone_as_in_a_batch() {
    let failed_so = of(ActionError::api("no such list", 400));
    assert_eq!(failure(&failed_so).error_type.as_deref(), Some("BAD_REQUEST"));
}

#[test]
fn what_the_guards_hold_back_says_so_beside_the_failure() {
    let held = settle(
        leased(1, "all", &json!({})),
        &Error::Action(ActionError::NotSent {
            reason: NotSent::BreakerRefusing,
            after: seconds(1),
        }),
        &trail(&[attempt(false)]),
    );
    assert!(failure(&held).held_back.is_some(), "{held:?}");
    let mut later = attempt(false);
    later.verdict = Verdict::RetryAll {
        after: None,
        why: Why::NotSent(NotSent::BreakerRefusing),
    };
    let refused = settle(
        leased(1, "all", &json!({})),
        &Error::Action(ActionError::api("no room", 503)),
        &trail(&[attempt(true), later]),
    );
    let both = (
        failure(&refused).message.as_str(),
        failure(&refused).held_back.as_deref(),
    );
    assert_eq!(
        both,
        (
            "no room",
            Some("the partner keeps failing and is left alone for a while")
        )
    );
    let unsent = settle(
        leased(1, "all", &json!({})),
        &Error::Action(ActionError::payload("no name")),
        &trail(&[attempt(false)]),
    );
    assert_eq!(
        failure(&unsent).held_back,
        None,
        "nobody holds back what is no use"
    );
    let sent = of(ActionError::api("no such list", 400));
    assert_eq!(failure(&sent).held_back, None);
}
