//! What each action asks of the partner.

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::actions::*;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{CUSTOMERS, RESOLVE, customer, refusal, rest};

fn ana() -> Event {
    Event::identify()
        .user_id("u-1")
        .trait_value("email", "ana@example.com")
        .trait_value("firstName", "Ana")
}

#[tokio::test]
async fn a_known_customer_is_found_and_updated() {
    let partner = Partner::start().await;
    partner
        .on("GET", RESOLVE)
        .answers(200, json!({"customer": customer("c 1")}));
    partner
        .on("PATCH", "/api/v1/customers/c%201")
        .answers(200, json!({"data": customer("c 1"), "meta": {}}));

    let updated = rest(&partner)
        .run::<UpdateCustomer>(ana())
        .await
        .assert_delivered();

    assert_eq!(updated["id"], "c 1", "the envelope is taken off");
    let requests = partner.assert_sent(2);
    assert_eq!(requests[0].url.host_str(), Some("crm.test"));
    assert_eq!(requests[0].header("authorization"), Some("Bearer jwt-1"));
    assert_eq!(
        requests[0].url.query(),
        Some("tenantId=t-1&authUserId=u-1&email=ana%40example.com")
    );
    assert_eq!(
        requests[1].json(),
        json!({"authUserId": "u-1", "email": "ana@example.com", "firstName": "Ana"})
    );
}

#[tokio::test]
async fn a_missing_customer_is_created_unless_told_otherwise() {
    let partner = Partner::start().await;
    partner
        .on("GET", RESOLVE)
        .always_answers(404, refusal("CUSTOMER_NOT_FOUND"));
    partner.on("POST", CUSTOMERS).answers(201, customer("c-1"));

    let harness = rest(&partner).map("lifecycleStage", "LEAD");
    harness.run::<UpdateCustomer>(ana()).await.assert_delivered();
    let created = &partner.requests_to("POST", CUSTOMERS)[0];
    assert_eq!(
        created.json(),
        json!({
            "tenantId": "t-1",
            "authUserId": "u-1",
            "email": "ana@example.com",
            "firstName": "Ana",
            "lifecycleStage": "LEAD",
        })
    );

    let harness = rest(&partner).map("createMissing", false);
    let outcome = harness.run::<UpdateCustomer>(ana()).await;
    outcome.assert_failed_with(404, "CUSTOMER_NOT_FOUND");
}

#[tokio::test]
async fn a_customer_created_in_the_meantime_is_found_at_the_next_attempt() {
    let partner = Partner::start().await;
    partner
        .on("GET", RESOLVE)
        .answers(404, refusal("CUSTOMER_NOT_FOUND"))
        .answers(200, customer("c-1"));
    partner
        .on("POST", CUSTOMERS)
        .answers(422, refusal("DUPLICATE_EMAIL"));
    partner
        .on("PATCH", "/api/v1/customers/c-1")
        .answers(200, customer("c-1"));

    let outcome = rest(&partner).retries(1).run::<UpdateCustomer>(ana()).await;
    outcome.assert_delivered();
    outcome.assert_attempts(2);
}

#[tokio::test]
async fn a_given_id_needs_no_lookup() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/api/v1/customers/c-9")
        .answers(200, customer("c-9"));
    let harness = rest(&partner).map("customerId", "c-9");
    harness.run::<UpdateCustomer>(ana()).await.assert_delivered();
    partner.assert_sent(1);
}

#[tokio::test]
async fn nobody_is_no_reason_for_a_request() {
    let partner = Partner::start().await;
    let nobody = || Event::track("Signed Up").without("userId");
    for outcome in [
        rest(&partner).run::<CreateCustomer>(nobody()).await,
        rest(&partner).run::<AddActivity>(nobody()).await,
    ] {
        outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    }
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn a_customer_that_is_there_already_counts_as_created_unless_told_otherwise() {
    let partner = Partner::start().await;
    partner
        .on("POST", CUSTOMERS)
        .answers(422, refusal("DUPLICATE_EMAIL"))
        .answers_with(Answer::empty(409))
        .answers(422, refusal("DUPLICATE_EMAIL"));
    for _ in 0..2 {
        let created = rest(&partner)
            .run::<CreateCustomer>(Event::track("Signed Up"))
            .await;
        assert_eq!(created.assert_delivered(), json!({"alreadyExists": true}));
    }
    let harness = rest(&partner).map("acceptExisting", false);
    let refused = harness.run::<CreateCustomer>(Event::track("Signed Up")).await;
    refused.assert_failed_with(422, "DUPLICATE_EMAIL");
}

#[tokio::test]
async fn identifiers_are_resolved() {
    let partner = Partner::start().await;
    partner.on("GET", RESOLVE).answers(200, customer("c-1"));
    let event = ana().trait_value("phone", "+353871234567");
    let resolved = rest(&partner).run::<ResolveCustomer>(event).await;
    assert_eq!(resolved.assert_delivered()["id"], "c-1");
    let request = partner.assert_sent_once();
    assert_eq!(request.query("phone").as_deref(), Some("+353871234567"));
}

#[tokio::test]
async fn customers_are_merged_but_never_with_themselves() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/v1/customers/c-1/merge")
        .answers(200, customer("c-1"));
    let merged = |loser: &str| {
        Event::track("Customers Merged")
            .property("winnerId", "c-1")
            .property("loserId", loser)
    };
    let harness = rest(&partner);
    harness
        .run::<MergeCustomers>(merged("c-2"))
        .await
        .assert_delivered();
    assert_eq!(partner.assert_sent_once().json(), json!({"loserId": "c-2"}));
    let same = harness.run::<MergeCustomers>(merged("c-1")).await;
    same.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_sent(1);
}

