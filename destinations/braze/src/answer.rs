//! What Braze's answers say.
//!
//! A request is *taken* if the answer says so: `{"message": "success"}`. `/users/track`
//! ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_track/)) may also say `queued`, which
//! is what it does with requests during maintenance. A success answer may list objects that were dropped all the
//! same. A refusal means that nothing was processed; it may list the objects that are to blame.

use std::borrow::Cow;

use waystation_kit::multistatus::Slots;
use waystation_kit::prelude::*;

/// The word of an answer to a request that was taken.
const SUCCESS: &str = "success";
/// The word of an answer to a request that will be processed when the maintenance is over.
const QUEUED: &str = "queued";

/// The lists that a request to `/users/track` has.
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

    /// The key in answers under which Braze counts what it processed.
    const fn count(self) -> &'static str {
        match self {
            Self::Attributes => "attributes_processed",
            Self::Events => "events_processed",
            Self::Purchases => "purchases_processed",
        }
    }
}

/// An answer as far as it is an object of JSON, whatever its content type says.
fn object(response: &Response) -> Option<Cow<'_, Value>> {
    match response.data() {
        Some(data @ Value::Object(_)) => Some(Cow::Borrowed(data)),
        _ => response
            .json::<Value>()
            .ok()
            .filter(Value::is_object)
            .map(Cow::Owned),
    }
}

fn message(answer: &Value) -> Option<&str> {
    answer
        .get("message")?
        .as_str()
        .filter(|message| !message.is_empty())
}

fn errors(answer: &Value) -> &[Value] {
    let errors = answer.get("errors").and_then(Value::as_array);
    errors.map(Vec::as_slice).unwrap_or_default()
}

/// What an entry of `errors` says: a text, or an object with words under one of several keys.
fn words_of(error: &Value) -> String {
    let words = ["type", "message"]
        .iter()
        .find_map(|key| error.get(key)?.as_str());
    words
        .or(error.as_str())
        .map_or_else(|| error.to_string(), str::to_owned)
}

/// Asks whether a request outside `/users/track` was taken, of which the status says that it was accepted.
///
/// # Errors
/// The answer lists errors or has another word than `success`: a refusal with status 400, in Braze's words. Without
/// any word, what became of the request is unknown.
pub fn assert_taken(response: &Response) -> Result<()> {
    let answer = object(response);
    let answer = answer.as_deref().unwrap_or(&Value::Null);
    let errors: Vec<String> = errors(answer).iter().map(words_of).collect();
    match message(answer) {
        Some(SUCCESS) if errors.is_empty() => Ok(()),
        None if errors.is_empty() => Err(not_understood(response)),
        Some(word) if errors.is_empty() || word != SUCCESS => {
            let words = std::iter::once(word.to_owned()).chain(errors);
            Err(refused(&words.collect::<Vec<_>>()))
        }
        _ => Err(refused(&errors)),
    }
}

/// As [`assert_taken`], for requests whose answers count what was processed: none at all of what was sent is a refusal.
///
/// # Errors
/// Those of [`assert_taken`], and a refusal if one of the counts is zero.
pub fn assert_processed(response: &Response, counts: &[&str]) -> Result<()> {
    assert_taken(response)?;
    let answer = object(response);
    let answer = answer.as_deref().unwrap_or(&Value::Null);
    match counts.iter().find(|count| answer.get(count) == Some(&0.into())) {
        Some(count) => Err(refused(&[format!(
            "Braze accepted the request and did nothing: {count} is 0"
        )])),
        None => Ok(()),
    }
}

fn refused(words: &[String]) -> Error {
    Error::api(words.join("; "), 400)
}

fn not_understood(response: &Response) -> Error {
    response.not_understood(match object(response).as_deref().and_then(message) {
        Some(word) => format!("Braze neither accepted nor refused the request: {word}"),
        None => "Braze's answer does not say that it took the request".to_owned(),
    })
}

/// What a success answer of `/users/track` says about the objects of a request.
struct Tracked {
    /// The items that lost an object, each with the first reason that is said.
    dropped: Vec<(usize, String)>,
    /// What is said of no object of the request.
    unplaced: Vec<String>,
    /// Whether Braze counts every object as processed: then what is said of none is a warning.
    took_all: bool,
}

