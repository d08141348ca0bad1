//! Answers in pages ([reference](https://developers.klaviyo.com/en/docs/navigate_through_api_responses)).

use percent_encoding::percent_decode_str;
use waystation_kit::prelude::*;
use waystation_kit::request::encoded;

/// One page of what was asked for. What is on it is read one by one, so that an odd entry does not take the others
/// along.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The resources on it.
    pub data: Vec<Value>,
    #[serde(default)]
    links: PageLinks,
}

#[derive(Debug, Default, Deserialize)]
struct PageLinks {
    next: Option<String>,
}

impl Page {
    /// What to ask for the next page by. The address in the answer itself is not followed, since the key would
    /// go wherever it leads.
    #[must_use]
    pub fn next_cursor(&self) -> Option<String> {
        let (_, query) = self.links.next.as_deref()?.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let is_cursor = |key| percent_decode_str(key).eq(b"page[cursor]".iter().copied());
        let (_, cursor) = pairs.find(|(key, _)| is_cursor(key))?;
        Some(percent_decode_str(cursor).decode_utf8_lossy().into_owned())
    }
}

/// The part of a query that asks for the page of a cursor.
#[must_use]
pub fn cursor_query(cursor: &str) -> String {
    format!("page%5Bcursor%5D={}", encoded(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(page: Value) -> Option<String> {
        serde_json::from_value::<Page>(page).unwrap().next_cursor()
    }

    #[test]
    fn the_next_page_is_asked_for_by_its_cursor() {
        let next = |address: &str| cursor(json!({"data": [], "links": {"next": address}}));
        let address = "https://a.klaviyo.com/api/lists/?page%5Bsize%5D=10&page%5Bcursor%5D=bmV4%2BdA%3D%3D";
        assert_eq!(next(address).as_deref(), Some("bmV4+dA=="));
        assert_eq!(next("https://a/?page[cursor]=abc").as_deref(), Some("abc"));
        assert_eq!(next("https://a/?page[size]=10"), None);
        assert_eq!(next("https://a/"), None);
        assert_eq!(cursor_query("bmV4+dA=="), "page%5Bcursor%5D=bmV4%2BdA%3D%3D");
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        assert_eq!(cursor(json!({"data": []})), None);
        assert_eq!(cursor(json!({"data": [], "links": {"next": null}})), None);
    }
}
