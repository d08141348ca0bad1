//! Somebody who takes back the consent to marketing.

use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::consent::{Consent, Person};
use crate::countries;
use crate::fields::{gathered, has_phone_number};
use crate::lists;
use crate::report::{CountryCode, show_phone_number};
use crate::subscriptions::{self, Job};

/// Somebody who takes back the consent to marketing, by email, by text message, or both.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UnsubscribeProfile {
    /// The email address that nothing may be sent to any more.
    #[field(label = "Email", format = email, default = first_of("$.traits.email", "$.context.traits.email"))]
    pub email: Option<String>,
    /// The phone number that nothing may be sent to any more: in the form of E.164, for example
    /// `+14155552671`, or as dialled in the country.
    #[field(label = "Phone number", default = first_of("$.traits.phone", "$.context.traits.phone"))]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(label = "Country code", choices = countries::choices(), depends_on = has_phone_number())]
    pub country_code: Option<String>,
    /// The list that the person is taken off. Without one, the person is unsubscribed from everything.
    #[field(label = "List ID", dynamic)]
    pub list_id: Option<String>,
}

fn batching() -> Fields {
    gathered(
        &Batching::up_to(100)
            .at_least(50)
            .undecided()
            .grouped_by(["list_id"]),
    )
}

impl ActionInfo<Klaviyo> for UnsubscribeProfile {
    const SLUG: &'static str = "unsubscribeProfile";
    const TITLE: &'static str = "Unsubscribe Profile";
    const DESCRIPTION: &'static str = "Record that somebody takes back the consent to marketing.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "User Unsubscribed""#);

    fn dynamic_fields() -> DynamicFields<Klaviyo> {
        DynamicFields::new().field("list_id", |cx, request| Box::pin(lists::choices(cx, request)))
    }
}

impl Action<Klaviyo> for UnsubscribeProfile {
    async fn perform(cx: &Context<Klaviyo>, payload: Self) -> Result<Output> {
        let job = payload.job();
        let person = payload.person()?;
        subscriptions::submit(cx, &job, person.with(&Consent::Unsubscribed)?).await
    }
}

impl BatchAction<Klaviyo> for UnsubscribeProfile {
    async fn perform_batch(cx: &Context<Klaviyo>, batch: Batch<Self>) -> Result<BatchOutput> {
        subscriptions::submit_batch(cx, batch, Self::job, |payload, given| {
            let person = payload.person()?;
            show_phone_number(given, "", person.phone_number.as_ref(), CountryCode::Kept);
            person.with(&Consent::Unsubscribed)
        })
        .await
    }
}

impl UnsubscribeProfile {
    fn job(&self) -> Job {
        Job::Unsubscribe {
            list: self.list_id.clone().filter(|list| !list.is_empty()),
        }
    }

    fn person(self) -> Result<Person> {
        Person::read(self.email, self.phone_number, self.country_code.as_deref())
    }
}
