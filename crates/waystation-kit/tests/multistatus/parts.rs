//! A batch in several requests.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_kit::multistatus::{Part, PartLimits, Parts};
use waystation_kit::{Error, ItemError, ItemOutcome, MultiStatusResponse, Result};

use crate::partner::{Behaviour, behaviour, response};
use crate::rows::{ENVELOPE, Row, batch, limits, longest_item, rows};

/// A request that went out, and how the partner behaved.
#[derive(Debug)]
struct Exchange {
    slots: Vec<usize>,
    sent: Vec<Value>,
    body: Vec<u8>,
    behaviour: Behaviour,
}

impl Exchange {
    fn concerns_the_attempt(&self) -> bool {
        self.behaviour.concerns_the_attempt(self.slots.len())
    }
}

fn body_of(part: &Part) -> Vec<u8> {
    part.json_between(ENVELOPE.0, ENVELOPE.1)
}

/// Sends a whole batch, the partner behaving as told, over and over.
fn deliver(
    rows: &[Row],
    limits: PartLimits,
    behaviours: &[Behaviour],
) -> (Vec<Exchange>, Result<MultiStatusResponse>) {
    let mut parts = Parts::grouped(batch(rows), limits, |row: &Row| row.group, |row| row.to_wire());
    let mut exchanges = Vec::new();
    let mut coming = behaviours.iter().cycle().cloned();
    while let Some(part) = parts.next_part() {
        let behaviour = coming.next().unwrap();
        exchanges.push(Exchange {
            slots: part.slots().iter().map(|slot| slot.place()).collect(),
            sent: part.items().to_vec(),
            body: body_of(&part),
            behaviour: behaviour.clone(),
        });
        parts.settle(part, behaviour.result(), |_, slots| behaviour.read(slots));
    }
    (exchanges, parts.finish())
}

fn fits(row: &Row, limits: PartLimits) -> bool {
    row.is_writable && row.bytes() <= longest_item(limits)
}

proptest! {
    #[test]
    fn every_item_that_fits_goes_out_once_and_in_order(rows in rows(), limits in limits()) {
        let (exchanges, _) = deliver(&rows, limits, &[Behaviour::Accepts]);
        let went_out: Vec<usize> = exchanges.iter().flat_map(|exchange| exchange.slots.clone()).collect();
        let mut expected: Vec<usize> =
            rows.iter().filter(|row| fits(row, limits)).map(|row| row.number).collect();
        expected.sort_by_key(|slot| rows[*slot].group);
        prop_assert_eq!(went_out, expected);
        for exchange in &exchanges {
            let wire: Vec<Value> = exchange.slots.iter().map(|slot| rows[*slot].sent()).collect();
            prop_assert_eq!(&exchange.sent, &wire);
        }
    }

    #[test]
    fn requests_keep_the_limits_and_are_as_full_as_they_allow(rows in rows(), limits in limits()) {
        let (exchanges, _) = deliver(&rows, limits, &[Behaviour::Accepts]);
        for exchange in &exchanges {
            let written = serde_json::to_vec(&json!({"batch": exchange.sent})).unwrap();
            prop_assert_eq!(&exchange.body, &written, "what is measured is what is sent");
            prop_assert!(written.len() <= limits.bytes, "{} bytes of {}", written.len(), limits.bytes);
            prop_assert!((1..=limits.items).contains(&exchange.sent.len()));
            prop_assert!(exchange.slots.iter().all(|slot| rows[*slot].group == rows[exchange.slots[0]].group));
        }
        for pair in exchanges.windows(2) {
            let (full, next) = (&pair[0], &rows[pair[1].slots[0]]);
            let has_room = full.body.len() + 1 + next.bytes() <= limits.bytes && full.sent.len() < limits.items;
            prop_assert!(!has_room || rows[full.slots[0]].group != next.group, "row {} had room", next.number);
        }
    }

    #[test]
    fn an_error_is_thrown_only_if_nothing_was_settled(
        rows in rows(),
        limits in limits(),
        behaviours in proptest::collection::vec(behaviour(), 1..5),
    ) {
        let (exchanges, result) = deliver(&rows, limits, &behaviours);
        let all_failed = !exchanges.is_empty() && exchanges.iter().all(Exchange::concerns_the_attempt);
        prop_assert_eq!(result.is_err(), all_failed, "{:?}", exchanges);
        if let Err(error) = result {
            let first = exchanges[0].behaviour.status_for_items();
            prop_assert_eq!(ItemError::from_error(&error).status, first, "the first error is the one thrown");
        }
    }

    #[test]
    fn each_item_gets_the_answer_to_its_own_request(
        rows in rows(),
        limits in limits(),
        behaviours in proptest::collection::vec(behaviour(), 1..5),
    ) {
        let (exchanges, result) = deliver(&rows, limits, &behaviours);
        let Ok(results) = result else { return Ok(()) };
        let outcomes = results.into_outcomes();
        prop_assert_eq!(outcomes.len(), rows.len());
        for (row, outcome) in rows.iter().zip(&outcomes) {
            let sent_in = exchanges.iter().find_map(|exchange| {
                let place = exchange.slots.iter().position(|slot| *slot == row.number)?;
                Some((exchange, place))
            });
            match sent_in {
                Some((exchange, place)) => check_answered(row, outcome, exchange, place)?,
                None => check_held_back(row, outcome)?,
            }
        }
    }
}

