//! Choices that are asked of the partner while a person edits a mapping.
//!
//! A failure of the partner may be returned as it is. An answer that carries an error of its own
//! ([`DynamicFieldAnswer::failed`]) is for what the person can mend.

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::url;

/// A page of named things.
#[derive(Debug, Deserialize)]
struct Page {
    items: Vec<Named>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    name: String,
}

/// The things under a path, page by page, with what the person searches for.
async fn named(
    cx: &Context<ExampleCrm>,
    path: &str,
    request: &DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let mut query = vec![("page", request.page.as_deref().unwrap_or("1"))];
    query.extend(request.query().map(|text| ("search", text)));
    let page: Page = cx.get(url(cx, path)).query(query).send().await?.json()?;
    let choices = page
        .items
        .into_iter()
        .map(|item| DynamicChoice::new(item.name, item.id));
    Ok(DynamicFieldAnswer {
        choices: choices.collect(),
        // The empty text says that this was the last page.
        next_page: Some(page.next.unwrap_or_default()),
        error: None,
    })
}

/// Templates of messages.
///
/// # Errors
/// The partner does not answer as it should.
pub async fn templates(cx: &Context<ExampleCrm>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    named(cx, "/templates", &request).await
}

/// Folders that lists are kept in.
///
/// # Errors
/// The partner does not answer as it should.
pub async fn folders(cx: &Context<ExampleCrm>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    named(cx, "/folders", &request).await
}

/// Topics that a person may consent to. In a list, the request says which of its items is edited
/// (`selected_array_index`); topics that other items have taken are not offered again.
///
/// # Errors
/// The partner does not answer as it should.
pub async fn topics(cx: &Context<ExampleCrm>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    let mut answer = named(cx, "/topics", &request).await?;
    let edited = request.selected_array_index;
    let consents = request.payload["consents"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate();
    let taken: Vec<&Value> = consents
        .filter(|(index, _)| Some(*index) != edited)
        .map(|(_, consent)| &consent["topic"])
        .collect();
    answer.choices.retain(|choice| !taken.contains(&&choice.value));
    Ok(answer)
}

/// The attributes that contacts may have: the keys of an object.
///
/// # Errors
/// The partner does not answer as it should.
pub async fn attribute_names(
    cx: &Context<ExampleCrm>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    named(cx, "/attributes", &request).await
}

/// The values that the partner knows of one attribute: the request says of which.
///
/// # Errors
/// The partner does not answer as it should.
pub async fn attribute_values(
    cx: &Context<ExampleCrm>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let Some(attribute) = &request.selected_key else {
        return Ok(DynamicFieldAnswer::failed("400", "Choose an attribute first."));
    };
    let values = cx
        .get(url(cx, "/attributes"))
        .path_segment(attribute)
        .path_segment("values");
    let values: Vec<String> = values.send().await?.json()?;
    let choices = values
        .into_iter()
        .map(|value| DynamicChoice::new(value.clone(), value));
    Ok(DynamicFieldAnswer::of(choices.collect()))
}
