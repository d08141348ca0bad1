//! Requests to `/users/track`
//! ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_track/)), single and in batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use waystation_kit::multistatus::{Ledger, Slot, with_final_refusals_as_answers};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::Braze;
use crate::answer::{self, List};
use crate::client;
use crate::purchases::Room;
use crate::unsendable::Unsendable;

/// The most objects that a request takes.
pub const MAX_OBJECTS: usize = 75;

/// What a request is full of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objects {
    /// What is known about people; an item is one object.
    Attributes,
    /// What people did; an item is one object.
    Events,
    /// What people did in a shop; an item is one object.
    EcommerceEvents,
    /// What people bought; an item is a list of objects, one for each product.
    Purchases,
}

impl Objects {
    const fn list(self) -> List {
        match self {
            Self::Attributes => List::Attributes,
            Self::Events | Self::EcommerceEvents => List::Events,
            Self::Purchases => List::Purchases,
        }
    }

    /// What the results of accepted items show as their body.
    fn accepted(self) -> Value {
        match self {
            Self::EcommerceEvents => json!({"success": true}),
            _ => "success".into(),
        }
    }
}

/// An object with what all of them have.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub(crate) struct Object<'settings, What> {
    pub(crate) app_id: Option<&'settings str>,
    #[serde(flatten)]
    pub(crate) what: What,
    #[serde(rename = "_update_existing_only")]
    pub(crate) update_existing_only: Option<bool>,
}

/// A payload that goes to `/users/track`.
pub(crate) trait Tracked: ActionInfo<Braze> {
    /// What becomes of it.
    const OBJECTS: Objects;

    /// What is sent for it: an object, or a list of them.
    ///
    /// # Errors
    /// It cannot be sent.
    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable>;
}

/// Makes payloads that are [`Tracked`] actions.
macro_rules! tracked {
    ($($payload:ty),* $(,)?) => {$(
        impl waystation_kit::Action<crate::Braze> for $payload {
            async fn perform(
                cx: &waystation_kit::Context<crate::Braze>,
                payload: Self,
            ) -> waystation_kit::Result<waystation_kit::Output> {
                crate::track::send(cx, payload).await
            }
        }

        impl waystation_kit::BatchAction<crate::Braze> for $payload {
            async fn perform_batch(
                cx: &waystation_kit::Context<crate::Braze>,
                batch: waystation_kit::Batch<Self>,
            ) -> waystation_kit::Result<waystation_kit::BatchOutput> {
                crate::track::send_batch(cx, batch).await
            }
        }
    )*};
}
pub(crate) use tracked;

/// Sends one payload.
///
/// # Errors
/// It cannot be sent; or Braze refuses it, drops an object of it although it accepts the request, or does not answer.
pub(crate) async fn send<P: Tracked>(cx: &Context<Braze>, payload: P) -> Result<Output> {
    let item = payload.into_wire(cx)?;
    let list = P::OBJECTS.list();
    let items = [&item];
    let response = request(cx, list, &items, Bulk::IfSeveral).send().await?;
    let warning = answer::assert_tracked(&response, list, objects_of(&item).len())?;
    let output = Output::from(response);
    Ok(match warning {
        Some(words) => output.with_warning(words),
        None => output,
    })
}

/// Sends the payloads of a batch, in as few requests as the limit allows. One that cannot be sent fails alone.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub(crate) async fn send_batch<P: Tracked>(cx: &Context<Braze>, batch: Batch<P>) -> Result<BatchOutput> {
    let given: Vec<Arc<Value>> = batch.iter().map(|item| Arc::clone(&item.given)).collect();
    let (mut ledger, entries) = Ledger::open(batch);
    let mut room = Room::default();
    let mut sendable = Vec::with_capacity(entries.len());
    for (entry, given) in entries.into_iter().zip(&given) {
        match into_wire_in_batch(entry.payload, cx, &mut room) {
            Ok(item) => {
                ledger.sent(entry.slot, item.clone());
                sendable.push((entry.slot, item));
            }
            Err(unsendable) => ledger.refuse(entry.slot, unsendable.into_item_error(given)),
        }
    }
    let fails_together = P::OBJECTS == Objects::EcommerceEvents && sendable.len() <= MAX_OBJECTS;
    let mut named = vec![];
    for part in sendable.chunks(MAX_OBJECTS) {
        let (slots, items): (Vec<Slot>, Vec<&Value>) = part.iter().map(|(slot, item)| (*slot, item)).unzip();
        let result = request(cx, P::OBJECTS.list(), &items, bulk(P::OBJECTS))
            .send()
            .await;
        let result = match fails_together {
            // As long as no other request has delivered some of them.
            true => Ok(result?),
            false => with_final_refusals_as_answers(result),
        };
        ledger.settle(&slots, result, |response, told| {
            let positions = answer::note(response, P::OBJECTS.list(), &owners(&items), told)?;
            named.extend(positions.into_iter().map(|position| slots[position]));
            Ok(())
        });
    }
    Ok(shown::<P>(ledger, &given, &named)?.into())
}

/// A payload on its way in a request that it shares with others.
fn into_wire_in_batch<P: Tracked>(
    payload: P,
    cx: &Context<Braze>,
    room: &mut Room,
) -> Result<Value, Unsendable> {
    let item = payload.into_wire(cx)?;
    if P::OBJECTS == Objects::Purchases {
        room.take(objects_of(&item).len())?;
    }
    Ok(item)
}

/// The results, with what they show: an accepted item `success`, one that Braze named its words.
fn shown<P: Tracked>(ledger: Ledger, given: &[Arc<Value>], named: &[Slot]) -> Result<MultiStatusResponse> {
    let slots = ledger.slots();
    let outcomes = ledger.finish()?.into_outcomes().into_iter().zip(slots).zip(given);
    let shown = outcomes.map(|((outcome, slot), given)| match outcome {
        ItemOutcome::Success(mut success) => {
            success.body = P::OBJECTS.accepted();
            if P::OBJECTS == Objects::Purchases {
                success.sent = Value::clone(given);
            }
            ItemOutcome::Success(success)
        }
        ItemOutcome::Error(mut error) => {
            if error.sent.is_some() {
                error.body = named.contains(&slot).then(|| error.message.clone().into());
            }
            ItemOutcome::Error(error)
        }
    });
    Ok(shown.collect())
}

/// When a request says that it holds many objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bulk {
    Always,
    IfSeveral,
}

const fn bulk(objects: Objects) -> Bulk {
    match objects {
        Objects::EcommerceEvents => Bulk::Always,
        _ => Bulk::IfSeveral,
    }
}

fn request(cx: &Context<Braze>, list: List, items: &[&Value], bulk: Bulk) -> RequestBuilder {
    let objects: Vec<&Value> = items.iter().copied().flat_map(objects_of).collect();
    let is_bulk = bulk == Bulk::Always || objects.len() > 1;
    let request = client::post(cx, "/users/track", &BTreeMap::from([(list.key(), objects)]));
    if is_bulk {
        request.header("x-braze-batch", "true")
    } else {
        request
    }
}

/// The objects that an item consists of.
fn objects_of(item: &Value) -> &[Value] {
    match item {
        Value::Array(objects) => objects,
        object => std::slice::from_ref(object),
    }
}

/// For each object of a request, the item that it belongs to.
fn owners(items: &[&Value]) -> Vec<usize> {
    let objects_of_item = |(item, value)| std::iter::repeat_n(item, objects_of(value).len());
    items
        .iter()
        .copied()
        .enumerate()
        .flat_map(objects_of_item)
        .collect()
}
