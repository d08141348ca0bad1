//! Segments, journeys, campaigns and connections to choose from while a mapping is edited.

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{get, id_of, send_raw};

/// What is listed at a time, at most.
const PAGE_SIZE: usize = 100;

/// A page of a list. What is on it is read one by one, so that an odd entry does not take the others along.
#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    #[serde(default)]
    meta: Value,
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
        Ok(page) => answer(&page, skip),
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

fn answer(page: &Page, skip: usize) -> DynamicFieldAnswer {
    let has_more = page.meta.get("hasMore") == Some(&Value::Bool(true)) && !page.data.is_empty();
    let next = skip + page.data.len();
    DynamicFieldAnswer {
        next_page: has_more.then(|| next.to_string()),
        ..DynamicFieldAnswer::of(page.data.iter().filter_map(choice).collect())
    }
}

/// Connections have a platform and no name.
fn choice(item: &Value) -> Option<DynamicChoice> {
    let id = id_of(item)?;
    let label = ["name", "platform"]
        .into_iter()
        .find_map(|key| item.get(key)?.as_str().filter(|label| !label.is_empty()));
    Some(DynamicChoice::new(label.unwrap_or(&id).to_owned(), id))
}
