//! Who may: bearer tokens, each good for a scope.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::OpenApi;
use waystation_config::{Api, ApiToken, Scope};
use waystation_http::{ApiError, Code, host};

use crate::app::App;

/// What a router asks for.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: App,
    pub(crate) needed: Arc<Needed>,
}

/// Which scope each route needs.
#[derive(Debug)]
pub(crate) struct Needed {
    by_route: HashMap<(Method, String), Scope>,
    least: Scope,
}

impl Needed {
    /// As the document of these routes says; paths under `prefix` that lead nowhere need `least`. A route of which the
    /// document says nothing needs everything.
    pub(crate) fn of(document: &OpenApi, prefix: &str, least: Scope) -> Self {
        let document = serde_json::to_value(document).unwrap_or_default();
        let paths = document
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let routes = paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations.filter_map(move |(method, operation)| {
                let method = method.to_uppercase().parse().ok()?;
                let named = operation.pointer("/security/0/token/0").and_then(Value::as_str);
                let mut scopes = Scope::ALL.iter().copied();
                let scope = scopes.find(|scope| Some(scope.name()) == named);
                Some(((method, format!("{prefix}{path}")), scope.unwrap_or(Scope::Admin)))
            })
        });
        Self {
            by_route: routes.collect(),
            least,
        }
    }

    /// What a request needs.
    fn by(&self, request: &Request) -> Scope {
        let Some(path) = request.extensions().get::<MatchedPath>() else {
            return self.least;
        };
        let route = (request.method().clone(), path.as_str().to_owned());
        self.by_route.get(&route).copied().unwrap_or(self.least)
    }
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller(Option<Arc<str>>);

impl Caller {
    /// The name of the token; none while the interfaces are open.
    pub(crate) fn name(&self) -> Option<String> {
        self.0.as_deref().map(str::to_owned)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// Lets requests with a good token through.
pub(crate) async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let config = guard.app.config();
    let allowed = match config.api.open {
        true => check_caller_is_no_page(request.headers()).map(|()| Caller::default()),
        false => check_token(&config.api, guard.needed.by(&request), request.headers()),
    };
    match allowed {
        Ok(caller) => {
            request.extensions_mut().insert(caller.clone());
            audited(caller, request, next).await
        }
        Err(error) => error.into_response(),
    }
}

/// Answers a request; who changed something by the admin API, and what came of it, is in the log.
async fn audited(caller: Caller, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    if method != Method::GET && path.starts_with(crate::admin::PREFIX) {
        tracing::info!(
            target: "waystation_api::audit",
            token = caller.name(),
            method = method.as_str(),
            path,
            status = response.status().as_u16(),
            "somebody drives the service"
        );
    }
    response
}

/// Whether the token that the request shows is good for what it asks.
fn check_token(api: &Api, needed: Scope, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let shown = headers.get(AUTHORIZATION).and_then(bearer);
    match known(api, shown.unwrap_or_default()) {
        Some(token) if token.scope.covers(needed) => Ok(Caller(Some(Arc::clone(&token.name)))),
        Some(token) => {
            let (has, needs) = (token.scope.name(), needed.name());
            let message =
                format!("The token has the scope \"{has}\"; this takes one of the scope \"{needs}\".");
            Err(ApiError::new(Code::Forbidden, message).with("needed", needs))
        }
        None if shown.is_some() => Err(ApiError::new(Code::Unauthorized, "The token is not known.")),
        None => Err(ApiError::new(
            Code::Unauthorized,
            "This takes a token: send it as \"Authorization: Bearer TOKEN\".",
        )),
    }
}

/// The token that is shown. Every known token is compared, to the end, by digests, so that neither the answer's time
/// nor a difference in length tells anything of them.
fn known<'api>(api: &'api Api, shown: &[u8]) -> Option<&'api ApiToken> {
    let shown = Sha256::digest(shown);
    api.tokens.iter().fold(None, |found, known| {
        let known_digest = Sha256::digest(known.token.expose());
        let is_it = equal(&shown, &known_digest) && !known.token.expose().is_empty();
        match is_it {
            true => Some(known),
            false => found,
        }
    })
}

/// Whether two digests are equal, in a time that does not depend on where they differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    let differences = a
        .iter()
        .zip(b)
        .fold(0, |differences, (a, b)| differences | (a ^ b));
    std::hint::black_box(differences) == 0
}