#[tokio::test]
async fn activities_go_to_the_timeline_of_the_customer() {
    let partner = Partner::start().await;
    partner
        .on("GET", RESOLVE)
        .answers(200, json!({"customerId": "c-1"}));
    partner
        .on("POST", "/api/v1/customers/c-1/activities")
        .answers(201, json!({"id": "a-1"}));
    let booked = Event::track("Tee Time Booked")
        .timestamp("2026-03-08T14:22:31.000Z")
        .property("holes", 18);
    rest(&partner).run::<AddActivity>(booked).await.assert_delivered();
    assert_eq!(
        partner.assert_sent(2)[1].json(),
        json!({
            "tenantId": "t-1",
            "type": "Tee Time Booked",
            "source": "segment",
            "occurredAt": "2026-03-08T14:22:31.000Z",
            "title": "Tee Time Booked",
            "metadata": {"holes": 18},
        })
    );
}

#[tokio::test]
async fn notes_go_to_the_customer() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/v1/customers/c-1/notes")
        .answers(201, json!({"id": "n-1"}));
    let event = Event::track("Note Added").property("note", "Prefers mornings.");
    let harness = rest(&partner).map("customerId", "c-1");
    harness.run::<AddNote>(event).await.assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({"content": "Prefers mornings."})
    );
}

#[tokio::test]
async fn who_is_on_a_journey_already_counts_as_enrolled_unless_told_otherwise() {
    const ENROLLMENTS: &str = "/api/v1/journeys/j-1/enrollments";
    let partner = Partner::start().await;
    partner
        .on("POST", ENROLLMENTS)
        .answers(201, json!({"id": "e-1"}))
        .always_answers(422, refusal("CUSTOMER_ALREADY_ENROLLED"));
    let event = || Event::track("Journey Started").property("journeyId", "j-1");
    let harness = rest(&partner).map("customerId", "c-1");
    harness.run::<EnrollInJourney>(event()).await.assert_delivered();
    assert_eq!(partner.assert_sent_once().json(), json!({"customerId": "c-1"}));
    let again = harness.run::<EnrollInJourney>(event()).await;
    assert_eq!(again.assert_delivered(), json!({"alreadyEnrolled": true}));

    let strict = rest(&partner)
        .map("customerId", "c-1")
        .map("acceptEnrolled", false);
    let refused = strict.run::<EnrollInJourney>(event()).await;
    refused.assert_failed_with(422, "CUSTOMER_ALREADY_ENROLLED");
}

