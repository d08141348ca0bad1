//! Actions of one event that build on each other: HubSpot's companies and contacts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use waystation_queue::{Stage, State};

use crate::support::{Bench, HASTY, Partner, Reaction, Received, config, head};

const CONTACTS: &str = "/crm/v3/objects/contacts/";
const COMPANY: &str = "/crm/v3/objects/companies/g-1";
const ASSOCIATION: &str = "/crm/v3/objects/companies/7/associations/contacts/c-1/company_to_contact";

/// A partner that takes companies once it is told to, and contacts as it is told.
async fn hubspot(contact: fn(usize) -> Reaction, takes_companies: &Arc<AtomicBool>) -> Partner {
    let takes_companies = Arc::clone(takes_companies);
    Partner::deciding(move |before, request| match path(request) {
        path if path.starts_with(CONTACTS) => contact(before),
        COMPANY if takes_companies.load(Ordering::Acquire) => {
            Reaction::answer(200, json!({"id": "7", "properties": {}}))
        }
        COMPANY => Reaction::answer(503, json!({})),
        ASSOCIATION => Reaction::answer(200, json!({})),
        _ => Reaction::answer(404, json!({})),
    })
    .await
}

fn path(request: &Received) -> &str {
    request.path.split('?').next().unwrap_or_default()
}

fn taken(_: usize) -> Reaction {
    Reaction::answer(200, json!({"id": "c-1", "properties": {}}))
}

/// The company's subscription comes first, and the contact's takes batches.
fn text(partner: &Partner) -> String {
    format!(
        r#"{}
[connections.crm]
destination = "hubspot"
[[connections.crm.subscriptions]]
name = "company"
action = "upsertCompany"
subscribe = 'type = "group"'
[[connections.crm.subscriptions]]
name = "contact"
action = "upsertContact"
subscribe = 'type = "group"'
extend_defaults = true
mapping = {{ enable_batching = true }}
[connections.crm.delivery]
{HASTY}"#,
        head(partner)
    )
}

fn group() -> Value {
    json!({
        "type": "group", "messageId": "m-1", "userId": "u-1", "groupId": "g-1",
        "traits": {"name": "Acme", "email": "ada@acme.example"}
    })
}

fn paths(partner: &Partner) -> Vec<String> {
    let requests = partner.requests();
    requests.iter().map(|request| path(request).to_owned()).collect()
}

#[tokio::test]
async fn a_company_is_associated_with_the_contact_of_the_same_event() {
    let partner = hubspot(taken, &Arc::new(AtomicBool::new(true))).await;
    let bench = Bench::with(&config(&text(&partner))).await;
    bench.send([group()]).await;
    bench.until_delivered(2).await;
    let paths = paths(&partner);
    assert!(
        paths[0].starts_with(CONTACTS) && !paths[0].contains("batch"),
        "{paths:?}"
    );
    assert_eq!(paths[1..], [COMPANY, ASSOCIATION]);
}

#[tokio::test]
async fn what_was_noted_is_there_after_a_restart() {
    let takes_companies = Arc::new(AtomicBool::new(false));
    let partner = hubspot(taken, &takes_companies).await;
    let config = config(&text(&partner));
    let bench = Bench::with(&config).await;
    bench.send([group()]).await;
    bench
        .until("the contact is delivered and the company waits", |tally| {
            tally.delivered == 1 && tally.waiting == 1
        })
        .await;
    let bench = bench.restart(&config).await;
    takes_companies.store(true, Ordering::Release);
    bench.until_delivered(2).await;
    let paths = paths(&partner);
    let contacts = paths.iter().filter(|path| path.starts_with(CONTACTS)).count();
    assert_eq!(
        (contacts, paths.last().map(String::as_str)),
        (1, Some(ASSOCIATION))
    );
}

#[tokio::test]
async fn the_company_waits_while_its_contact_is_tried_again() {
    let busy_at_first = |before| match before {
        ..2 => Reaction::answer(503, json!({})),
        _ => taken(before),
    };
    let partner = hubspot(busy_at_first, &Arc::new(AtomicBool::new(true))).await;
    let bench = Bench::with(&config(&text(&partner))).await;
    bench.send([group()]).await;
    bench.until_delivered(2).await;
    let paths = paths(&partner);
    assert!(
        paths[..3].iter().all(|path| path.starts_with(CONTACTS)),
        "{paths:?}"
    );
    assert_eq!(paths[3..], [COMPANY, ASSOCIATION]);
}

#[tokio::test]
async fn without_its_contact_the_company_says_what_it_lacks() {
    let refused = |_| Reaction::answer(400, json!({"message": "Invalid e-mail address"}));
    let partner = hubspot(refused, &Arc::new(AtomicBool::new(true))).await;
    let bench = Bench::with(&config(&text(&partner))).await;
    bench.send([group()]).await;
    bench.until("both are dead", |tally| tally.dead == 2).await;
    let records = bench.records().await;
    let State::Dead { failure, .. } = &records[1].summary.state else {
        panic!("the company is dead");
    };
    assert_eq!((failure.stage, failure.status), (Stage::Delivery, Some(400)));
    assert!(failure.message.contains("Upsert Contact"), "{}", failure.message);
    assert!(paths(&partner).iter().all(|path| path.starts_with(CONTACTS)));
}
