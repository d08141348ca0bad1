//! Spellings of paths: as the reference's development server, ours takes `/Authenticate/` for
//! `/authenticate`. Names of destinations, actions, fields and hooks are looked up without regard to case by
//! the routes themselves.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The fixed words of paths, by their place in the path.
const WORDS: [&[&str]; 4] = [
    &[
        "manifest",
        "authenticate",
        "refreshAccessToken",
        "delete",
        "createAudience",
        "getAudience",
        "destinations",
    ],
    &["hooks"],
    &["actions"],
    &["dynamic"],
];

/// Writes the fixed words of a path as the routes spell them, and drops a slash at its end.
pub(crate) fn respell(mut request: Request) -> Request {
    if let Some(uri) = respelled(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// `None` if there is nothing to change.
fn respelled(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let trimmed = path.strip_suffix('/').filter(|trimmed| !trimmed.is_empty());
    let mut changed = trimmed.is_some();
    let segments: Vec<&str> = trimmed
        .unwrap_or(path)
        .split('/')
        .skip(1)
        .enumerate()
        .map(|(place, segment)| {
            let known = WORDS.get(place).copied().unwrap_or_default();
            match known.iter().find(|word| word.eq_ignore_ascii_case(segment)) {
                Some(word) if *word != segment => {
                    changed = true;
                    word
                }
                _ => segment,
            }
        })
        .collect();
    if !changed {
        return None;
    }
    let path = format!("/{}", segments.join("/"));
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_words_are_respelled_and_names_are_left_alone() {
        let table = [
            ("/manifest", None),
            ("/", None),
            ("/trackEvent", None),
            ("/MANIFEST/?a=B", Some("/manifest?a=B")),
            ("/refreshaccesstoken", Some("/refreshAccessToken")),
            ("/trackEvent/", Some("/trackEvent")),
            (
                "/trackEvent/HOOKS/onMappingSave/DYNAMIC/List",
                Some("/trackEvent/hooks/onMappingSave/dynamic/List"),
            ),
            (
                "/Destinations/Shop/Actions/Order",
                Some("/destinations/Shop/actions/Order"),
            ),
        ];
        for (given, expected) in table {
            let respelled = respelled(&given.parse().unwrap()).map(|uri| uri.to_string());
            assert_eq!(respelled.as_deref(), expected, "{given}");
        }
    }
}
