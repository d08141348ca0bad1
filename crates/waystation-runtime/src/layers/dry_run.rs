//! A dry run shows what would be sent. What comes back is made up, so an action that does not find in it what its
//! partner says to a request it took has not failed. Whatever an action finds wrong by itself remains a failure.

use serde_json::Value;
use waystation_kit::any::RawItem;
use waystation_kit::{Error, ErrorCode, ItemError, ItemOutcome, ItemSuccess, Output};

use super::{Delivered, Delivery, Target, perform};

/// Calls the action of a target.
pub(super) async fn call(target: &Target, delivery: Delivery) -> Result<Delivered, Error> {
    let items = match &delivery {
        Delivery::Batch(items) => Some(items.clone()),
        Delivery::Single { .. } => None,
        // What a job is asked about later, only the partner can know.
        Delivery::Submit(_) | Delivery::Poll(_) => return perform::call(target, delivery).await,
    };
    match (perform::call(target, delivery).await, items) {
        (Err(error), None) if is_about_the_answer(&error) => Ok(Delivered::Single(Output::Nothing)),
        (Err(error), Some(items)) if is_about_the_answer(&error) => {
            Ok(Delivered::Batch(items.iter().map(shown).collect()))
        }
        (Ok(Delivered::Batch(outcomes)), Some(items)) => {
            let outcomes = outcomes.into_iter().zip(&items);
            Ok(Delivered::Batch(outcomes.map(of_item).collect()))
        }
        (result, _) => result,
    }
}

fn is_about_the_answer(error: &Error) -> bool {
    // Who loses count does so whatever the answer is.
    let is_miscounted = matches!(error, Error::Miscounted(_));
    !is_miscounted && (error.outcome_is_unknown() || error.code() == Some(ErrorCode::INVALID_RESPONSE))
}

fn of_item((outcome, item): (ItemOutcome, &RawItem)) -> ItemOutcome {
    match outcome {
        ItemOutcome::Error(error) if is_about_the_items_answer(&error) => match error.sent {
            Some(sent) => ItemSuccess::new(sent, Value::Null).into(),
            None => shown(item),
        },
        outcome => outcome,
    }
}

fn is_about_the_items_answer(error: &ItemError) -> bool {
    error.outcome_is_unknown() || error.code == ErrorCode::INVALID_RESPONSE || *error == ItemError::missing()
}

/// An item of which nothing more is known than its payload.
fn shown(item: &RawItem) -> ItemOutcome {
    ItemSuccess::new(item.payload.as_ref().clone(), Value::Null).into()
}
