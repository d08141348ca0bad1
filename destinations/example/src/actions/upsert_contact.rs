//! A batch in one request; dynamic fields of objects and lists; hashing.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::{read_complaints, taken, url};
use crate::fields::{batching, hashed_email};
use crate::pick;

/// A contact that is to be created or updated.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpsertContact {
    /// Your own ID of the person.
    #[field(label = "Contact ID", default = path("$.userId"), category = identifier)]
    pub id: Option<String>,
    /// Finds the contact if there is no ID.
    #[field(
        label = "E-mail address",
        default = path("$.traits.email"),
        category = hashed_pii,
        required = Required::When(Conditions::all([Condition::is_unset("id")]))
    )]
    pub email: Option<String>,
    /// Send the e-mail address hashed, for accounts that must not know it.
    #[field(label = "Hash e-mail address", default = false)]
    pub hash_email: Option<bool>,
    /// What is known about the contact.
    // An object without declared properties: the partner offers its keys and, for each, the values.
    #[field(label = "Attributes", default = path("$.traits"), object_ui = key_value, dynamic)]
    pub attributes: Option<JsonObject>,
    /// What the contact has agreed to.
    // A list of objects. Its default maps each item of a list of the event.
    #[field(
        label = "Consents",
        default = json!({"@arrayPath": ["$.traits.consents", {
            "topic": {"@path": "$.topic"},
            "granted": {"@path": "$.granted"},
        }]})
    )]
    pub consents: Option<Vec<Consent>>,
}

/// What a contact has agreed to, or not.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct Consent {
    /// What it is about.
    #[field(label = "Topic", dynamic)]
    pub topic: String,
    /// Whether the contact agrees.
    #[field(label = "Granted")]
    pub granted: bool,
}

impl ActionInfo<ExampleCrm> for UpsertContact {
    const SLUG: &'static str = "upsertContact";
    const TITLE: &'static str = "Create or Update Contact";
    const DESCRIPTION: &'static str = "Keep contacts and what is known about them up to date.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"identify\"");
    // It only says what is to be.
    const IDEMPOTENT: bool = true;

    fn dynamic_fields() -> DynamicFields<ExampleCrm> {
        DynamicFields::new()
            .field("attributes.__keys__", |cx, request| {
                Box::pin(pick::attribute_names(cx, request))
            })
            .field("attributes.__values__", |cx, request| {
                Box::pin(pick::attribute_values(cx, request))
            })
            .field("consents.topic", |cx, request| {
                Box::pin(pick::topics(cx, request))
            })
    }
}

impl UpsertContact {
    /// The contact as the partner takes it. Absent parts are left out.
    fn to_wire(&self) -> Value {
        let mut contact = JsonObject::new();
        let email = self.email.as_deref().map(|email| match self.hash_email {
            Some(true) => ("email_sha256", hashed_email(email)),
            _ => ("email", email.to_owned()),
        });
        contact.extend(self.id.as_ref().map(|id| ("id".to_owned(), id.as_str().into())));
        contact.extend(email.map(|(key, email)| (key.to_owned(), email.into())));
        contact.extend(
            self.attributes
                .as_ref()
                .map(|attributes| ("attributes".to_owned(), attributes.clone().into())),
        );
        contact.extend(
            self.consents
                .as_ref()
                .map(|consents| ("consents".to_owned(), json!(consents))),
        );
        contact.into()
    }
}

impl Action<ExampleCrm> for UpsertContact {
    async fn perform(cx: &Context<ExampleCrm>, payload: Self) -> Result<Output> {
        taken(cx.put(url(cx, "/contacts")).json(&payload.to_wire()).send().await)
    }
}

impl BatchAction<ExampleCrm> for UpsertContact {
    async fn perform_batch(cx: &Context<ExampleCrm>, batch: Batch<Self>) -> Result<BatchOutput> {
        let sent: Vec<Value> = batch.payloads().map(Self::to_wire).collect();
        let request = cx
            .put(url(cx, "/contacts/batch"))
            .json(&json!({"contacts": sent}));
        // The answer, whatever it is, becomes a result for each item: see `Batch::settle` for the rules.
        let answer = request.send().await;
        Ok(batch.settle(sent, answer, read_complaints)?.into())
    }
}
