//! Contacts: one at a time, and in batches that take several requests.

use serde_json::{Value, json};
use waystation_destination_hubspot::actions::UpsertContact;
use waystation_kit::multistatus::Blame;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{complete, harness, partial, record, refusal};

const READ: &str = "/crm/v3/objects/contacts/batch/read";
const CREATE: &str = "/crm/v3/objects/contacts/batch/create";
const UPDATE: &str = "/crm/v3/objects/contacts/batch/update";
const ANA: &str = "ana@post.example";
const BEN: &str = "ben@post.example";

fn contact(email: &str, name: &str) -> Event {
    Event::identify()
        .trait_value("email", email)
        .trait_value("firstName", name)
}

/// That HubSpot has a contact with Ana's address, and none with Ben's.
fn ana_is_known() -> Value {
    partial(
        json!([record("1", json!({"email": ANA}))]),
        "OBJECT_NOT_FOUND",
        json!([BEN]),
    )
}

#[tokio::test]
async fn a_contact_that_hubspot_loses_meanwhile_is_created() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
        .answers(200, record("1", json!({"lifecyclestage": "customer"})))
        .answers(404, refusal("gone"));
    partner
        .on("POST", "/crm/v3/objects/contacts")
        .answers(201, record("2", json!({})));
    let harness = harness(&partner).map("lifecyclestage", "lead");
    let outcome = harness.run::<UpsertContact>(contact(ANA, "Ana")).await;
    assert_eq!(outcome.assert_delivered()["id"], "2");
}

#[tokio::test]
async fn those_that_cannot_be_created_fail_and_the_others_are_updated() {
    let partner = Partner::start().await;
    partner.on("POST", READ).answers(207, ana_is_known());
    partner
        .on("POST", CREATE)
        .answers(400, refusal("no such property"));
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])));
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(400, "BAD_REQUEST");
    assert_eq!(error.message, "no such property");
    assert_eq!(error.body, Some(refusal("no such property")));
    assert_eq!(error.blame, Blame::Request);
}

#[tokio::test]
async fn only_those_that_may_succeed_later_are_tried_again() {
    let partner = Partner::start().await;
    partner
        .on("POST", READ)
        .answers(207, ana_is_known())
        .answers(207, partial(json!([]), "OBJECT_NOT_FOUND", json!([BEN])));
    partner
        .on("POST", CREATE)
        .answers(503, refusal("busy"))
        .answers(201, complete(json!([record("2", json!({"email": BEN}))])));
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])));
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness(&partner)
        .retries(1)
        .run_batch::<UpsertContact>(events)
        .await;
    outcome.assert_delivered();
    assert_eq!(outcome.items_by_attempt(), [2, 1]);
}

#[tokio::test]
async fn a_failure_of_the_first_request_is_that_of_the_batch() {
    for status in [429, 500, 503] {
        let partner = Partner::start().await;
        partner.on("POST", READ).answers(status, refusal("later"));
        let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
        let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
        assert_eq!(outcome.attempts().len(), 1);
        for node in outcome.nodes() {
            assert_eq!(node["status"], status);
        }
    }
}

#[tokio::test]
async fn an_update_that_hubspot_refuses_fails_alone() {
    let partner = Partner::start().await;
    let known = json!([
        record("1", json!({"email": ANA})),
        record("2", json!({"email": BEN}))
    ]);
    partner.on("POST", READ).answers(200, complete(known));
    let refused = partial(json!([record("1", json!({}))]), "OBJECT_NOT_FOUND", json!(["2"]));
    partner.on("POST", UPDATE).answers(207, refused);
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_item(0).delivered();
    let error = outcome.assert_item(1).failed_with(404, "OBJECT_NOT_FOUND");
    assert_eq!(error.message, "HubSpot's words");
    assert_eq!(error.blame, Blame::Item);
}

#[tokio::test]
async fn a_contact_that_hubspot_does_not_mention_is_tried_again() {
    let partner = Partner::start().await;
    let known = json!([record("1", json!({"email": ANA}))]);
    partner.on("POST", READ).answers(200, complete(known));
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])));
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_item(0).delivered();
    outcome.assert_item(1).failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn addresses_of_one_contact_make_one_update() {
    let partner = Partner::start().await;
    let properties = json!({"email": ANA, "hs_additional_emails": format!("{BEN};x@post.example")});
    partner
        .on("POST", READ)
        .answers(200, complete(json!([record("1", properties)])));
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])));
    let events = [
        contact(ANA, "Ana").trait_value("company", "Acme"),
        contact(BEN, "Benita"),
    ];
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_delivered();
    let update = &partner.requests_to("POST", UPDATE)[0];
    assert_eq!(
        update.json(),
        json!({"inputs": [{"id": "1", "properties": {"firstname": "Benita", "company": "Acme"}}]})
    );
}

