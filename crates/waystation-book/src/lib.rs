//! The documentation as pages, served by the binary itself: offline, without a script, of the version that runs.
//!
//! The text is that of `docs/` at the root of the repository, an mdBook whose examples the tests run. [`router`] renders
//! each chapter when it is asked for; that takes less than a millisecond, so nothing is kept.
#![forbid(unsafe_code)]

mod chapters;
mod page;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use chapters::Chapter;

/// Where the book is served.
const ROOT: &str = "/docs";

/// Pages load their style sheet and nothing else, and run nothing.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The book, under `/docs`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(ROOT, get(async || Redirect::permanent("/docs/introduction")))
        .route("/docs/", get(async || Redirect::permanent("/docs/introduction")))
        .route("/docs/book.css", get(style))
        .route("/docs/{*chapter}", get(show))
}

async fn show(Path(path): Path<String>) -> Response {
    match Chapter::at(&path) {
        Some(chapter) => html(StatusCode::OK, page::of(chapter)),
        None => html(StatusCode::NOT_FOUND, page::missing(&path)),
    }
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("book.css"),
    )
}

fn html(status: StatusCode, page: String) -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router::<()>().with_state(()).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_chapter_of_the_summary_is_a_page_and_every_link_between_them_leads_to_one() {
        let mut links = 0;
        for chapter in chapters::all() {
            let (status, page) = get(&format!("/docs/{}", chapter.path)).await;
            assert_eq!(status, StatusCode::OK, "{}", chapter.path);
            for target in page
                .split("href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                let Some(path) = target.strip_prefix("/docs/") else {
                    continue;
                };
                let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
                let (status, linked) = get(&format!("/docs/{path}")).await;
                assert_eq!(status, StatusCode::OK, "{} links to {target}", chapter.path);
                let has_anchor = anchor.is_empty() || linked.contains(&format!("id=\"{anchor}\""));
                assert!(
                    has_anchor,
                    "{} links to {target}, which has no such part",
                    chapter.path
                );
                links += 1;
            }
        }
        assert!(links > 50, "only {links} links were found");
    }

    #[tokio::test]
    async fn a_page_holds_what_the_chapter_says_and_runs_nothing() {
        let (_, page) = get("/docs/languages/mappings").await;
        assert!(
            page.contains("<code>@path</code>: what a path leads to</h2>"),
            "{page}"
        );
        assert!(page.contains("<table>"));
        assert!(!page.contains("<script"));
    }

    #[tokio::test]
    async fn what_is_no_chapter_is_not_found_and_not_repeated_as_markup() {
        let (status, page) = get("/docs/%3Cscript%3E").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(!page.contains("<script>"), "{page}");
        assert_eq!(get("/docs/..%2FCargo.toml").await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_root_leads_to_the_introduction() {
        assert_eq!(get("/docs").await.0, StatusCode::PERMANENT_REDIRECT);
    }
}
