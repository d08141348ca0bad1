//! Delete Contact, and requests to delete a user.

use serde_json::{Value, json};
use waystation_destination_plunk::actions::DeleteContact;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{contact, harness, refused};

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn page(contacts: &[Value], cursor: Option<&str>) -> Value {
    json!({"data": contacts, "cursor": cursor, "hasMore": cursor.is_some(), "total": contacts.len()})
}

fn user_deleted(email: &str) -> Event {
    Event::track("User Deleted").property("email", email)
}

fn gone() -> Answer {
    refused(404, "INTERNAL_SERVER_ERROR", "Contact not found")
}

#[tokio::test]
async fn every_spelling_of_the_address_is_deleted_and_nothing_else() {
    let partner = Partner::start().await;
    let first = [
        contact("c-1", "Ada@Example.com"),
        contact("c-2", "grand-ada@example.com"),
    ];
    partner
        .on("GET", "/contacts")
        .answers(200, page(&first, Some("c-2")));
    let second = [contact("c-3", "ada@example.com")];
    partner.on("GET", "/contacts").answers(200, page(&second, None));
    for id in ["c-1", "c-3"] {
        let path = format!("/contacts/{id}");
        partner.on("DELETE", &path).answers_with(Answer::empty(204));
    }
    let outcome = harness(&partner)
        .run::<DeleteContact>(user_deleted("ADA@example.com"))
        .await;
    assert_eq!(outcome.assert_delivered(), json!({"deleted": ["c-1", "c-3"]}));
    let requests = partner.assert_sent(4);
    assert_eq!(requests[0].query("search").as_deref(), Some("ada@example.com"));
    assert_eq!(requests[0].query("cursor"), None);
    assert_eq!(requests[1].query("cursor").as_deref(), Some("c-2"));
    assert_eq!(requests[2].header("authorization"), Some("Bearer sk_test_secret"));
}

#[tokio::test]
async fn what_is_gone_already_counts_as_deleted() {
    let partner = Partner::start().await;
    partner.on("GET", "/contacts").answers(200, page(&[], None));
    let outcome = harness(&partner)
        .run::<DeleteContact>(user_deleted("a@b.co"))
        .await;
    assert_eq!(outcome.assert_delivered(), json!({"deleted": []}));

    let partner = Partner::start().await;
    partner
        .on("DELETE", &format!("/contacts/{ID}"))
        .answers_with(gone());
    let harness = harness(&partner).map("contactId", ID);
    let outcome = harness.run::<DeleteContact>(user_deleted("a@b.co")).await;
    assert_eq!(outcome.assert_delivered(), json!({"deleted": []}));
}

#[tokio::test]
async fn an_unknown_route_is_no_deleted_contact() {
    let partner = Partner::start().await;
    partner.answers_with(refused(404, "INTERNAL_SERVER_ERROR", "Unknown route"));
    let harness = harness(&partner).map("contactId", ID);
    let outcome = harness.run::<DeleteContact>(user_deleted("a@b.co")).await;
    let error = outcome.assert_failed_with(404, "NOT_FOUND");
    assert!(error.to_string().contains("Base URL"), "{error}");
}

#[tokio::test]
async fn trying_again_goes_on_where_it_stopped() {
    let partner = Partner::start().await;
    let both = [contact("c-1", "A@b.co"), contact("c-2", "a@b.co")];
    partner.on("GET", "/contacts").answers(200, page(&both, None));
    partner
        .on("GET", "/contacts")
        .answers(200, page(&both[1..], None));
    partner
        .on("DELETE", "/contacts/c-1")
        .answers_with(Answer::empty(204));
    partner
        .on("DELETE", "/contacts/c-2")
        .answers_with(refused(500, "DATABASE_ERROR", "Oops"));
    partner
        .on("DELETE", "/contacts/c-2")
        .answers_with(Answer::empty(204));
    let outcome = harness(&partner)
        .retries(1)
        .run::<DeleteContact>(user_deleted("a@b.co"))
        .await;
    assert_eq!(outcome.assert_delivered(), json!({"deleted": ["c-2"]}));
    outcome.assert_attempts(2);
}