/// An item that never went out says why, and that it did not.
fn check_held_back(row: &Row, outcome: &ItemOutcome) -> Result<(), TestCaseError> {
    let ItemOutcome::Error(error) = outcome else {
        return Err(TestCaseError::fail(format!("row {} was never sent", row.number)));
    };
    prop_assert_eq!(error.status, if row.is_writable { 413 } else { 400 });
    prop_assert_eq!(error.reporter(), "INTEGRATIONS");
    Ok(())
}

fn check_answered(
    row: &Row,
    outcome: &ItemOutcome,
    exchange: &Exchange,
    place: usize,
) -> Result<(), TestCaseError> {
    let complaints = exchange.behaviour.complaints_about(place);
    let unplaced = exchange.behaviour.unplaced_words(exchange.slots.len());
    let is_refused = matches!(exchange.behaviour, Behaviour::Refuses(_));
    match outcome {
        ItemOutcome::Success(success) => {
            prop_assert!(!exchange.concerns_the_attempt() && !is_refused);
            prop_assert!(complaints.is_empty() && unplaced.is_empty());
            prop_assert_eq!((&success.sent, &success.body), (&row.sent(), &row.given()));
        }
        ItemOutcome::Error(error) if exchange.concerns_the_attempt() => {
            prop_assert_eq!(error.status, exchange.behaviour.status_for_items());
        }
        ItemOutcome::Error(error) if complaints.is_empty() && !unplaced.is_empty() => {
            prop_assert_eq!(error.status, 502);
            prop_assert!(error.outcome_is_unknown());
        }
        ItemOutcome::Error(error) => {
            let words: Vec<&str> = complaints
                .iter()
                .map(|complaint| complaint.words.as_str())
                .collect();
            let (status, message) = match complaints.first() {
                Some(first) => (first.status, words.join("; ")),
                None => {
                    let status = exchange.behaviour.status_for_items();
                    (status, format!("words of {status}"))
                }
            };
            prop_assert!(
                is_refused || !complaints.is_empty(),
                "nobody complained about row {}",
                row.number
            );
            prop_assert_eq!(error.status, status);
            prop_assert!(
                error.message.starts_with(&message),
                "{} is not {message}",
                error.message
            );
            prop_assert_eq!(
                (&error.sent, &error.body),
                (&Some(row.sent()), &Some(row.given()))
            );
        }
    }
    Ok(())
}

fn plain_rows(count: usize) -> Vec<Row> {
    let row = |number| Row {
        number,
        group: 0,
        text: String::new(),
        is_writable: true,
    };
    (0..count).map(row).collect()
}

#[test]
fn the_wait_that_a_partner_asks_for_stays_with_the_items() {
    let mut parts = Parts::new(batch(&plain_rows(2)), PartLimits::items(1), |row: Row| {
        row.to_wire()
    });
    let answers = [
        Ok(response(200, &[])),
        Err(Error::Http(Box::new(response(429, &[("retry-after", "7")])))),
    ];
    for answer in answers {
        let part = parts.next_part().unwrap();
        parts.settle(part, answer, |_, slots| {
            slots.succeed_others();
            Ok(())
        });
    }
    let outcomes = parts.finish().unwrap().into_outcomes();
    assert_eq!(outcomes[0].status(), 200);
    assert!(
        matches!(&outcomes[1], ItemOutcome::Error(error) if error.status == 429
            && error.retry_after == Some(Duration::from_secs(7))),
        "{outcomes:?}"
    );
}

#[test]
fn a_request_that_was_never_settled_is_no_success() {
    let mut parts = Parts::new(batch(&plain_rows(3)), PartLimits::items(1), |row: Row| {
        row.to_wire()
    });
    let first = parts.next_part().unwrap();
    parts.settle(first, Ok(response(200, &[])), |_, slots| {
        slots.succeed_others();
        Ok(())
    });
    drop(parts.next_part());
    let statuses: Vec<u16> = parts
        .finish()
        .unwrap()
        .into_outcomes()
        .iter()
        .map(ItemOutcome::status)
        .collect();
    assert_eq!(statuses, [200, 500, 500]);
}

#[test]
fn an_empty_batch_has_no_request_and_no_results() {
    let (exchanges, result) = deliver(&[], PartLimits::items(1), &[Behaviour::Breaks]);
    assert!(exchanges.is_empty());
    assert!(result.unwrap().is_empty());
}
