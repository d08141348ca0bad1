//! What `/users/track` says about the objects of a request
//! ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_track/)).
//!
//! A success answer may list objects that were dropped all the same. A refusal means that nothing was
//! processed; it may list the objects that are to blame.

use waystation_kit::prelude::*;

/// The lists that a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What is known about people.
    Attributes,
    /// What people did.
    Events,
    /// What people bought.
    Purchases,
}

impl List {
    /// The key in requests, and the `input_array` in answers.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Purchases => "purchases",
        }
    }
}

/// An object that Braze drops, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The object's place in the list that was sent; `None` if the answer means another list or no place.
    pub index: Option<usize>,
    /// Braze's words.
    pub words: String,
}

/// The refusals that an answer lists.
#[must_use]
pub fn refusals(response: &Response, list: List) -> Vec<Refusal> {
    let errors = response.data().and_then(|data| data.get("errors")?.as_array());
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| Refusal::read(error, list)).collect()
}

impl Refusal {
    fn read(error: &Value, list: List) -> Self {
        let means_list = error
            .get("input_array")
            .is_none_or(|input_array| input_array == list.key());
        let index = error.get("index").and_then(Value::as_u64).filter(|_| means_list);
        let words = error.get("type").or(Some(error)).and_then(Value::as_str);
        Self {
            index: index.and_then(|index| usize::try_from(index).ok()),
            words: words.map_or_else(|| error.to_string(), str::to_owned),
        }
    }
}

/// Asks a success answer whether it is one. `queued` is what Braze says during maintenance: the request is
/// kept and processed later.
///
/// # Errors
/// [`Error::invalid_response`] for a message that is neither and lists no objects either.
pub fn assert_accepted(response: &Response, refusals: &[Refusal]) -> Result<()> {
    let message = response.data().and_then(|data| data.get("message"));
    match message.and_then(Value::as_str) {
        Some(message) if refusals.is_empty() && !matches!(message, "success" | "queued") => {
            Err(Error::invalid_response(format!(
                "Braze neither accepted nor refused the request: {message}"
            )))
        }
        _ => Ok(()),
    }
}

/// Notes what an answer says about the items of a request. `owners` tells for each object which item it
/// belongs to, and `accepted` is what the results of accepted items show.
///
/// # Errors
/// The answer is not understood.
pub fn note(
    response: &Response,
    list: List,
    owners: &[usize],
    accepted: Value,
    slots: &mut Slots<'_>,
) -> Result<()> {
    let refusals = of_items(refusals(response, list), owners);
    if response.is_success() {
        assert_accepted(response, &refusals)?;
        for Refusal { index, words } in refusals {
            slots.refuse(index, ItemError::new(400, &words).with_body(Value::from(words)));
        }
        slots.succeed_others_with(200, accepted);
    } else {
        note_rejected(response, refusals, slots);
    }
    Ok(())
}

/// Counts in items instead of objects. An item fails for the first reason that is said; what is said of no
/// item is kept in full.
fn of_items(refusals: Vec<Refusal>, owners: &[usize]) -> Vec<Refusal> {
    let mut of_items: Vec<Refusal> = Vec::with_capacity(refusals.len());
    for Refusal { index, words } in refusals {
        let index = index.and_then(|index| owners.get(index).copied());
        let is_known = index.is_some() && of_items.iter().any(|known| known.index == index);
        if !is_known {
            of_items.push(Refusal { index, words });
        }
    }
    of_items
}

/// Nothing was processed: who is named fails for a reason of its own, the others for that of the request.
fn note_rejected(response: &Response, refusals: Vec<Refusal>, slots: &mut Slots<'_>) {
    let mut reason = reason(response);
    for Refusal { index, words } in refusals {
        if index.is_some() {
            let complaint = ItemError::new(response.status(), &words);
            slots.refuse(index, complaint.with_body(Value::from(words)));
        } else {
            reason.push_str("; ");
            reason.push_str(&words);
        }
    }
    slots.refuse_others(&ItemError::new(response.status(), reason));
}

/// Why nothing was processed. A text that is not Braze's, of a gateway for example, is no reason.
fn reason(response: &Response) -> String {
    let message = response.data().and_then(|data| data.get("message")?.as_str());
    message.map_or_else(|| response.reason().into_owned(), str::to_owned)
}
