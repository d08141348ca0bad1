//! Whether it lives, and where it listens.

use waystation_service::{Origin, ServiceError};

use crate::support::{Home, Running, inspector};

#[tokio::test]
async fn it_says_that_it_lives_and_is_ready() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let answer = service.get("/healthz").await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &"ok".into()));
    let answer = service.get("/readyz").await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &"ready".into()));
    assert_eq!(answer.body.get("problems"), None);
    service.stop().await;
}

#[tokio::test]
async fn an_open_instance_tells_nothing_to_a_page_that_made_its_name_point_here() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    for path in ["/metrics", "/readyz", "/openapi.json", "/admin/v1/config"] {
        assert_eq!(service.get_as("evil.test", path).await.status, 403, "{path}");
        assert_eq!(
            service.get_as("localhost\r\nhost: evil.test", path).await.status,
            403,
            "{path}"
        );
        assert_eq!(service.get_as("127.0.0.1", path).await.status, 200, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_document_lists_the_routes_of_every_part() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let document = service.get("/openapi.json").await.body;
    for (method, path) in [
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
        ("get", "/openapi.json"),
        ("post", "/v1/track"),
        ("post", "/v1/m"),
        ("get", "/v1/pixel/{type}"),
        ("get", "/sourceConfig"),
        ("get", "/admin/v1/ledger"),
        ("post", "/v1/destinations/{slug}/events"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{method} {path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_address_to_listen_on_can_be_given_in_place_of_the_files() {
    let home = Home::new();
    home.write("");
    // A port that nobody may listen on without privileges or that somebody has, were the file obeyed.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let text = std::fs::read_to_string(home.file()).unwrap();
    let text = text.replace("127.0.0.1:0", &taken.local_addr().unwrap().to_string());
    std::fs::write(home.file(), text).unwrap();
    let origin = |listen: Option<&str>| Origin {
        file: Some(home.file()),
        listen: listen.map(|listen| listen.parse().unwrap()),
    };
    let Err(error) = Running::start(origin(None)).await else {
        panic!("the port is taken");
    };
    assert!(matches!(error, ServiceError::Listen { .. }), "{error}");
    let service = Running::start(origin(Some("127.0.0.1:0")))
        .await
        .expect("any port is free");
    assert_eq!(service.get("/healthz").await.status, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_store_belongs_to_one_service() {
    let home = Home::new();
    home.write("");
    let service = home.start().await;
    let origin = Origin {
        file: Some(home.file()),
        listen: None,
    };
    let Err(error) = Running::start(origin).await else {
        panic!("the store is in use");
    };
    assert!(matches!(error, ServiceError::Store(_)), "{error}");
    service.stop().await;
}

#[tokio::test]
async fn it_is_not_ready_while_its_store_takes_no_events_and_says_why() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    std::fs::remove_file(home.store()).unwrap();
    assert_eq!(service.track("m-1").await.status, 503);
    let answer = service.get("/readyz").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (503, &"not ready".into())
    );
    let problem = answer.body["problems"][0].to_string();
    assert!(problem.contains("was removed or replaced"), "{problem}");
    service.stop().await;
}

/// What `/readyz` says is wrong, once it is not ready.
async fn problem(service: &Running) -> String {
    service
        .until("it is not ready", || async {
            service.get("/readyz").await.status == 503
        })
        .await;
    service.get("/readyz").await.body["problems"].to_string()
}

#[tokio::test]
async fn a_store_that_another_process_has_locked_is_told_as_such_and_is_ready_again_without_it() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let other = rusqlite::Connection::open(home.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let problem = problem(&service).await;
    assert!(problem.contains("locked"), "{problem}");
    other.execute_batch("ROLLBACK").unwrap();
    service
        .until("it is ready again", || async {
            service.get("/readyz").await.status == 200
        })
        .await;
    let page = service.get("/metrics").await;
    let count = |kind: &str| {
        let series = format!("waystation_store_errors_total{{kind=\"{kind}\"}} ");
        let mut lines = page.text().lines();
        lines.find_map(|line| line.strip_prefix(&series).map(str::to_owned))
    };
    assert_ne!(count("locked").as_deref(), Some("0"));
    assert_eq!(count("damaged").as_deref(), Some("0"));
    service.stop().await;
}

#[tokio::test]
async fn a_store_with_a_damaged_page_is_told_as_such_and_takes_events_all_the_same() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    for id in 0..40 {
        let event = serde_json::json!({
            "event": "x", "userId": "u-1", "messageId": format!("needle-{id}"),
            "properties": {"text": "a".repeat(900)}
        });
        assert_eq!(service.post("/v1/track", &event).await.status, 200);
    }
    service.until_counted(&[("delivered", 40)]).await;
    service.stop().await;
    damage(&home.store(), "\"messageId\":\"needle-20\"");
    let service = home.start().await;
    assert_eq!(service.get("/readyz").await.status, 200);
    assert_eq!(service.get("/admin/v1/deliveries?limit=100").await.status, 503);
    let problem = problem(&service).await;
    assert!(problem.contains("it is damaged"), "{problem}");
    assert_eq!(service.track("new").await.status, 200);
    service.until_counted(&[("delivered", 41)]).await;
    service.stop().await;
}

/// Overwrites the page that holds this text.
fn damage(store: &std::path::Path, text: &str) {
    const PAGE: usize = 4096;
    let mut bytes = std::fs::read(store).unwrap();
    let mut windows = bytes.windows(text.len());
    let place = windows.position(|window| window == text.as_bytes());
    let page = place.expect("the text is in the file") / PAGE * PAGE;
    bytes[page..page + PAGE].fill(0xA5);
    std::fs::write(store, bytes).unwrap();
}
