//! Lists and who is on them ([reference](https://developers.klaviyo.com/en/reference/lists_api_overview)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;
use waystation_kit::request::path_segment;

use crate::Klaviyo;
use crate::answer::{detail, klaviyos, resource_id};
use crate::client::url;
use crate::pages::{Page, cursor_query};
use crate::wire::{self, identifier};

/// The most profiles that are put on a list, or taken off it, with one request.
const MAX_MEMBERS: usize = 1000;

/// A list, as far as it matters here.
#[derive(Debug, Clone)]
pub struct List {
    /// Its ID.
    pub id: String,
    name: Option<String>,
}

impl List {
    fn read(resource: &Value) -> Option<Self> {
        let name = resource.pointer("/attributes/name").and_then(Value::as_str);
        Some(Self {
            id: resource_id(resource)?,
            name: name.map(str::to_owned),
        })
    }

    /// Its name, or its ID if the answer does not tell the name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// The list that an answer is about.
fn of_answer(answer: &Response) -> Result<List> {
    let body: Value = answer.json()?;
    let list = body.get("data").and_then(List::read);
    list.ok_or_else(|| answer.not_understood("Klaviyo's answer names no list"))
}

/// Creates a list ([reference](https://developers.klaviyo.com/en/reference/create_list)).
///
/// # Errors
/// There is no name, or Klaviyo refuses or does not answer.
pub async fn create(cx: &Context<Klaviyo>, name: Option<String>) -> Result<List> {
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(Error::payload("A list needs a name"));
    };
    let list = wire::new("list", json!({"name": name}));
    of_answer(&cx.post(url("/lists")).json(&list).send().await?)
}

/// Asks for a list ([reference](https://developers.klaviyo.com/en/reference/get_list)).
///
/// # Errors
/// There is no such list, Klaviyo answers with another one, or it does not answer.
pub async fn get(cx: &Context<Klaviyo>, id: &str) -> Result<List> {
    let request = cx.get(url("/lists")).path_segment(id);
    let list = match request.send().await {
        Ok(response) => of_answer(&response).map_err(Error::of_a_read)?,
        Err(error) => return Err(in_words_of_klaviyo(error)),
    };
    if list.id == id {
        return Ok(list);
    }
    Err(Error::integration(
        format!(
            "Klaviyo was asked for the list {id} and answered with {}",
            list.id
        ),
        ErrorCode::new("INVALID_REQUEST_DATA"),
        400,
    ))
}

/// Makes what Klaviyo says the message of a refusal, where it says anything.
fn in_words_of_klaviyo(error: Error) -> Error {
    match error
        .response()
        .and_then(|response| Some((response.status(), detail(response)?)))
    {
        Some((status, detail)) => Error::api(detail, status),
        None => error,
    }
}

/// The lists of the account, to choose from
/// ([reference](https://developers.klaviyo.com/en/reference/get_lists)).
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn choices(cx: &Context<Klaviyo>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Ok(match page(cx, request.page.as_deref()).await {
        Ok(page) => DynamicFieldAnswer {
            next_page: page.next_cursor(),
            choices: page.data.iter().filter_map(choice).collect(),
            error: None,
        },
        Err(error) => DynamicFieldAnswer {
            next_page: Some(String::new()),
            ..DynamicFieldAnswer::failed(code(&error), error.to_string())
        },
    })
}

async fn page(cx: &Context<Klaviyo>, cursor: Option<&str>) -> Result<Page> {
    let address = match cursor.filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => url(&format!("/lists/?{}", cursor_query(cursor))),
        None => url("/lists/"),
    };
    cx.get(address).send().await?.json()
}

fn choice(resource: &Value) -> Option<DynamicChoice> {
    let list = List::read(resource)?;
    Some(DynamicChoice::new(list.name(), list.id.as_str()))
}

/// The partner's status, or what stands in its place where there was no answer.
fn code(error: &Error) -> String {
    match (error.status(), error.code()) {
        (Some(status), _) => status.to_string(),
        (None, Some(code)) => code.to_string(),
        (None, None) => "500".to_owned(),
    }
}

/// Puts a profile on a list
/// ([reference](https://developers.klaviyo.com/en/reference/add_profiles_to_list)).
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn add(cx: &Context<Klaviyo>, list: &str, profile: &str) -> Result<Response> {
    let request = cx.post(members_url(list)?).json(&members(&[profile.to_owned()]));
    klaviyos(request.send().await?)
}

/// Takes profiles off a list
/// ([reference](https://developers.klaviyo.com/en/reference/remove_profiles_from_list)); the last answer, if
/// there are any profiles.
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn remove(cx: &Context<Klaviyo>, list: &str, profiles: &[String]) -> Result<Option<Response>> {
    let url = members_url(list)?;
    let mut answer = None;
    for profiles in profiles.chunks(MAX_MEMBERS) {
        let response = cx.delete(&url).json(&members(profiles)).send().await?;
        answer = Some(klaviyos(response)?);
    }
    Ok(answer)
}

fn members_url(list: &str) -> Result<String> {
    Ok(url(&format!(
        "/lists/{}/relationships/profiles/",
        path_segment(list)?
    )))
}

fn members(profiles: &[String]) -> Value {
    let profiles = profiles.iter().map(|profile| identifier("profile", profile));
    json!({"data": profiles.collect::<Value>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_list_stays_one_part_of_the_address() {
        assert_eq!(
            members_url("a/b\tc").unwrap(),
            "https://a.klaviyo.com/api/lists/a%2Fb%09c/relationships/profiles/"
        );
        for id in ["", ".", ".."] {
            assert!(members_url(id).is_err(), "{id:?}");
        }
    }
}
