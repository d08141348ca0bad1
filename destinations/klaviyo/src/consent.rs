//! Consent to marketing, by the channels that it is about.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::phone::PhoneNumber;
use crate::wire::resource;

/// Whom a consent is about, by the channels that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The email address.
    pub email: Option<String>,
    /// The phone number.
    pub phone_number: Option<PhoneNumber>,
}

/// What a person agrees to.
#[derive(Debug, Clone, PartialEq)]
pub enum Consent {
    /// To get marketing, since this moment if it is not now.
    Subscribed(Option<Datetime>),
    /// To get nothing any more.
    Unsubscribed,
}

impl Person {
    /// Reads the channels; the country says how to read the phone number.
    ///
    /// # Errors
    /// There is no channel, or the phone number cannot be one.
    pub fn read(email: Option<String>, phone_number: Option<String>, country: Option<&str>) -> Result<Self> {
        let person = Self {
            email: email.filter(|email| !email.is_empty()),
            phone_number: PhoneNumber::read_some(phone_number, country)?,
        };
        if person.email.is_none() && person.phone_number.is_none() {
            return Err(nobody());
        }
        Ok(person)
    }

    /// The profile with the consent.
    #[must_use]
    pub fn with(self, consent: &Consent) -> Value {
        let email = self.email.is_some().then(|| consent.to_email());
        let sms = self.phone_number.is_some().then(|| consent.to_text_messages());
        let subscriptions = WireObject::new().with_some("email", email).with_some("sms", sms);
        let attributes = WireObject::new()
            .with("subscriptions", subscriptions)
            .with_some("email", self.email)
            .with_some("phone_number", self.phone_number);
        resource("profile", attributes)
    }
}

/// What is wrong where a consent has no channel.
pub(crate) fn nobody() -> Error {
    Error::payload("Consent is about an email address or a phone number, and there is none")
}

impl Consent {
    fn to_marketing(&self) -> WireObject {
        let (consent, since) = match self {
            Self::Subscribed(since) => ("SUBSCRIBED", since.as_ref().map(Datetime::to_value)),
            Self::Unsubscribed => ("UNSUBSCRIBED", None),
        };
        WireObject::new()
            .with("consent", consent)
            .with_some("consented_at", since)
    }

    fn to_email(&self) -> WireObject {
        WireObject::new().with("marketing", self.to_marketing())
    }

    fn to_text_messages(&self) -> WireObject {
        let email = self.to_email();
        match self {
            Self::Subscribed(_) => email,
            Self::Unsubscribed => email.with("transactional", self.to_marketing()),
        }
    }
}
