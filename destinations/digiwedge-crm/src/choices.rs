//! Segments, journeys, campaigns and connections to choose from while a mapping is edited.

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{get, send_raw};

/// What is listed at a time, at most.
const PAGE_SIZE: usize = 100;

/// A page of a list.
#[derive(Deserialize)]
struct Page {
    data: Vec<Item>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    /// Connections have a platform and no name.
    #[serde(alias = "platform")]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    has_more: bool,
}

/// A page of what is listed at a path.
///
/// # Errors
/// Never: why there are no choices is told in the answer.
pub async fn list(
    cx: &Context<DigiWedgeCrm>,
    path: &str,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let skip: usize = request
        .page
        .and_then(|page| page.parse().ok())
        .unwrap_or_default();
    Ok(match page(cx, path, skip).await {
        Ok(page) => answer(page, skip),
        Err(error) => {
            let code = error
                .status()
                .map_or_else(|| "500".to_owned(), |status| status.to_string());
            DynamicFieldAnswer::failed(code, error.to_string())
        }
    })
}

async fn page(cx: &Context<DigiWedgeCrm>, path: &str, skip: usize) -> Result<Page> {
    let (skip, take) = (skip.to_string(), PAGE_SIZE.to_string());
    let query = [("skip", skip.as_str()), ("take", take.as_str())];
    send_raw(cx, get(cx, path, query)).await?.json()
}

fn answer(page: Page, skip: usize) -> DynamicFieldAnswer {
    let has_more = page.meta.is_some_and(|meta| meta.has_more) && !page.data.is_empty();
    let next = skip + page.data.len();
    let choices = page.data.into_iter().map(|item| {
        let label = item.name.unwrap_or_else(|| item.id.clone());
        DynamicChoice::new(label, item.id)
    });
    DynamicFieldAnswer {
        next_page: has_more.then(|| next.to_string()),
        ..DynamicFieldAnswer::of(choices.collect())
    }
}
