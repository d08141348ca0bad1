//! Somebody who agrees to marketing.

use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::consent::{Consent, Person};
use crate::countries;
use crate::fields::{gathered, has_phone_number};
use crate::lists;
use crate::report::{CountryCode, show_phone_number};
use crate::subscriptions::{self, Job, SEGMENT};

/// Somebody who agrees to marketing, by email, by text message, or both.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct SubscribeProfile {
    /// The email address that marketing may be sent to.
    #[field(label = "Email", format = email, default = first_of("$.traits.email", "$.context.traits.email"))]
    pub email: Option<String>,
    /// The phone number that marketing may be sent to: in the form of E.164, for example `+14155552671`, or as
    /// dialled in the country.
    #[field(label = "Phone number", default = first_of("$.traits.phone", "$.context.traits.phone"))]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    pub country_code: Option<String>,
    /// A list that the person is put on. It also says whether the person has to confirm; without a list, the
    /// account does.
    #[field(label = "List ID", dynamic)]
    pub list_id: Option<String>,
    /// Where the consent comes from, for example the name of a form. `-59` is how Klaviyo
    /// [knows Segment](https://help.klaviyo.com/hc/en-us/articles/1260804673530).
    #[field(label = "Custom source ($source)", default = SEGMENT)]
    pub custom_source: Option<String>,
    /// Whether the person consented earlier and elsewhere. Then neither flows nor confirmations are sent.
    #[field(label = "Historical import", default = false)]
    pub historical_import: Option<bool>,
    /// When the person consented. Klaviyo takes it for historical imports only.
    #[field(label = "Consented at", default = path("$.timestamp"))]
    pub consented_at: Option<Datetime>,
}

fn batching() -> Fields {
    gathered(&Batching::up_to(1000).at_least(100).undecided().grouped_by([
        "list_id",
        "custom_source",
        "historical_import",
    ]))
}

impl ActionInfo<Klaviyo> for SubscribeProfile {
    const SLUG: &'static str = "subscribeProfile";
    const TITLE: &'static str = "Subscribe Profile";
    const DESCRIPTION: &'static str = "Record that somebody agrees to marketing by email or text message.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "User Subscribed""#);

    fn dynamic_fields() -> DynamicFields<Klaviyo> {
        DynamicFields::new().field("list_id", |cx, request| Box::pin(lists::choices(cx, request)))
    }
}

impl Action<Klaviyo> for SubscribeProfile {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        let (job, consent) = (payload.job(), payload.consent());
        let person = payload.person()?;
        subscriptions::submit(cx, &job, person.with(&consent)?).await
    }
}

impl BatchAction<Klaviyo> for SubscribeProfile {
    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        subscriptions::submit_batch(cx, batch, Self::job, |payload, given| {
            let consent = payload.consent();
            let person = payload.person()?;
            show_phone_number(given, "", person.phone_number.as_ref(), CountryCode::Kept);
            person.with(&consent)
        })
        .await
    }
}

impl SubscribeProfile {
    fn is_historical(&self) -> bool {
        self.historical_import == Some(true)
    }

    fn job(&self) -> Job {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Job::Subscribe {
            list: given(&self.list_id),
            source: given(&self.custom_source),
            historical_import: self.is_historical(),
        }
    }

    fn consent(&self) -> Consent {
        Consent::Subscribed(self.consented_at.clone().filter(|_| self.is_historical()))
    }

    fn person(self) -> Result<Person> {
        Person::read(self.email, self.phone_number, self.country_code.as_deref())
    }
}