impl Tracked {
    /// Reads an answer to a request with these objects: `owners` tells for each which item it belongs to.
    fn read(answer: &Value, list: List, owners: &[usize]) -> Self {
        let processed = answer.get(list.count()).and_then(Value::as_u64);
        let mut read = Self {
            dropped: Vec::new(),
            unplaced: Vec::new(),
            took_all: processed.and_then(|count| usize::try_from(count).ok()) == Some(owners.len()),
        };
        for error in errors(answer) {
            match owner(error, list, owners) {
                None => read.unplaced.push(words_of(error)),
                Some(item) if read.dropped.iter().any(|(known, _)| *known == item) => {}
                Some(item) => read.dropped.push((item, words_of(error))),
            }
        }
        read
    }
}

/// The item that lost an object. An error without an index is about the object of a request that has only one.
fn owner(error: &Value, list: List, owners: &[usize]) -> Option<usize> {
    let means_list = error
        .get("input_array")
        .is_none_or(|input_array| input_array == list.key());
    let index = match error.get("index") {
        None if owners.len() == 1 => 0,
        index => usize::try_from(index?.as_u64()?).ok()?,
    };
    owners.get(index).copied().filter(|_| means_list)
}

/// Asks whether `/users/track` took the only item of a request. What Braze says of it although it took all of it is
/// a warning.
///
/// # Errors
/// It dropped an object of the item, which then fails with status 400 and Braze's words; or nobody can tell.
pub fn assert_tracked(response: &Response, list: List, objects: usize) -> Result<Option<String>> {
    let answer = object(response);
    let answer = answer.as_deref().unwrap_or(&Value::Null);
    let Tracked {
        mut dropped,
        unplaced,
        took_all,
    } = Tracked::read(answer, list, &vec![0; objects]);
    if let Some((_, words)) = dropped.pop() {
        return Err(refused(
            &std::iter::once(words).chain(unplaced).collect::<Vec<_>>(),
        ));
    }
    if !matches!(message(answer), Some(SUCCESS | QUEUED)) {
        return Err(not_understood(response));
    }
    match unplaced.is_empty() {
        true => Ok(None),
        false if took_all => Ok(Some(unplaced.join("; "))),
        false => Err(response.not_understood(unplaced.join("; "))),
    }
}

/// Notes what an answer of `/users/track` says about the items of a request. `owners` tells for each object which
/// item it belongs to. Gives back the items that the answer names.
///
/// # Errors
/// The answer is not understood.
pub fn note(response: &Response, list: List, owners: &[usize], slots: &mut Slots<'_>) -> Result<Vec<usize>> {
    let answer = object(response);
    let answer = answer.as_deref().unwrap_or(&Value::Null);
    let Tracked {
        dropped,
        unplaced,
        took_all,
    } = Tracked::read(answer, list, owners);
    let named = dropped.iter().map(|(item, _)| *item).collect();
    let status = if response.is_success() {
        400
    } else {
        response.status()
    };
    for (item, words) in dropped {
        slots.refuse(Some(item), ItemError::new(status, words));
    }
    if !response.is_success() {
        // Nothing was processed: the others fail for the reason of the request.
        let reason = std::iter::once(reason(response, answer)).chain(unplaced);
        slots.refuse_others(&ItemError::new(status, reason.collect::<Vec<_>>().join("; ")));
        return Ok(named);
    }
    if !matches!(message(answer), Some(SUCCESS | QUEUED)) {
        return Err(not_understood(response));
    }
    for words in unplaced {
        if took_all {
            slots.warn(None, words);
        } else {
            slots.refuse(None, ItemError::new(status, words));
        }
    }
    slots.succeed_others();
    Ok(named)
}

/// Why nothing was processed. A text that is not Braze's, of a gateway for example, is no reason.
fn reason(response: &Response, answer: &Value) -> String {
    message(answer).map_or_else(|| response.reason().into_owned(), str::to_owned)
}
