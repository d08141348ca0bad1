//! Deliveries that go out together.

use serde_json::{Value, json};
use waystation_queue::{Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, config, example, head, identify, ids, track};

#[tokio::test]
async fn events_of_one_subscription_go_out_together() {
    let partner = Partner::willing().await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["m-1", "m-2", "m-3"].map(track)).await;
    bench.until_delivered(3).await;
    let requests = partner.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].path, "/v1/events/batch");
    assert_eq!(ids(&requests[0]), ["m-1", "m-2", "m-3"]);
    for record in bench.records().await {
        assert_eq!((record.summary.status, record.summary.attempts), (Some(200), 1));
    }
}

#[tokio::test]
async fn only_what_may_be_mended_comes_back() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::answer(
            200,
            json!({"errors": [
                {"index": 1, "code": "slow_down", "message": "Too many of these"},
                {"index": 2, "code": "unknown_contact", "message": "Who is that?"},
            ]}),
        ),
        _ => Reaction::ok(),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["good", "slow", "unknown"].map(track)).await;
    bench
        .until("two are delivered and one is dead", |tally| {
            tally.delivered == 2 && tally.dead == 1
        })
        .await;

    let requests = partner.requests();
    assert_eq!(
        requests.iter().map(ids).collect::<Vec<_>>(),
        [vec!["good", "slow", "unknown"], vec!["slow"]]
    );
    let dead = bench.record("unknown").await;
    let State::Dead { failure, .. } = &dead.summary.state else {
        panic!("{dead:?}");
    };
    assert_eq!((failure.stage, failure.status), (Stage::Delivery, Some(404)));
    assert_eq!(failure.message, "Who is that?");
    let slow = bench.record("slow").await;
    assert_eq!((slow.summary.rounds, slow.summary.attempts), (2, 2));
    assert_eq!(slow.history[0].failure.as_ref().unwrap().status, Some(429));
}

/// A mapping whose template uses a filter that mappings may not use, for events that ask for it.
fn with_a_mapping(delivery: &str, partner: &Partner) -> String {
    format!(
        r#"{}
[connections.crm]
destination = "example"
settings = {{ workspace = "acme", workspaceKey = "key" }}
[[connections.crm.subscriptions]]
action = "trackEvent"
extend_defaults = true
mapping = {{ name = {{ "@liquid" = "{{% if properties.broken %}}{{{{ event | map: \"x\" }}}}{{% else %}}Order{{% endif %}}" }} }}
[connections.crm.delivery]
{delivery}"#,
        head(partner)
    )
}

fn broken() -> Value {
    let mut event = track("broken");
    event["properties"] = json!({"broken": true});
    event
}

#[tokio::test]
async fn an_event_that_cannot_be_mapped_spoils_no_batch() {
    let partner = Partner::willing().await;
    let bench = Bench::with(&config(&with_a_mapping(HASTY, &partner))).await;
    bench.send([track("m-1"), broken(), track("m-3")]).await;
    bench
        .until("two are delivered and one is dead", |tally| {
            tally.delivered == 2 && tally.dead == 1
        })
        .await;

    let requests = partner.requests();
    assert_eq!(requests.iter().map(ids).collect::<Vec<_>>(), [["m-1", "m-3"]]);
    let broken = bench.record("broken").await;
    let State::Dead { failure, .. } = &broken.summary.state else {
        panic!("{broken:?}");
    };
    assert_eq!(failure.stage, Stage::Mapping, "{failure:?}");
}

#[tokio::test]
async fn an_event_that_cannot_be_mapped_dies_alone_as_well() {
    let partner = Partner::willing().await;
    let alone = HASTY.replace("linger = \"50ms\"", "size = 1");
    let bench = Bench::with(&config(&with_a_mapping(&alone, &partner))).await;
    bench.send([broken()]).await;
    bench.until("it is dead", |tally| tally.dead == 1).await;
    assert!(partner.requests().is_empty());
    let State::Dead { failure, .. } = bench.record("broken").await.summary.state else {
        panic!("it is dead");
    };
    assert_eq!(failure.stage, Stage::Mapping);
}

#[tokio::test]
async fn what_is_not_valid_is_dead_before_it_is_sent() {
    let partner = Partner::willing().await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    let mut nobody = track("nobody");
    nobody.as_object_mut().unwrap().remove("userId");
    bench.send([track("m-1"), nobody]).await;
    bench
        .until("one is delivered and one is dead", |tally| {
            tally.delivered == 1 && tally.dead == 1
        })
        .await;
    let nobody = bench.record("nobody").await;
    let State::Dead { failure, .. } = &nobody.summary.state else {
        panic!("{nobody:?}");
    };
    assert_eq!((failure.stage, failure.status), (Stage::Validation, Some(400)));
    assert_eq!(ids(&partner.requests()[0]), ["m-1"]);
}

#[tokio::test]
async fn subscriptions_do_not_share_batches() {
    let partner = Partner::willing().await;
    let text = example("crm", &["trackEvent", "upsertContact"], HASTY);
    let bench = Bench::with(&config(&format!("{}{text}", head(&partner)))).await;
    bench
        .send([track("m-1"), identify("u-1"), track("m-2"), identify("u-2")])
        .await;
    bench.until_delivered(4).await;
    let mut sent: Vec<_> = partner
        .requests()
        .iter()
        .map(|request| (request.path.clone(), ids(request)))
        .collect();
    sent.sort();
    let expected = [
        ("/v1/contacts/batch", ["u-1", "u-2"]),
        ("/v1/events/batch", ["m-1", "m-2"]),
    ];
    assert_eq!(
        sent,
        expected.map(|(path, ids)| (path.to_owned(), ids.map(str::to_owned).to_vec()))
    );
}

#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_is_taken_apart_unless_that_is_switched_off() {
    // The partner refuses every request that holds the bad event, without a word about which it is.
    let partner = Partner::deciding(|_, request| match ids(request).contains(&"bad".to_owned()) {
        true => Reaction::answer(400, json!({"message": "Something is wrong"})),
        false => Reaction::ok(),
    })
    .await;
    let text = |split: &str| {
        let delivery = format!("{HASTY}{split}");
        config(&format!(
            "{}{}",
            head(&partner),
            example("crm", &["trackEvent"], &delivery)
        ))
    };
    let events = || ["m-1", "m-2", "bad", "m-4"].map(track);

    let bench = Bench::with(&text("split = { enabled = false }")).await;
    bench.send(events()).await;
    bench.until("all are dead", |tally| tally.dead == 4).await;

    let bench = Bench::with(&text("")).await;
    bench.send(events()).await;
    bench
        .until("only one is dead", |tally| {
            tally.dead == 1 && tally.delivered == 3
        })
        .await;
    assert!(matches!(
        bench.record("bad").await.summary.state,
        State::Dead { .. }
    ));
}
