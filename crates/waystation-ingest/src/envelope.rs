//! What a request holds: one event, or a batch of them.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use serde_json::value::RawValue;
use waystation_http::ApiError;

use crate::event_type::EventType;
use crate::fields::{Fields, unquoted};
use crate::shared::Shared;

/// The body of a request, taken apart.
#[derive(Debug)]
pub(crate) enum Envelope<'text> {
    /// The route says what the body is.
    Single {
        event_type: EventType,
        fields: Fields<'text>,
    },
    /// The items say what they are.
    Batch {
        items: Vec<Item<'text>>,
        shared: Shared<'text>,
        write_key: Option<Cow<'text, str>>,
    },
}

/// What stands in a batch.
#[derive(Debug)]
pub(crate) enum Item<'text> {
    /// An object.
    Event(Fields<'text>),
    /// Any other JSON text.
    Other(&'text str),
}

impl<'text> Envelope<'text> {
    /// The body of a route for one event.
    ///
    /// # Errors
    /// It is not JSON, or no object.
    pub(crate) fn single(event_type: EventType, text: &'text str) -> Result<Self, ApiError> {
        let fields = parse(text, Fields::parse)?;
        Ok(Self::Single { event_type, fields })
    }

    /// The body of a route for batches.
    ///
    /// # Errors
    /// It is not JSON, no object, or without a list of events.
    pub(crate) fn batch(text: &'text str) -> Result<Self, ApiError> {
        // Without this, a list would be read as the fields of the object in their order.
        if text.trim_ascii_start().starts_with('[') {
            let list = "The body must be an object with a list of events in \"batch\", and is a list itself.";
            return Err(ApiError::invalid_request(list));
        }
        // Items are objects, nearly always; then the body is gone through once.
        let parts = match serde_json::from_str::<BatchParts<'text, Fields<'text>>>(text) {
            Ok(parts) => parts.map(Item::Event),
            Err(_) => parse(text, serde_json::from_str::<BatchParts<'text, &'text RawValue>>)?.map(Item::of),
        };
        let items = parts
            .batch
            .ok_or_else(|| ApiError::invalid_request("The body must have a list of events in \"batch\"."))?;
        if items.is_empty() {
            return Err(ApiError::invalid_request("The \"batch\" holds no events."));
        }
        Ok(Self::Batch {
            items,
            shared: Shared::new(parts.context, parts.integrations, parts.sent_at),
            write_key: parts.write_key.and_then(|key| unquoted(key.get())),
        })
    }

    /// The write key in the body.
    pub(crate) fn write_key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Single { fields, .. } => fields.get("writeKey").and_then(|text| unquoted(text)),
            Self::Batch { write_key, .. } => write_key.as_deref().map(Cow::Borrowed),
        }
    }

    /// How many events there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Single { .. } => 1,
            Self::Batch { items, .. } => items.len(),
        }
    }

    /// The most bytes that all events together may grow by what the batch says once for all of them.
    pub(crate) fn growth(&self) -> usize {
        match self {
            Self::Single { .. } => 0,
            Self::Batch { items, shared, .. } => items.len().saturating_mul(shared.len()),
        }
    }
}

fn parse<'text, T>(
    text: &'text str,
    parse: impl FnOnce(&'text str) -> serde_json::Result<T>,
) -> Result<T, ApiError> {
    if text.trim_ascii().is_empty() {
        return Err(ApiError::invalid_request("The request has no body."));
    }
    parse(text).map_err(|error| match error.classify() {
        // The parser stops at what has the wrong type, whether or not it is JSON to the end.
        Category::Data => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => ApiError::invalid_request(format!("The body cannot be used: {error}.")),
            Err(error) => ApiError::invalid_json(&error),
        },
        Category::Io | Category::Syntax | Category::Eof => ApiError::invalid_json(&error),
    })
}

impl<'text> Item<'text> {
    fn of(json: &'text RawValue) -> Self {
        let text = json.get();
        Fields::parse(text).map_or(Self::Other(text), Self::Event)
    }
}

/// The top level of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchParts<'text, I> {
    batch: Option<Vec<I>>,
    #[serde(borrow)]
    context: Option<&'text RawValue>,
    #[serde(borrow)]
    integrations: Option<&'text RawValue>,
    #[serde(borrow)]
    sent_at: Option<&'text RawValue>,
    #[serde(borrow)]
    write_key: Option<&'text RawValue>,
}

impl<'text, I> BatchParts<'text, I> {
    fn map(self, item: impl FnMut(I) -> Item<'text>) -> BatchParts<'text, Item<'text>> {
        BatchParts {
            batch: self.batch.map(|items| items.into_iter().map(item).collect()),
            context: self.context,
            integrations: self.integrations,
            sent_at: self.sent_at,
            write_key: self.write_key,
        }
    }
}