#[tokio::test]
async fn things_are_created_for_the_tenant() {
    let partner = Partner::start().await;
    partner.always_answers(201, json!({"id": "new"}));
    let criteria =
        json!({"combinator": "AND", "rules": [{"field": "handicap", "operator": "gte", "value": 10}]});
    let segment = Event::track("Segment Created")
        .property("name", "Beginners")
        .property("criteria", criteria.clone());
    let post = Event::track("Post Created")
        .property("connectionId", "s-1")
        .property("content", "Open day!");
    let promotion = Event::track("Promotion Created")
        .property("clubId", "club-1")
        .property("sourceType", "CLUB_EVENT")
        .property("sourceId", "ev-1")
        .property("channels", json!(["EMAIL", "SOCIAL"]))
        .property("announceAt", "2026-04-01T08:00:00Z")
        .property("reminderDays", json!([7, 1]))
        .property("segmentId", "g-1");
    let harness = rest(&partner);
    harness.run::<CreateSegment>(segment).await.assert_delivered();
    harness.run::<CreatePost>(post).await.assert_delivered();
    harness.run::<CreatePromotion>(promotion).await.assert_delivered();

    let requests = partner.assert_sent(3);
    let sent: Vec<(&str, Value)> = requests
        .iter()
        .map(|request| (request.path(), request.json()))
        .collect();
    let expected = [
        (
            "/api/v1/segments",
            json!({"tenantId": "t-1", "name": "Beginners", "type": "DYNAMIC", "criteria": criteria}),
        ),
        (
            "/api/v1/social/posts",
            json!({"tenantId": "t-1", "connectionId": "s-1", "content": "Open day!"}),
        ),
        (
            "/api/v1/promotions",
            json!({
                "tenantId": "t-1",
                "clubId": "club-1",
                "sourceType": "CLUB_EVENT",
                "sourceId": "ev-1",
                "autoPromote": false,
                "channels": ["EMAIL", "SOCIAL"],
                "announceAt": "2026-04-01T08:00:00Z",
                "reminderDays": [7, 1],
                "segmentId": "g-1",
            }),
        ),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn what_only_starts_something_may_be_answered_with_nothing() {
    let partner = Partner::start().await;
    for path in [
        "/api/v1/segments/g-1/refresh",
        "/api/v1/segments/g-1/sync-to-messaging",
        "/api/v1/campaigns/k-1/pause",
        "/api/v1/social/posts/p-1/publish",
    ] {
        let _ = partner.on("POST", path).answers_with(Answer::empty(202));
    }
    let segment = |name: &str| Event::track(name).property("segmentId", "g-1");
    let harness = rest(&partner);
    let refreshed = harness
        .run::<RefreshSegment>(segment("Segment Refresh Requested"))
        .await;
    assert_eq!(refreshed.assert_delivered(), Value::Null);
    let synced = harness
        .run::<SyncSegment>(segment("Segment Sync Requested"))
        .await;
    synced.assert_delivered();
    let approved = Event::track("Post Approved").property("postId", "p-1");
    harness.run::<PublishPost>(approved).await.assert_delivered();
    let campaign = Event::track("Campaign Requested").property("campaignId", "k-1");
    let pausing = rest(&partner).map("operation", "pause");
    pausing.run::<ControlCampaign>(campaign).await.assert_delivered();
}

#[tokio::test]
async fn campaigns_are_scheduled_for_a_time() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/v1/campaigns/k-1/schedule")
        .answers(200, json!({"id": "k-1"}));
    let event = Event::track("Campaign Requested")
        .property("campaignId", "k-1")
        .property("scheduledAt", "2026-04-01T08:00:00Z");
    rest(&partner)
        .run::<ControlCampaign>(event)
        .await
        .assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({"scheduledAt": "2026-04-01T08:00:00Z"})
    );
}

#[tokio::test]
async fn what_is_created_or_changed_has_to_be_in_the_answer() {
    for answer in [
        Answer::json(200, json!({"ok": true})),
        Answer::json(201, json!({})),
        Answer::empty(204),
        Answer::text(200, "<html>Sign in</html>"),
    ] {
        let partner = Partner::start().await;
        partner.on("GET", RESOLVE).always_answers(200, customer("c-1"));
        partner.always_answers_with(answer.clone());
        let noted = Event::track("Note Added").property("note", "Hi");
        let joined = Event::track("Journey Started").property("journeyId", "j-1");
        let segment = Event::track("Segment Created").property("name", "Beginners");
        let post = Event::track("Post Created")
            .property("connectionId", "s-1")
            .property("content", "Open day!");
        let harness = rest(&partner);
        for outcome in [
            harness.run::<CreateCustomer>(Event::track("Signed Up")).await,
            harness.run::<UpdateCustomer>(ana()).await,
            harness.run::<AddActivity>(Event::track("Booked")).await,
            harness.run::<AddNote>(noted).await,
            harness.run::<EnrollInJourney>(joined).await,
            harness.run::<CreateSegment>(segment).await,
            harness.run::<CreatePost>(post).await,
        ] {
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            assert!(
                error.action().unwrap().outcome_is_unknown(),
                "{answer:?}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn an_answer_of_a_lookup_that_is_not_understood_has_changed_nothing() {
    let partner = Partner::start().await;
    partner
        .on("GET", RESOLVE)
        .always_answers(200, json!({"match": "none"}));
    let outcome = rest(&partner).run::<AddActivity>(Event::track("Booked")).await;
    let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
    assert!(!error.action().unwrap().outcome_is_unknown());
    partner.assert_sent(1);
}

#[tokio::test]
async fn ids_stay_one_part_of_the_address() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/v1/social/posts/a%2F..%09%0D%0A%3Fb/publish")
        .answers(200, json!({"id": "p-1"}));
    let approved = |id: &str| Event::track("Post Approved").property("postId", id);
    let harness = rest(&partner);
    harness
        .run::<PublishPost>(approved("a/..\t\r\n?b"))
        .await
        .assert_delivered();
    let outcome = harness.run::<PublishPost>(approved("..")).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_sent(1);
}

#[tokio::test]
async fn what_is_empty_is_left_out_alone_and_in_a_batch() {
    let partner = Partner::start().await;
    partner.on("POST", CUSTOMERS).always_answers(201, customer("c-1"));
    let event =
        Event::track("Signed Up").set("traits", json!({"email": "", "firstName": "Ana", "phone": ""}));
    let harness = rest(&partner);
    harness
        .run::<CreateCustomer>(event.clone())
        .await
        .assert_delivered();
    harness
        .run_batch::<CreateCustomer>([event])
        .await
        .assert_delivered();
    for request in partner.assert_sent(2) {
        let sent = request.json();
        assert_eq!(sent["firstName"], "Ana");
        assert_eq!(
            (sent.get("email"), sent.get("phoneNumber")),
            (None, None),
            "{sent}"
        );
    }
}
