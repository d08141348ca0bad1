//! Requests to `/users/track`
//! ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_track/)), single and in batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use waystation_kit::multistatus::{Shown, ShownBody, ShownSent, with_final_refusals_as_answers};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::Braze;
use crate::answer::{self, List};
use crate::client;

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

/// Sends one item.
///
/// # Errors
/// Braze refuses it, drops an object of it although it accepts the request, or does not answer.
pub async fn send(cx: &Context<Braze>, objects: Objects, item: &Value) -> Result<Output> {
    let list = objects.list();
    let items = std::slice::from_ref(item);
    let response = request(cx, list, items, Bulk::IfSeveral).send().await?;
    let refusals = answer::refusals(&response, list);
    answer::assert_accepted(&response, &refusals)?;
    if refusals.is_empty() {
        return Ok(response.into());
    }
    let words: Vec<String> = refusals.into_iter().map(|refusal| refusal.words).collect();
    Err(Error::api(words.join("; "), 400))
}

/// Sends the items of a batch, in as few requests as the limit allows. An item that `to_wire` refuses fails
/// alone.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn send_batch<P>(
    cx: &Context<Braze>,
    objects: Objects,
    batch: Batch<P>,
    to_wire: impl FnMut(P, &Value) -> Result<Value, Box<ItemError>>,
) -> Result<BatchOutput> {
    let list = objects.list();
    let shown = Shown {
        taken_sent: match objects {
            Objects::Purchases => ShownSent::Given,
            _ => ShownSent::Sent,
        },
        refused_body: ShownBody::Nothing,
        ..Shown::default()
    };
    let mut to_wire = to_wire;
    let prepare = |payload, given: &mut Arc<Value>| Ok::<_, Box<ItemError>>(((), to_wire(payload, given)?));
    let mut parts = Parts::prepared(batch, PartLimits::items(MAX_OBJECTS), prepare).showing(shown);
    let is_one_request = parts.waiting() <= 1;
    while let Some(part) = parts.next_part() {
        let bulk = match objects {
            Objects::EcommerceEvents => Bulk::Always,
            _ => Bulk::IfSeveral,
        };
        let result = request(cx, list, part.items(), bulk).send().await;
        let result = match objects {
            // Shop events fail together, as long as no other request has delivered some of them.
            Objects::EcommerceEvents if is_one_request => Ok(result?),
            _ => with_final_refusals_as_answers(result),
        };
        let owners = owners(part.items());
        parts.settle(part, result, |response, slots| {
            answer::note(response, list, &owners, objects.accepted(), slots)
        });
    }
    Ok(parts.finish()?.into())
}

/// When a request says that it holds many objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bulk {
    Always,
    IfSeveral,
}

fn request(cx: &Context<Braze>, list: List, items: &[Value], bulk: Bulk) -> RequestBuilder {
    let objects: Vec<&Value> = items.iter().flat_map(objects_of).collect();
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
fn owners(items: &[Value]) -> Vec<usize> {
    let objects_of_item = |(item, value)| std::iter::repeat_n(item, objects_of(value).len());
    items.iter().enumerate().flat_map(objects_of_item).collect()
}
