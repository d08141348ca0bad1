//! What a partner was asked.

use http::HeaderMap;
use serde_json::Value;
use url::Url;
use waystation_client::rewrite::ORIGINAL_ORIGIN;
use wiremock::Request;

/// A request as it arrived at the partner.
#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    /// The method, in capitals.
    pub method: String,
    /// The address that the destination asked for: the partner's own, not where the test's partner listens.
    pub url: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    pub(super) fn of(request: &Request) -> Self {
        let mut headers = request.headers.clone();
        let original = headers.remove(ORIGINAL_ORIGIN);
        Self {
            method: request.method.to_string(),
            url: original
                .and_then(|origin| at_origin(origin.to_str().ok()?, &request.url))
                .unwrap_or_else(|| request.url.clone()),
            headers,
            body: request.body.clone(),
        }
    }

    /// The path of the address, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// A value of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let found = self.url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// A header, if it is there and a text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body of {} {} is no JSON ({error}): {}",
                self.method,
                self.url,
                self.text()
            )
        })
    }

    /// The body as the pairs of a form.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

fn at_origin(origin: &str, url: &Url) -> Option<Url> {
    let mut original = Url::parse(origin).ok()?;
    original.set_path(url.path());
    original.set_query(url.query());
    Some(original)
}
