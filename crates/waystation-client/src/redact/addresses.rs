//! Credentials in addresses, wherever in a text an address stands: before the host, behind names of credentials, and
//! in paths that are themselves the credential.

use url::form_urlencoded;

use super::{REDACTED, names};

/// Where whoever knows the path may write: the end of the host's name, and what the path begins with.
const SECRET_PATHS: &[(&str, &str)] = &[
    ("slack.com", "/"),
    ("slack-gov.com", "/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("hooks.zapier.com", "/hooks/catch/"),
    ("webhook.office.com", "/"),
    ("outlook.office.com", "/webhook/"),
    ("api.telegram.org", "/bot"),
];

/// Where credentials are in the addresses of a text, in order.
pub(super) fn credentials(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = text[at..].find("://") {
        let start = at + colon + "://".len();
        let address = &text[start..start + length(&text[start..])];
        in_address(address, |from, to| found.push((start + from, start + to)));
        at = start + address.len();
    }
    found
}

/// How long the address is that the text begins with, behind its scheme. Placeholders of a mapping are part of it.
fn length(text: &str) -> usize {
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with(REDACTED) {
            at += REDACTED.len();
        } else if let Some(inner) = rest.strip_prefix("{{").and_then(|inner| inner.find("}}")) {
            at += inner + "{{}}".len();
        } else if character.is_whitespace() || matches!(character, '"' | '\'' | '<' | '>' | '`' | '\\') {
            break;
        } else {
            at += character.len_utf8();
        }
    }
    at
}

fn in_address(address: &str, mut found: impl FnMut(usize, usize)) {
    let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let authority = &address[..host_end];
    let host = match authority.rfind('@') {
        Some(end) => {
            if end > 0 && &authority[..end] != REDACTED {
                found(0, end);
            }
            &authority[end + 1..]
        }
        None => authority,
    };
    let path_end = address[host_end..]
        .find(['?', '#'])
        .map_or(address.len(), |end| host_end + end);
    let path = &address[host_end..path_end];
    if let Some(public) = public_part(host, path)
        && &path[public..] != REDACTED
    {
        found(host_end + public, path_end);
    }
    let mut at = path_end;
    for pair in address[path_end..].split(['?', '#', '&']) {
        if let Some((name, value)) = pair.split_once('=')
            && !value.is_empty()
            && value != REDACTED
            && is_secret(name)
        {
            found(at + name.len() + 1, at + pair.len());
        }
        at += pair.len() + 1;
    }
}

/// How much of a path that is a credential may be shown; `None` if it is none.
fn public_part(host: &str, path: &str) -> Option<usize> {
    let host = host.split(':').next()?.to_ascii_lowercase();
    let is_at = |end: &str| {
        host.strip_suffix(end)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let mut paths = SECRET_PATHS.iter().filter(|(end, _)| is_at(end));
    let (_, prefix) = paths.find(|(_, prefix)| path.len() > prefix.len() && path.starts_with(prefix))?;
    Some(prefix.len())
}

/// A name as forms write it.
fn is_secret(name: &str) -> bool {
    let decoded = form_urlencoded::parse(name.as_bytes()).next();
    decoded.is_some_and(|(name, _)| names::is_secret(&name))
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;
    use super::super::values::replace;
    use super::*;

    fn shown(text: &str) -> String {
        replace(text, &credentials(text)).into_owned()
    }

    #[test]
    fn credentials_are_hidden_in_the_addresses_of_any_text() {
        for (text, expected) in [
            ("see https://a.test/x?v=1#y.", "see https://a.test/x?v=1#y."),
            ("https://ana:pw@a.test/x", "https://<redacted>@a.test/x"),
            (
                "(redis://:pw@a.test:1/0), https://key@b.test",
                "(redis://<redacted>@a.test:1/0), https://<redacted>@b.test",
            ),
            (
                "https://a.test/?api_key=abc&v=1&user%5Bpassword%5D=x",
                "https://a.test/?api_key=<redacted>&v=1&user%5Bpassword%5D=<redacted>",
            ),
            (
                "https://a.test/#access_token=abc&x",
                "https://a.test/#access_token=<redacted>&x",
            ),
            (
                "<a href=\"https://a.test/?a=1&amp;token=abc\">",
                "<a href=\"https://a.test/?a=1&amp;token=<redacted>\">",
            ),
            (
                "https://{{properties.host}}/{{ a b }}?token=abc",
                "https://{{properties.host}}/{{ a b }}?token=<redacted>",
            ),
            (
                "https://hooks.slack.com/services/T0/B0/xyz is",
                "https://hooks.slack.com/<redacted> is",
            ),
            (
                "https://Discord.com:443/api/webhooks/1/abc?wait=1",
                "https://Discord.com:443/api/webhooks/<redacted>?wait=1",
            ),
            ("https://discord.com/channels/1", "https://discord.com/channels/1"),
            (
                "https://notslack.com/services/T0",
                "https://notslack.com/services/T0",
            ),
            ("https://hooks.slack.com/", "https://hooks.slack.com/"),
            (
                "mail ana@a.test: 5 // no address ://",
                "mail ana@a.test: 5 // no address ://",
            ),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(expected), expected, "what is hidden stays so");
        }
    }

    #[test]
    fn what_was_hidden_before_does_not_end_an_address() {
        let redactor = Redactor::builder().secret(&"known-secret".into()).build();
        assert_eq!(
            redactor.text("https://u:known-secret@a.test/known-secret?token=abc"),
            "https://<redacted>@a.test/<redacted>?token=<redacted>"
        );
    }
}
