use axum::body::to_bytes;
use axum::http::header::LOCATION;

use super::*;

fn asking(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
    let pairs = pairs.iter().cloned();
    pairs
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_page_names_only_files_that_are_embedded() {
    let response = page(Page::Workbench, &HeaderMap::new());
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_SECURITY_POLICY], POLICY);
    assert_eq!(response.headers().get(LOCATION), None);
    let html = text(response).await;
    let named: Vec<&str> = html
        .split('"')
        .filter_map(|part| part.strip_prefix("/assets/"))
        .collect();
    assert!(named.len() >= 2, "{html}");
    for name in named {
        assert!(asset(name, &HeaderMap::new()).is_some(), "{name}");
    }
}

#[tokio::test]
async fn the_page_has_no_code_and_no_style_of_its_own() {
    let html = text(page(Page::Workbench, &HeaderMap::new())).await;
    assert!(!html.contains("<style"), "{html}");
    assert!(!html.contains(" style="), "{html}");
    let scripts = html.matches("<script").count();
    assert_eq!(scripts, html.matches("src=\"/assets/").count(), "{html}");
}

#[test]
fn a_known_file_is_not_sent_again() {
    let first = page(Page::Workbench, &HeaderMap::new());
    let mut asked = HeaderMap::new();
    asked.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
    assert_eq!(page(Page::Workbench, &asked).status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn who_takes_gzip_gets_it() {
    let asked = asking(&[(ACCEPT_ENCODING, "br, gzip")]);
    let response = page(Page::Workbench, &asked);
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(&body[..2], [0x1f, 0x8b]);
    for refused in ["identity", "gzip;q=0", "br"] {
        let response = page(Page::Workbench, &asking(&[(ACCEPT_ENCODING, refused)]));
        assert_eq!(response.headers().get(CONTENT_ENCODING), None, "{refused}");
    }
}

#[test]
fn the_pages_weigh_less_than_400_kilobytes() {
    let weight: usize = Built::iter()
        .filter_map(|path| Some(compressed::get(&path, &Built::get(&path)?.data).len()))
        .sum();
    assert!(weight < 400_000, "{weight} bytes compressed");
    assert!(weight > 10_000, "{weight} bytes compressed: is dist/ empty?");
}

#[test]
fn what_is_not_there_is_not_answered() {
    assert!(asset("../Cargo.toml", &HeaderMap::new()).is_none());
    assert!(asset("nothing.js", &HeaderMap::new()).is_none());
}
