//! A new customer: `POST /customers`, or the mutation `createCustomer`.

use std::borrow::Cow;

use waystation_kit::batching::Batching;
use waystation_kit::multistatus::Part;
use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{self, OfTenant, exchange, url};
use crate::customers::Profile;
use crate::graphql::{Mutation, mutate, send_document};
use crate::rate_limit::reason_to_stop;
use crate::refusal::{explain, says_customer_exists};
use crate::reply::{Outcome, Reply};
use crate::settings::Interface;

const CUSTOMERS: &str = "/customers";

/// Mutations in one document. The partner names no limit; this keeps a document small enough to be done well
/// within the time limit of a request.
const MUTATIONS: PartLimits = PartLimits::items(25);

/// A customer to create.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
#[payload(extend = batching)]
pub struct CreateCustomer {
    /// What is known about the customer. One of user ID, e-mail address and phone number is needed.
    #[serde(flatten)]
    pub profile: Profile,
    /// A customer that is there already counts as created. What is new about the customer is not stored then;
    /// Create or Update Customer does that.
    #[field(label = "Accept existing customers", default = true)]
    pub accept_existing: Option<bool>,
}

fn batching() -> Fields {
    Batching::up_to(100).initially(25).fields()
}

impl ActionInfo<DigiWedgeCrm> for CreateCustomer {
    const SLUG: &'static str = "createCustomer";
    const TITLE: &'static str = "Create Customer";
    const DESCRIPTION: &'static str = "Create a customer, and leave one that is there already alone.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Signed Up""#);
}

impl Action<DigiWedgeCrm> for CreateCustomer {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let created = create(cx, &payload.profile).await;
        match created {
            Err(error) if payload.accepts_existing() && says_customer_exists(&error) => {
                Ok(Output::Value(already_there()))
            }
            created => created,
        }
    }
}

impl BatchAction<DigiWedgeCrm> for CreateCustomer {
    async fn perform_batch(cx: &Context<DigiWedgeCrm>, batch: Batch<Self>) -> Result<BatchOutput> {
        let acceptance = Acceptance(batch.payloads().map(Self::accepts_existing).collect());
        match cx.settings().interface.unwrap_or_default() {
            Interface::Rest => create_one_by_one(cx, batch, &acceptance).await,
            Interface::GraphQl => create_together(cx, batch, &acceptance).await,
        }
    }
}

impl CreateCustomer {
    fn accepts_existing(&self) -> bool {
        self.accept_existing.unwrap_or(true)
    }
}

/// Creates a customer.
///
/// # Errors
/// Nothing identifies the customer; or DigiWedge refuses, above all one that is there already.
pub(super) async fn create(cx: &Context<DigiWedgeCrm>, profile: &Profile) -> Result<Output> {
    profile.identity().require()?;
    let input = input(cx, profile)?;
    match cx.settings().interface.unwrap_or_default() {
        Interface::Rest => {
            let request = cx.post(url(cx, CUSTOMERS)).json(&input);
            client::send_for_resource(cx, request).await.map(Output::Value)
        }
        Interface::GraphQl => mutate(cx, Mutation::create_customer(Cow::Owned(input))).await,
    }
}

fn input(cx: &Context<DigiWedgeCrm>, profile: &Profile) -> Result<Value> {
    serde_json::to_value(OfTenant::new(cx, profile)).map_err(|error| Error::internal(error.to_string()))
}

fn already_there() -> Value {
    json!({"alreadyExists": true})
}

/// Which items of a batch may be there already, by slot.
struct Acceptance(Vec<bool>);

impl Acceptance {
    fn of(&self, part: &Part, place: usize) -> bool {
        let slot = part.slots().get(place);
        slot.and_then(|slot| self.0.get(slot.place()))
            .copied()
            .unwrap_or_default()
    }
}

fn parts(cx: &Context<DigiWedgeCrm>, batch: Batch<CreateCustomer>, limits: PartLimits) -> Parts {
    Parts::new(batch, limits, |payload| {
        payload.profile.identity().require()?;
        input(cx, &payload.profile)
    })
}

/// REST takes one customer a request.
async fn create_one_by_one(
    cx: &Context<DigiWedgeCrm>,
    batch: Batch<CreateCustomer>,
    acceptance: &Acceptance,
) -> Result<BatchOutput> {
    let mut parts = parts(cx, batch, PartLimits::items(1));
    let mut stopped: Option<Error> = None;
    while let Some(part) = parts.next_part() {
        let answer = match &stopped {
            Some(reason) => Err(reason.clone()),
            None => post_part(cx, &part, acceptance.of(&part, 0)).await,
        };
        stopped = stopped.or_else(|| reason_to_stop(&answer, cx.now_millis()));
        parts.settle(part, answer, |response, slots| {
            let body = match response.is_success() {
                true => client::resource(cx, response)?,
                false => already_there(),
            };
            slots.succeed(0, 200, body);
            Ok(())
        });
    }
    Ok(parts.finish()?.into())
}

/// Posts an item. A refusal because the customer is there already is handed back as an answer, if accepted.
async fn post_part(cx: &Context<DigiWedgeCrm>, part: &Part, accepts_existing: bool) -> Result<Response> {
    let request = cx.post(url(cx, CUSTOMERS)).json_bytes(part.json_between("", ""));
    let failed = match exchange(cx, request).await {
        Ok(response) => return Ok(response),
        Err(failed) => failed,
    };
    let explained = explain(failed.clone(), cx.now_millis());
    match failed {
        Error::Http(response) if accepts_existing && says_customer_exists(&explained) => Ok(*response),
        _ => Err(explained),
    }
}

/// GraphQL takes many.
async fn create_together(
    cx: &Context<DigiWedgeCrm>,
    batch: Batch<CreateCustomer>,
    acceptance: &Acceptance,
) -> Result<BatchOutput> {
    let mut parts = parts(cx, batch, MUTATIONS);
    while let Some(part) = parts.next_part() {
        let inputs = part.items().iter().map(Cow::Borrowed);
        let answer = send_document(cx, inputs.map(Mutation::create_customer)).await;
        let accepted: Vec<bool> = (0..part.items().len())
            .map(|place| acceptance.of(&part, place))
            .collect();
        parts.settle(part, answer, |response, slots| {
            let reply = Reply::read(response, cx.now_millis())?;
            if let Some(refusal) = reply.refusal_of_all() {
                return Err(refusal.clone().into_error());
            }
            for (place, accepts_existing) in accepted.into_iter().enumerate() {
                note(&reply.outcome(place), place, accepts_existing, slots);
            }
            Ok(())
        });
    }
    Ok(parts.finish()?.into())
}

fn note(outcome: &Outcome, place: usize, accepts_existing: bool, slots: &mut Slots<'_>) {
    match outcome {
        Outcome::Done(report) => slots.succeed(place, 200, report.clone()),
        Outcome::Refused(refusal) => {
            let error = refusal.as_ref().clone().into_error();
            if accepts_existing && says_customer_exists(&error) {
                slots.succeed(place, 200, already_there());
            } else {
                slots.refuse(Some(place), refusal.as_ref().clone().into_complaint());
            }
        }
        // Creating once more does no harm: a customer that is there already is recognized.
        Outcome::Unknown => {
            let words = "DigiWedge refused another item of the request and says nothing about this one";
            slots.refuse(
                Some(place),
                ItemError::new(500, words).with_code(ErrorCode::RETRYABLE_ERROR),
            );
        }
    }
}
