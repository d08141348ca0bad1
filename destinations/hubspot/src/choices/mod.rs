//! What people choose from while they edit a mapping. What HubSpot refuses is told in its own words, as part of the
//! answer.

pub mod associations;
pub mod events;
pub mod lists;
pub mod object_types;
pub mod properties;

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::wire::readable;

use crate::client::partner_message;

/// A list, as most of HubSpot's answers are. One odd entry does not hide the others.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
struct Page<T> {
    #[serde(deserialize_with = "readable")]
    results: Vec<T>,
}

/// The choices, or why there are none.
fn answer(choices: Result<Vec<DynamicChoice>>) -> DynamicFieldAnswer {
    match choices {
        Ok(choices) => DynamicFieldAnswer::of(choices),
        Err(error) => {
            let status = error.response().map_or(500, Response::status);
            let message = partner_message(&error).map_or_else(|| error.to_string(), str::to_owned);
            DynamicFieldAnswer::failed(status.to_string(), message)
        }
    }
}

/// The items of a list of HubSpot's.
async fn list<T: serde::de::DeserializeOwned>(request: RequestBuilder) -> Result<Vec<T>> {
    let page: Page<T> = request.send().await?.json()?;
    Ok(page.results)
}

/// The choices in the order of the alphabet.
fn sorted(mut choices: Vec<DynamicChoice>) -> Vec<DynamicChoice> {
    choices.sort_by_cached_key(|choice| choice.label.to_lowercase());
    choices
}

/// What was chosen before, without which there is nothing to choose from.
fn chosen<'a>(request: &'a DynamicFieldRequest, pointer: &str, what: &str) -> Result<&'a str> {
    let text = request.payload.pointer(pointer).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
        .ok_or_else(|| Error::misconfigured(format!("Choose {what} first")))
}

/// The type of the record that is written.
fn chosen_type(request: &DynamicFieldRequest) -> Result<&str> {
    chosen(request, "/object_details/object_type", "the type of the record")
}

/// The type of the other record, in that association of a list which is edited.
fn chosen_other_type<'a>(request: &'a DynamicFieldRequest, list: &str) -> Result<&'a str> {
    let index = request
        .selected_array_index
        .ok_or_else(|| Error::misconfigured("It cannot be told which association is edited"))?;
    let pointer = format!("/{list}/{index}/object_type");
    chosen(request, &pointer, "the type of the other record")
}