/// The token of `Bearer TOKEN`; the scheme in any case.
fn bearer(authorization: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = authorization.as_bytes().split_at_checked(b"Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| token.trim_ascii())
}

/// Open interfaces are for this machine alone, and so not for web pages that a browser on this machine shows: not
/// for those that made their own host name point here, nor for requests that a browser says come from elsewhere.
fn check_caller_is_no_page(headers: &HeaderMap) -> Result<(), ApiError> {
    let own = headers.get(HOST).and_then(|host| host.to_str().ok());
    if host::is_passed_on(headers) {
        let message = "Without tokens, the server answers to this machine alone, and this request was passed on by a proxy. \
                       Configure tokens under [api.tokens].";
        return Err(ApiError::new(Code::Forbidden, message));
    }
    if let Some(name) = host::foreign(headers) {
        let message = format!(
            "Without tokens, the server is not to be called by the host name \"{name}\", for a web page could do so \
             too. Call it by its address or as localhost, or configure tokens under [api.tokens]."
        );
        return Err(ApiError::new(Code::ForbiddenHost, message));
    }
    let is_foreign = match headers.get(ORIGIN) {
        Some(origin) => {
            let origin = origin
                .to_str()
                .ok()
                .and_then(|origin| origin.strip_prefix("http://"));
            origin.is_none() || origin != own
        }
        None => headers
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site" || site == "same-site"),
    };
    match is_foreign {
        true => Err(ApiError::new(
            Code::ForbiddenOrigin,
            "This request comes from a web page that is not the server's own.",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> Api {
        let token = |name: &str, token: &str, scope| ApiToken {
            name: name.into(),
            token: token.into(),
            scope,
        };
        Api {
            tokens: vec![
                token("ops", "admin-token", Scope::Admin),
                token("app", "execute-token", Scope::Execute),
                token("blank", "", Scope::Admin),
            ],
            open: false,
        }
    }

    #[test]
    fn tokens_are_equal_whole_or_not_at_all() {
        for (shown, scope) in [
            ("admin-token", Some(Scope::Admin)),
            ("execute-token", Some(Scope::Execute)),
            ("admin-toke", None),
            ("admin-token ", None),
            ("ADMIN-TOKEN", None),
            ("", None),
        ] {
            let api = api();
            let known = known(&api, shown.as_bytes()).map(|token| token.scope);
            assert_eq!(known, scope, "{shown}");
        }
    }

    #[test]
    fn digests_differ_wherever_they_differ() {
        assert!(equal(&[1, 2, 3], &[1, 2, 3]));
        for other in [[0, 2, 3], [1, 0, 3], [1, 2, 0]] {
            assert!(!equal(&[1, 2, 3], &other), "{other:?}");
        }
    }

    #[test]
    fn the_scheme_is_read_in_any_case_and_nothing_else_is() {
        let token = |header: &'static str| bearer(&HeaderValue::from_static(header)).map(<[u8]>::to_vec);
        assert_eq!(token("Bearer t"), Some(b"t".to_vec()));
        assert_eq!(token("bearer  t "), Some(b"t".to_vec()));
        assert_eq!(token("Basic dDo="), None);
        assert_eq!(token("Bear"), None);
        assert_eq!(token("Bearer"), None);
    }

    #[test]
    fn pages_of_others_are_kept_out_while_the_interfaces_are_open() {
        let allowed = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter();
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            check_caller_is_no_page(&headers).is_ok()
        };
        assert!(allowed(&[("host", "127.0.0.1:8080")]));
        assert!(allowed(&[
            ("host", "localhost:8080"),
            ("origin", "http://localhost:8080")
        ]));
        assert!(!allowed(&[("host", "rebound.test:8080")]));
        assert!(!allowed(&[
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-for", "203.0.113.9")
        ]));
        assert!(!allowed(&[
            ("host", "127.0.0.1:8080"),
            ("forwarded", "for=203.0.113.9")
        ]));
        assert!(!allowed(&[
            ("host", "localhost:8080"),
            ("host", "rebound.test:8080")
        ]));
        assert!(!allowed(&[
            ("host", "localhost:8080"),
            ("origin", "https://evil.test")
        ]));
        assert!(!allowed(&[("host", "localhost:8080"), ("origin", "null")]));
        assert!(!allowed(&[
            ("host", "localhost:8080"),
            ("sec-fetch-site", "cross-site")
        ]));
    }
}