#[tokio::test]
async fn a_stage_that_cannot_be_forced_fails_its_contact() {
    let partner = Partner::start().await;
    let known = json!([
        record("1", json!({"email": ANA})),
        record("2", json!({"email": BEN}))
    ]);
    partner.on("POST", READ).answers(200, complete(known));
    let updated = json!([
        record("1", json!({"lifecyclestage": "customer"})),
        record("2", json!({"lifecyclestage": "lead"})),
    ]);
    partner
        .on("POST", UPDATE)
        .answers(200, complete(updated))
        .answers(200, complete(json!([record("1", json!({}))])))
        .answers(400, refusal("no such stage"));
    let harness = harness(&partner).map("lifecyclestage", "Lead");
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness.run_batch::<UpsertContact>(events).await;
    outcome.assert_item(0).failed_with(400, "BAD_REQUEST");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn more_contacts_than_a_request_takes_go_out_in_parts() {
    let partner = Partner::start().await;
    let emails: Vec<String> = (0..101).map(|number| format!("c{number}@post.example")).collect();
    let unknown = partial(json!([]), "OBJECT_NOT_FOUND", json!(emails));
    let created: Vec<Value> = emails[..100]
        .iter()
        .map(|email| record("1", json!({"email": email})))
        .collect();
    partner
        .on("POST", READ)
        .answers(207, unknown.clone())
        .answers(207, unknown);
    partner
        .on("POST", CREATE)
        .answers(201, complete(created))
        .answers_with(Answer::json(429, refusal("slow down")));
    let events = emails.iter().map(|email| contact(email, "C"));
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    let sizes: Vec<usize> = partner
        .requests_to("POST", CREATE)
        .iter()
        .map(|request| request.json()["inputs"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 1]);
    outcome.assert_item(99).delivered();
    outcome.assert_item(100).failed_with(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn contacts_that_hubspot_does_not_show_are_not_delivered() {
    let shown = || record("1", json!({}));
    for answer in [
        json!({"results": []}),
        json!({"results": [shown()], "numErrors": 1}),
        complete(json!([shown()])),
        json!({}),
    ] {
        let partner = Partner::start().await;
        let known = json!([
            record("1", json!({"email": ANA})),
            record("2", json!({"email": BEN}))
        ]);
        partner.on("POST", READ).answers(200, complete(known));
        partner.on("POST", UPDATE).answers(200, answer.clone());
        let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
        let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
        let ben = outcome.assert_item(1).failed_with(502, "INVALID_RESPONSE");
        assert!(ben.outcome_is_unknown(), "{answer}");
    }
}

#[tokio::test]
async fn ids_of_records_may_be_numbers() {
    let partner = Partner::start().await;
    let known = json!([{"id": 1_000_000_000, "properties": {"email": ANA}}]);
    partner.on("POST", READ).answers(200, complete(known));
    let updated = json!([{"id": 1_000_000_000}]);
    partner.on("POST", UPDATE).answers(200, complete(updated));
    let outcome = harness(&partner)
        .run_batch::<UpsertContact>([contact(ANA, "Ana")])
        .await;
    outcome.assert_delivered();
    let update = partner.requests_to("POST", UPDATE)[0].json();
    assert_eq!(update["inputs"][0]["id"], "1000000000");
}

#[tokio::test]
async fn a_contact_that_appears_between_update_and_creation_is_updated() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
        .answers(404, refusal("gone"))
        .answers(200, record("1", json!({})));
    partner
        .on("POST", "/crm/v3/objects/contacts")
        .answers(409, refusal("Contact already exists"));
    let outcome = harness(&partner).run::<UpsertContact>(contact(ANA, "Ana")).await;
    assert_eq!(outcome.assert_delivered()["id"], "1");
}

#[tokio::test]
async fn contacts_of_a_batch_that_appear_meanwhile_are_updated() {
    let partner = Partner::start().await;
    partner
        .on("POST", READ)
        .answers(207, ana_is_known())
        .answers(200, complete(json!([record("2", json!({"email": BEN}))])));
    partner
        .on("POST", CREATE)
        .answers(409, refusal("Contact already exists"));
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])))
        .answers(200, complete(json!([record("2", json!({}))])));
    let events = [contact(ANA, "Ana"), contact(BEN, "Ben")];
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_delivered();
    assert_eq!(partner.requests_to("POST", CREATE).len(), 1);
}

#[tokio::test]
async fn one_address_in_three_spellings_is_one_contact() {
    let partner = Partner::start().await;
    partner.on("POST", READ).answers(
        200,
        complete(json!([record("1", json!({"email": "ada@b.example"}))])),
    );
    partner
        .on("POST", UPDATE)
        .answers(200, complete(json!([record("1", json!({}))])));
    let events = ["Ada@B.example", "ada@b.example", "ADA@b.example"].map(|email| contact(email, "Ada"));
    let outcome = harness(&partner).run_batch::<UpsertContact>(events).await;
    outcome.assert_delivered();
    let read = partner.requests_to("POST", READ)[0].json();
    assert_eq!(read["inputs"], json!([{"id": "ada@b.example"}]));
}

#[tokio::test]
async fn empty_texts_wipe_nothing_alone_or_in_a_batch() {
    let event = || {
        contact(ANA, "Ana")
            .trait_value("phone", "")
            .trait_value("company", " ")
    };
    let wanted = json!({"firstname": "Ana", "email": ANA});

    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
        .answers(200, record("1", json!({})));
    harness(&partner)
        .run::<UpsertContact>(event())
        .await
        .assert_delivered();
    assert_eq!(partner.requests()[0].json()["properties"], wanted);

    partner
        .on("POST", READ)
        .answers(207, partial(json!([]), "OBJECT_NOT_FOUND", json!([ANA])));
    partner
        .on("POST", CREATE)
        .answers(201, complete(json!([record("1", json!({"email": ANA}))])));
    let outcome = harness(&partner).run_batch::<UpsertContact>([event()]).await;
    outcome.assert_delivered();
    let created = partner.requests_to("POST", CREATE)[0].json();
    assert_eq!(created["inputs"][0]["properties"], wanted);
}

#[tokio::test]
async fn a_contact_that_was_written_counts_without_an_id_and_a_page_does_not() {
    for (answer, is_taken) in [
        (Answer::json(200, json!({})), true),
        (Answer::text(200, "<html>Welcome to the hotel</html>"), false),
    ] {
        let partner = Partner::start().await;
        partner
            .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
            .answers_with(answer);
        let outcome = harness(&partner).run::<UpsertContact>(contact(ANA, "Ana")).await;
        if is_taken {
            outcome.assert_delivered();
        } else {
            outcome.assert_failed_with(502, "INVALID_RESPONSE");
        }
    }
}