#[tokio::test]
async fn a_list_that_leads_nowhere_ends() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/contacts")
        .always_answers(200, page(&[], Some("again")));
    let outcome = harness(&partner)
        .run::<DeleteContact>(user_deleted("a@b.co"))
        .await;
    outcome.assert_failed_with(502, "INVALID_RESPONSE");
    partner.assert_sent(2);
}

#[tokio::test]
async fn a_list_is_read_however_it_is_wrapped_and_past_odd_entries() {
    let partner = Partner::start().await;
    let entries = json!(["odd", {"id": "c-0", "email": null}, {"id": 7, "email": "A@b.co"}]);
    let wrapped = json!({"success": true, "data": {"items": entries, "nextCursor": null, "hasMore": false}});
    partner.on("GET", "/contacts").answers(200, wrapped);
    partner
        .on("DELETE", "/contacts/7")
        .answers(200, json!({"success": true}));
    let outcome = harness(&partner)
        .run::<DeleteContact>(user_deleted("a@b.co"))
        .await;
    assert_eq!(outcome.assert_delivered(), json!({"deleted": ["7"]}));
}

#[tokio::test]
async fn what_cannot_be_read_deletes_nobody() {
    let no_id = page(&[json!({"email": "a@b.co"})], None);
    for answer in [
        Answer::json(200, no_id),
        Answer::json(200, json!({"contacts": []})),
        Answer::text(200, "<html>"),
    ] {
        let partner = Partner::start().await;
        partner.answers_with(answer.clone());
        let outcome = harness(&partner)
            .run::<DeleteContact>(user_deleted("a@b.co"))
            .await;
        let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
        assert!(
            !error.action().unwrap().outcome_is_unknown(),
            "a search changes nothing: {answer:?}"
        );
        partner.assert_sent(1);
    }
    for (answer, status) in [
        (Answer::text(200, "<html>"), 502),
        (
            Answer::json(
                200,
                json!({"success": false, "error": {"statusCode": 403, "message": "No."}}),
            ),
            403,
        ),
    ] {
        let partner = Partner::start().await;
        partner.answers_with(answer);
        let harness = harness(&partner).map("contactId", "a/b\tc");
        let outcome = harness.run::<DeleteContact>(user_deleted("a@b.co")).await;
        assert_eq!(outcome.assert_failed().status(), Some(status));
        assert_eq!(partner.assert_sent_once().path(), "/contacts/a%2Fb%09c");
    }
}

#[tokio::test]
async fn nobody_in_particular_is_not_deleted() {
    let partner = Partner::start().await;
    let outcome = harness(&partner)
        .run::<DeleteContact>(Event::track("User Deleted"))
        .await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn users_are_deleted_by_address_or_contact_id() {
    let partner = Partner::start().await;
    let found = [contact("c-1", "a@b.co")];
    partner.on("GET", "/contacts").answers(200, page(&found, None));
    partner
        .on("DELETE", "/contacts/c-1")
        .answers_with(Answer::empty(204));
    let delete = |user_id: &str| Event::track("User Deleted").user_id(user_id);
    let data = harness(&partner).delete(delete("A@b.co")).await.unwrap();
    assert_eq!(data, Some(json!({"deleted": ["c-1"]})));

    let path = format!("/contacts/{ID}");
    partner.on("DELETE", &path).answers_with(Answer::empty(204));
    let data = harness(&partner).delete(delete(ID)).await.unwrap();
    assert_eq!(data, Some(json!({"deleted": [ID]})));
}

#[tokio::test]
async fn users_that_plunk_cannot_know_are_not_reported_as_deleted() {
    let partner = Partner::start().await;
    let delete = |user_id: &str| Event::track("User Deleted").user_id(user_id);
    let error = harness(&partner).delete(delete("user-1")).await.unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
    partner.assert_nothing_sent();
    partner
        .on("DELETE", &format!("/contacts/{ID}"))
        .answers_with(gone());
    let error = harness(&partner).delete(delete(ID)).await.unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
}
