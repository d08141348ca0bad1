//! Addresses of incoming webhooks.

use waystation_kit::prelude::*;

const SCHEME: &str = "https://";
const SLACK_LABEL: &str = ".slack";
const TOP_LEVEL_DOMAIN: &str = "com";

/// The code of the error about an address that is not Slack's.
const BAD_REQUEST: ErrorCode = ErrorCode::new("Bad Request");

/// An address that looks like one of Slack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookUrl<'text>(&'text str);

impl<'text> WebhookUrl<'text> {
    /// Takes an address of the form `https://<host>.slack.com/<path>`, the path of letters, digits and slashes alone.
    ///
    /// Between `slack` and `com` any character of a host name will do: mappings with such addresses are in use, and
    /// the address comes from the owner of the mapping, who may send messages wherever they like.
    ///
    /// # Errors
    /// A 400 with the code `Bad Request` for any other address.
    pub fn parse(url: &'text str) -> Result<Self> {
        if is_slack_url(url) {
            return Ok(Self(url));
        }
        Err(Error::integration(
            "This is not the address of a Slack webhook; they start with https://hooks.slack.com/services/",
            BAD_REQUEST,
            400,
        ))
    }

    /// The address.
    #[must_use]
    pub const fn as_str(self) -> &'text str {
        self.0
    }
}

fn is_slack_url(url: &str) -> bool {
    let Some(address) = url.strip_prefix(SCHEME) else {
        return false;
    };
    address.match_indices(SLACK_LABEL).any(|(start, label)| {
        let (subdomain, rest) = (&address[..start], &address[start + label.len()..]);
        is_host(subdomain) && path_after_domain(rest).is_some_and(is_path)
    })
}

/// What follows `.com`, its dot in any disguise.
fn path_after_domain(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().filter(|dot| is_host_character(*dot))?;
    characters.as_str().strip_prefix(TOP_LEVEL_DOMAIN)
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_host_character)
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '/' || c.is_ascii_alphanumeric())
}

fn is_host_character(c: char) -> bool {
    matches!(c, '.' | '-') || c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_slack_are_taken() {
        for url in [
            "https://hooks.slack.com/services/T0/B0/x9Y",
            "https://hooks.slack.com/services/T0/B0/x9Y/",
            "https://a-b.c.slack.com/x",
            "https://hooks.slack.com.slack.com/x",
            "https://hooks.slackXcom/services",
        ] {
            assert_eq!(WebhookUrl::parse(url).unwrap().as_str(), url);
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for url in [
            "",
            "http://hooks.slack.com/services/T0",
            "HTTPS://hooks.slack.com/services/T0",
            "https://slack.com/services/T0",
            "https://.slack.com/services/T0",
            "https://hooks.slack.com",
            "https://hooks.slack.comet.example/services",
            "https://hooks.slack.com/services/a-b",
            "https://hooks.slack.com/services?x=1",
            "https://hooks.slack.com:8443/services",
            "https://user@hooks.slack.com/services",
            "https://example.com/a.slack.com/services",
            "https://evil.slack@com/x",
            "https://hooks.slack.com/services/ż",
        ] {
            let error = WebhookUrl::parse(url).unwrap_err();
            assert_eq!(error.status(), Some(400), "{url}");
            assert_eq!(error.code().unwrap().as_str(), "Bad Request", "{url}");
            assert!(!error.is_retryable(), "{url}");
        }
    }
}
