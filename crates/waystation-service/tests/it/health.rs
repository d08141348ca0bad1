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
