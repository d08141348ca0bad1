//! Secrets in addresses and forms, where texts are percent-encoded in one of many ways.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::Url;
use url::form_urlencoded;

use super::{DEEPEST_NESTING, REDACTED, Redactor};

impl Redactor {
    /// An address without credentials: neither before the host, nor in the query, nor anywhere else as far as
    /// they are known. Parts in which something is hidden are shown decoded, so this is for reading only.
    #[must_use]
    pub fn url(&self, url: &Url) -> String {
        let mut shown = match (url.username(), url.password()) {
            ("", None) => self.encoded(before_query(url)).into_owned(),
            _ => self
                .encoded(before_query(&without_credentials(url)))
                .replacen("://", "://<redacted>@", 1),
        };
        if let Some(query) = url.query() {
            shown.push('?');
            shown.push_str(&self.pairs(query));
        }
        if let Some(fragment) = url.fragment() {
            shown.push('#');
            shown.push_str(&self.encoded(fragment));
        }
        shown
    }

    /// Form-encoded pairs.
    pub(super) fn pairs<'t>(&self, encoded: &'t str) -> Cow<'t, str> {
        let hidden = self.text(encoded);
        let shown: Vec<Cow<'_, str>> = hidden.split('&').map(|pair| self.pair(pair)).collect();
        if shown.iter().all(|pair| matches!(pair, Cow::Borrowed(_))) {
            return hidden;
        }
        Cow::Owned(shown.join("&"))
    }

    fn pair<'t>(&self, pair: &'t str) -> Cow<'t, str> {
        let (name, value) = form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default();
        if !value.is_empty() && self.hides(&name) {
            return Cow::Owned(format!("{}={REDACTED}", self.text(&name)));
        }
        match (self.text(&name), self.structured(&value, DEEPEST_NESTING)) {
            (Cow::Borrowed(_), Cow::Borrowed(_)) => Cow::Borrowed(pair),
            (name, value) => Cow::Owned(format!("{name}={value}")),
        }
    }

    /// A percent-encoded text, decoded where only that shows a secret.
    fn encoded<'t>(&self, encoded: &'t str) -> Cow<'t, str> {
        let hidden = self.text(encoded);
        let decoded = percent_decode_str(&hidden).decode_utf8_lossy();
        match self.text(&decoded) {
            Cow::Owned(shown) => Cow::Owned(shown),
            Cow::Borrowed(_) => hidden,
        }
    }
}

fn before_query(url: &Url) -> &str {
    &url[..url::Position::AfterPath]
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    // Neither fails on an address that has credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}
