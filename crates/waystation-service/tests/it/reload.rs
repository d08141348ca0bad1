//! New configurations, without a restart.

use std::time::Duration;

use serde_json::json;
use waystation_service::Origin;
use waystation_testkit::{Answer, Partner};

use crate::support::{Home, Running, inspector, to, webhook};

/// The names of the connections in force.
async fn connections(service: &Running) -> String {
    service.get("/admin/v1/connections").await.body.to_string()
}

#[tokio::test]
async fn a_change_of_the_file_takes_effect() {
    let home = Home::new();
    home.write(&inspector("first", "delivered"));
    let service = home.start().await;
    assert_eq!(service.track("m-1").await.status, 200);
    service.until_counted(&[("delivered", 1)]).await;

    home.write(&format!(
        "{}{}",
        inspector("first", "delivered"),
        inspector("second", "delivered")
    ));
    service
        .until("the second connection runs", || async {
            connections(&service).await.contains("\"second\"")
        })
        .await;
    assert_eq!(service.track("m-2").await.status, 200);
    service.until_counted(&[("delivered", 3)]).await;
    service.stop().await;
}

#[tokio::test]
async fn a_faulty_file_changes_nothing_and_can_be_mended() {
    let home = Home::new();
    home.write(&inspector("first", "delivered"));
    let service = home.start().await;
    home.write(&inspector("second", "mysterious"));
    let refused = service.post("/admin/v1/reload", &json!({})).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert!(
        refused
            .body
            .to_string()
            .contains("connections.second.settings.answer"),
        "it says what is wrong: {refused:?}"
    );
    let running = connections(&service).await;
    assert!(
        running.contains("\"first\"") && !running.contains("\"second\""),
        "{running}"
    );
    assert_eq!(service.track("m-1").await.status, 200);
    service.until_counted(&[("delivered", 1)]).await;

    home.write(&inspector("second", "delivered"));
    service
        .until("the mended file is in force", || async {
            connections(&service).await.contains("\"second\"")
        })
        .await;
    service.stop().await;
}

#[tokio::test]
async fn a_reload_while_deliveries_are_under_way_loses_nothing() {
    const EVENTS: usize = 30;
    let partner = Partner::start().await;
    for _ in 0..EVENTS {
        partner.answers_with(Answer::json(200, json!({})).after(Duration::from_millis(30)));
    }
    partner.always_answers(200, json!({}));
    let home = Home::new();
    let write = |deadline: &str| {
        let delivery = format!("deadline = \"{deadline}\"\nconcurrency = {{ fixed = 4 }}\n");
        home.write(&format!("{}{}", to(&partner), webhook("hook", &delivery)));
    };
    write("50s");
    let service = home.start().await;
    for number in 0..EVENTS {
        if number % 10 == 5 {
            write(&format!("{number}s"));
            assert_eq!(service.post("/admin/v1/reload", &json!({})).await.status, 200);
        }
        assert_eq!(service.track(&format!("m-{number}")).await.status, 200);
    }
    service
        .until_counted(&[("accepted", EVENTS as u64), ("delivered", EVENTS as u64)])
        .await;
    // Nothing is lost, and nothing was sent twice, for nothing was cut off.
    partner.assert_sent(EVENTS);
    service.stop().await;
}

#[tokio::test]
async fn a_source_gets_another_key() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let text = std::fs::read_to_string(home.file()).unwrap();
    std::fs::write(home.file(), text.replace("[\"key\"]", "[\"another\"]")).unwrap();
    assert_eq!(service.post("/admin/v1/reload", &json!({})).await.status, 200);
    let _ = service.track("m-1").await;
    assert_eq!(
        service.ledger().await["accepted"],
        0,
        "the old key is good for nothing"
    );
    service.stop().await;
}

/// Shows what becomes of the events that senders go on sending.
async fn takes_events(service: &Running, id: &str) -> bool {
    service.track(id).await.status == 200
}

#[tokio::test]
async fn a_file_that_is_cut_off_takes_nothing_away() {
    let home = Home::new();
    let all = format!(
        "{}{}{}",
        inspector("a", "delivered"),
        inspector("b", "delivered"),
        inspector("c", "delivered")
    );
    home.write(&all);
    let service = home.start().await;
    let whole = std::fs::read_to_string(home.file()).unwrap();
    let cut = |at: &str| whole[..whole.find(at).unwrap()].to_owned();
    for text in [String::new(), cut("[connections.a]"), cut("[connections.b]")] {
        std::fs::write(home.file(), &text).unwrap();
        let refused = service.post("/admin/v1/reload", &json!({})).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(
            refused.body.to_string().contains("reload_may_remove"),
            "{refused:?}"
        );
        assert!(takes_events(&service, &format!("m-{}", text.len())).await);
    }
    service.until_counted(&[("accepted", 9), ("delivered", 9)]).await;
    // One of three is not most of them, and whoever means it says so.
    std::fs::write(home.file(), cut("[connections.c]")).unwrap();
    assert_eq!(service.post("/admin/v1/reload", &json!({})).await.status, 200);
    std::fs::write(
        home.file(),
        format!("server.reload_may_remove = true\n{}", cut("[connections.a]")),
    )
    .unwrap();
    assert_eq!(service.post("/admin/v1/reload", &json!({})).await.status, 200);
    assert_eq!(connections(&service).await.matches("\"name\"").count(), 0);
    service.stop().await;
}

/// A service that listens on all addresses does not become open to everybody by a file that says otherwise.
#[tokio::test]
async fn a_reload_does_not_open_the_interfaces_to_the_network() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let text = std::fs::read_to_string(home.file()).unwrap();
    let open = text.clone();
    let closed = text
        .replace("127.0.0.1:0", "0.0.0.0:0")
        .replace("api.open = true", "api.open = false");
    std::fs::write(home.file(), closed).unwrap();
    let service = home.start().await;
    assert_eq!(service.get("/admin/v1/config").await.status, 401);
    std::fs::write(home.file(), open).unwrap();
    service
        .until("the change has been judged", || async {
            let page = service.get("/metrics").await;
            page.text()
                .contains("waystation_config_reloads_total{outcome=\"refused\"} 1")
        })
        .await;
    assert_eq!(service.get("/admin/v1/config").await.status, 401);
    service.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_configuration_from_a_pipe_is_read_once() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let text = std::fs::read(home.file()).unwrap();
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, &text).unwrap();
    drop(writer);
    let file = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    let origin = Origin {
        file: Some(file.into()),
        listen: None,
    };
    let service = Running::start(origin).await.unwrap();
    let refused = service.post("/admin/v1/reload", &json!({})).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert!(takes_events(&service, "m-1").await);
    service.until_counted(&[("delivered", 1)]).await;
    service.stop().await;
}
