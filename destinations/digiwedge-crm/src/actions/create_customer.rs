//! A new customer: `POST /customers`, or the mutation `createCustomer`.

use std::borrow::Cow;

use waystation_kit::batching::Batching;
use waystation_kit::multistatus::{Part, Slot};
use waystation_kit::prelude::*;
use waystation_kit::text::is_given;

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
        let wishes = Wishes::of(&batch);
        match cx.settings().interface.unwrap_or_default() {
            Interface::Rest => create_one_by_one(cx, batch, &wishes).await,
            Interface::GraphQl => create_together(cx, batch, &wishes).await,
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
            client::send_for_resource(cx, request).await
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

/// What each customer of a batch asks for, by place.
struct Wishes(Vec<Wish>);

#[derive(Clone, Copy, Default)]
struct Wish {
    accepts_existing: bool,
    /// Whether another attempt does no harm: no two customers share a user ID or an e-mail address, so one that is
    /// there already is recognized, and may be there.
    is_repeatable: bool,
}

impl Wishes {
    fn of(batch: &Batch<CreateCustomer>) -> Self {
        let wish = |payload: &CreateCustomer| Wish {
            accepts_existing: payload.accepts_existing(),
            is_repeatable: payload.accepts_existing()
                && (is_given(&payload.profile.auth_user_id) || is_given(&payload.profile.email)),
        };
        Self(batch.payloads().map(wish).collect())
    }

    fn of_part(&self, part: &Part) -> Vec<Wish> {
        let wish = |slot: &Slot| self.0.get(slot.place()).copied().unwrap_or_default();
        part.slots().iter().map(wish).collect()
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
    wishes: &Wishes,
) -> Result<BatchOutput> {
    let mut parts = parts(cx, batch, PartLimits::items(1));
    let mut stopped: Option<Error> = None;
    while let Some(part) = parts.next_part() {
        let answer = match &stopped {
            Some(reason) => Err(reason.clone()),
            None => {
                let accepts_existing = wishes.of_part(&part).iter().all(|wish| wish.accepts_existing);
                post_part(cx, &part, accepts_existing).await
            }
        };
        stopped = stopped.or_else(|| reason_to_stop(&answer));
        parts.settle(part, answer, |response, slots| {
            let body = match response.is_success() {
                true => client::resource(response)?,
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
    let explained = explain(failed.clone());
    match failed {
        Error::Http(response) if accepts_existing && says_customer_exists(&explained) => Ok(*response),
        _ => Err(explained),
    }
}

/// GraphQL takes many.
async fn create_together(
    cx: &Context<DigiWedgeCrm>,
    batch: Batch<CreateCustomer>,
    wishes: &Wishes,
) -> Result<BatchOutput> {
    let mut parts = parts(cx, batch, MUTATIONS);
    while let Some(part) = parts.next_part() {
        let inputs = part.items().iter().map(Cow::Borrowed);
        let answer = send_document(cx, inputs.map(Mutation::create_customer)).await;
        let wishes = wishes.of_part(&part);
        parts.settle(part, answer, |response, slots| {
            let reply = Reply::read(response, wishes.len())?;
            for (place, wish) in wishes.into_iter().enumerate() {
                note(&reply, place, wish, slots);
            }
            Ok(())
        });
    }
    Ok(parts.finish()?.into())
}

fn note(reply: &Reply, place: usize, wish: Wish, slots: &mut Slots<'_>) {
    match reply.outcome(place) {
        Outcome::Done { data, warning } => {
            slots.succeed(place, 200, data);
            if let Some(warning) = warning {
                slots.warn(Some(place), warning);
            }
        }
        Outcome::Refused(refusal) => {
            let error = refusal.into_error();
            if wish.accepts_existing && says_customer_exists(&error) {
                slots.succeed(place, 200, already_there());
            } else {
                slots.refuse(Some(place), error);
            }
        }
        Outcome::Unknown => {
            let words = "DigiWedge's answer says nothing about this customer";
            let unknown = match wish.is_repeatable && reply.complains() {
                true => ItemError::new(500, words).with_code(ErrorCode::RETRYABLE_ERROR),
                false => ItemError::unknown(words),
            };
            slots.refuse(Some(place), unknown);
        }
    }
}
