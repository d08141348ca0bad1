//! What the reference's development server hides.

/// Request headers whose values the reference hides (runtime specification, section 19).
const REQUEST_HEADERS: &[&str] = &[
    "authorization",
    "cookie",
    "proxy-authenticate",
    "proxy-authorization",
    "set-cookie",
    "www-authenticate",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
    "x-api-key",
    "x-client-id",
    "x-csrf-token",
    "x-forwarded-for",
    "x-real-ip",
    "x-requested-with",
    "x-uid",
    "x-xsrf-token",
];

/// Whether the reference hides a request header; its name in lower case.
pub(super) fn hides_request_header(name: &str) -> bool {
    REQUEST_HEADERS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(REQUEST_HEADERS.is_sorted());
        assert!(hides_request_header("x-uid") && !hides_request_header("api-key"));
    }
}
