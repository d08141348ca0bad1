//! Finding profiles by their identifiers
//! ([reference](https://developers.klaviyo.com/en/reference/get_profiles)).

use std::collections::HashSet;

use waystation_kit::prelude::*;
use waystation_kit::request::encoded;

use crate::Klaviyo;
use crate::answer::resource_id;
use crate::client::url;
use crate::identity::Identifiers;
use crate::pages::{Page, cursor_query};

/// The most identifiers that are asked for at a time: so many profiles fit a page.
const MAX_VALUES: usize = 100;

/// So many profiles are on a page unless more are asked for.
const USUAL_PAGE: usize = 20;

/// The profiles that were found.
#[derive(Debug)]
pub struct Found {
    /// Their IDs, each once.
    pub ids: Vec<String>,
    /// The last answer.
    pub response: Response,
}

/// Finds the profiles that have any of these identifiers.
///
/// # Errors
/// Klaviyo refuses or does not answer, or nobody is to be found.
pub async fn find(cx: &Context<Klaviyo>, people: &[Identifiers]) -> Result<Found> {
    let external_ids = people.iter().filter_map(|person| person.external_id.as_deref());
    let emails = people.iter().filter_map(|person| person.email.as_deref());
    let phone_numbers = people
        .iter()
        .filter_map(|person| Some(person.phone_number.as_ref()?.as_str()));
    let criteria: [(&str, Vec<&str>); 3] = [
        ("external_id", external_ids.collect()),
        ("email", emails.collect()),
        ("phone_number", phone_numbers.collect()),
    ];
    let mut search = Search::default();
    for (attribute, values) in &criteria {
        for values in values.chunks(MAX_VALUES) {
            search.ask(cx, attribute, values).await?;
        }
    }
    search.finish()
}

#[derive(Default)]
struct Search {
    ids: Vec<String>,
    known: HashSet<String>,
    response: Option<Response>,
}

impl Search {
    /// Asks page by page for the profiles in which the attribute has one of the values.
    async fn ask(&mut self, cx: &Context<Klaviyo>, attribute: &str, values: &[&str]) -> Result<()> {
        let first_page = address(attribute, values);
        let mut cursor: Option<String> = None;
        loop {
            let address = match &cursor {
                Some(cursor) => format!("{first_page}&{}", cursor_query(cursor)),
                None => first_page.clone(),
            };
            let response = cx.get(address).send().await?;
            let page: Page = response.json().map_err(Error::of_a_read)?;
            let next = page.next_cursor();
            self.note(&page)?;
            self.response = Some(response);
            if next.is_none() || next == cursor {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// An entry that cannot be read may be somebody who has to be found.
    fn note(&mut self, page: &Page) -> Result<()> {
        for profile in &page.data {
            let id = resource_id(profile).ok_or_else(|| {
                Error::invalid_response("Klaviyo found a profile and does not tell its ID").of_a_read()
            })?;
            if self.known.insert(id.clone()) {
                self.ids.push(id);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Found> {
        let response = self
            .response
            .ok_or_else(|| Error::payload("There is no identifier to find a profile by"))?;
        Ok(Found {
            ids: self.ids,
            response,
        })
    }
}

fn address(attribute: &str, values: &[&str]) -> String {
    let filter = encoded(&any_of(attribute, values));
    let address = url(&format!("/profiles/?filter={filter}"));
    if values.len() > USUAL_PAGE {
        format!("{address}&page%5Bsize%5D={MAX_VALUES}")
    } else {
        address
    }
}

/// A condition in Klaviyo's [language of filters](https://developers.klaviyo.com/en/docs/filtering_).
fn any_of(attribute: &str, values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().copied().map(quoted).collect();
    format!("any({attribute},[{}])", quoted.join(","))
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_holds_whatever_is_in_an_identifier() {
        let values = ["q+1@post.example", r#"a"b\c"#];
        assert_eq!(
            any_of("email", &values),
            r#"any(email,["q+1@post.example","a\"b\\c"])"#
        );
        assert_eq!(
            address("phone_number", &["+48 1"]),
            "https://a.klaviyo.com/api/profiles/?filter=any%28phone_number%2C%5B%22%2B48%201%22%5D%29"
        );
    }

    #[test]
    fn many_identifiers_ask_for_long_pages() {
        let values = ["u"; USUAL_PAGE + 1];
        assert!(address("external_id", &values).ends_with("&page%5Bsize%5D=100"));
        assert!(!address("external_id", &values[1..]).contains("page"));
    }
}
