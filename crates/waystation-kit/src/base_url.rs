//! Where a partner's API listens, for partners that people host themselves or that give each customer a host.

use serde::Deserialize;
use url::Url;

/// The base URL of an API, as a setting: http or https, nothing behind the path, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl(String);

/// Why a text is not a base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongBaseUrl {
    /// It cannot be read.
    #[error("the base URL cannot be read: {0}; expected something like https://api.example.com")]
    Unreadable(#[from] url::ParseError),
    /// It is not an address of the web.
    #[error("the base URL begins with https:// or http://")]
    Scheme,
    /// It goes on after the path, or has credentials.
    #[error("the base URL has no user name, query or fragment")]
    TooMuch,
}

impl BaseUrl {
    /// The address, to put a path behind.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without this end of its path, for APIs whose own pages show the address with a path that
    /// each request adds by itself.
    ///
    /// ```
    /// # use waystation_kit::BaseUrl;
    /// let pasted = BaseUrl::try_from("https://example.com/api/v1/".to_owned()).unwrap();
    /// assert_eq!(pasted.without_end("/api/v1").as_str(), "https://example.com");
    /// ```
    #[must_use]
    pub fn without_end(mut self, end: &str) -> Self {
        let rest = self.0.strip_suffix(end).unwrap_or(&self.0);
        self.0.truncate(rest.trim_end_matches('/').len());
        self
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = WrongBaseUrl;

    fn try_from(text: String) -> Result<Self, WrongBaseUrl> {
        let url = Url::parse(text.trim())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(WrongBaseUrl::Scheme);
        }
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if has_credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(WrongBaseUrl::TooMuch);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<BaseUrl, WrongBaseUrl> {
        text.to_owned().try_into()
    }

    #[test]
    fn a_path_can_be_put_behind_it() {
        for (text, expected) in [
            ("https://api.test", "https://api.test"),
            ("https://api.test/", "https://api.test"),
            (
                " http://api.test/behind/a/proxy/ ",
                "http://api.test/behind/a/proxy",
            ),
            ("https://api.test:8443//", "https://api.test:8443"),
        ] {
            assert_eq!(base(text).unwrap().as_str(), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for (text, fault) in [
            ("ftp://api.test", WrongBaseUrl::Scheme),
            ("https://api.test/?a=b", WrongBaseUrl::TooMuch),
            ("https://api.test/#part", WrongBaseUrl::TooMuch),
            ("https://me:pw@api.test", WrongBaseUrl::TooMuch),
            ("https://me@api.test", WrongBaseUrl::TooMuch),
        ] {
            assert_eq!(base(text).unwrap_err(), fault, "{text}");
        }
        assert!(matches!(base("api.test"), Err(WrongBaseUrl::Unreadable(_))));
    }

    #[test]
    fn only_the_end_asked_for_goes() {
        for (text, expected) in [
            ("https://api.test/api/v1/", "https://api.test"),
            ("https://api.test//api/v1", "https://api.test"),
            ("https://api.test/api/v2", "https://api.test/api/v2"),
            ("https://api.test/api/v1/x", "https://api.test/api/v1/x"),
        ] {
            assert_eq!(
                base(text).unwrap().without_end("/api/v1").as_str(),
                expected,
                "{text}"
            );
        }
    }
}
