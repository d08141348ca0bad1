//! Consent to marketing, by the channels that it is about.

use waystation_kit::prelude::*;
use waystation_kit::wire::value;

use crate::events;
use crate::phone::PhoneNumber;
use crate::wire::Resource;

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
    ///
    /// # Errors
    /// The moment of the consent cannot be one.
    pub fn with(self, consent: &Consent) -> Result<Value> {
        let subscriptions = Subscriptions {
            email: self.email.is_some().then(|| consent.to_email()).transpose()?,
            sms: self
                .phone_number
                .is_some()
                .then(|| consent.to_text_messages())
                .transpose()?,
        };
        value(&Resource {
            kind: "profile",
            attributes: Attributes {
                subscriptions,
                email: self.email,
                phone_number: self.phone_number,
            },
        })
    }
}

/// What Klaviyo is told about a person.
#[derive(Serialize)]
struct Attributes {
    subscriptions: Subscriptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<PhoneNumber>,
}

#[derive(Serialize)]
struct Subscriptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Channel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms: Option<Channel>,
}

#[derive(Serialize)]
struct Channel {
    marketing: Agreement,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactional: Option<Agreement>,
}

#[derive(Clone, Serialize)]
struct Agreement {
    consent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    consented_at: Option<Value>,
}

/// A moment as it was told, but for Unix times, which Klaviyo does not know.
fn told(time: &Datetime) -> Result<Value> {
    let is_number = match time {
        Datetime::Number(_) => true,
        Datetime::Text(text) => text.trim().parse::<f64>().is_ok(),
    };
    match is_number {
        true => events::moment(time).map(Value::from),
        false => Ok(time.to_value()),
    }
}

/// What is wrong where a consent has no channel.
pub(crate) fn nobody() -> Error {
    Error::payload("Consent is about an email address or a phone number, and there is none")
}

impl Consent {
    fn to_marketing(&self) -> Result<Agreement> {
        let (consent, since) = match self {
            Self::Subscribed(since) => ("SUBSCRIBED", since.as_ref().map(told).transpose()?),
            Self::Unsubscribed => ("UNSUBSCRIBED", None),
        };
        Ok(Agreement {
            consent,
            consented_at: since,
        })
    }

    fn to_email(&self) -> Result<Channel> {
        Ok(Channel {
            marketing: self.to_marketing()?,
            transactional: None,
        })
    }

    fn to_text_messages(&self) -> Result<Channel> {
        let marketing = self.to_marketing()?;
        Ok(Channel {
            transactional: (*self == Self::Unsubscribed).then(|| marketing.clone()),
            marketing,
        })
    }
}
