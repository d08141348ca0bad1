//! Customers: what is known about them, and how the CRM finds the one that an event is about.

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::DigiWedgeCrm;
use crate::client::{content, get, id_of, not_digiwedge, send_raw};

/// What a delivery may say about a customer. Opt-ins are missing on purpose: DigiWedge's messaging service
/// owns them, and they are read-only here.
#[derive(Debug, Clone, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Your own ID of the person. No two customers share one.
    #[field(label = "User ID", category = identifier, default = path("$.userId"))]
    #[serde(skip_serializing_if = "is_absent")]
    pub auth_user_id: Option<String>,
    /// The e-mail address. No two customers share one.
    #[field(label = "E-mail address", category = identifier, default = first_of("$.traits.email", "$.context.traits.email"))]
    #[serde(skip_serializing_if = "is_absent")]
    pub email: Option<String>,
    /// The phone number in the form of E.164, for example `+353871234567`.
    #[field(label = "Phone number", category = identifier, default = path("$.traits.phone"))]
    #[serde(skip_serializing_if = "is_absent")]
    pub phone_number: Option<String>,
    /// The first name.
    #[field(label = "First name", default = first_of("$.traits.firstName", "$.traits.first_name"))]
    #[serde(skip_serializing_if = "is_absent")]
    pub first_name: Option<String>,
    /// The last name.
    #[field(label = "Last name", default = first_of("$.traits.lastName", "$.traits.last_name"))]
    #[serde(skip_serializing_if = "is_absent")]
    pub last_name: Option<String>,
    /// How close the person is to the business.
    #[field(label = "Lifecycle stage")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle_stage: Option<LifecycleStage>,
}

/// How close a customer is to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum LifecycleStage {
    /// Gets news.
    Subscriber,
    /// Shows interest.
    Lead,
    /// Is likely to buy.
    Prospect,
    /// Has bought.
    Customer,
    /// Belongs to a club.
    Member,
    /// Wins others over.
    Advocate,
    /// Has left.
    Churned,
}

impl Profile {
    /// By what the CRM may know the person already.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            auth_user_id: self.auth_user_id.as_deref(),
            email: self.email.as_deref(),
            phone: self.phone_number.as_deref(),
        }
    }
}

/// The customer that an event is about: by the CRM's own ID, or by what the CRM may know the person by.
#[derive(Debug, Clone, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct CustomerReference {
    /// The ID that the CRM gave. Without it the customer is looked up by what follows.
    #[field(label = "Customer ID", category = identifier)]
    pub customer_id: Option<String>,
    /// Your own ID of the person.
    #[field(label = "User ID", category = identifier, default = path("$.userId"))]
    pub auth_user_id: Option<String>,
    /// The e-mail address.
    #[field(label = "E-mail address", category = identifier, default = first_of("$.properties.email", "$.context.traits.email"))]
    pub email: Option<String>,
    /// The phone number in the form of E.164, for example `+353871234567`.
    #[field(label = "Phone number", category = identifier, default = first_of("$.properties.phone", "$.context.traits.phone"))]
    pub phone_number: Option<String>,
}

impl CustomerReference {
    /// The CRM's ID of the customer, asked for if it is not given.
    ///
    /// # Errors
    /// Nothing identifies the person, there is no such customer, or DigiWedge refuses or does not answer.
    pub async fn find(&self, cx: &Context<DigiWedgeCrm>) -> Result<String> {
        if let Some(id) = present(self.customer_id.as_deref()) {
            return Ok(id.to_owned());
        }
        let identity = Identity {
            auth_user_id: self.auth_user_id.as_deref(),
            email: self.email.as_deref(),
            phone: self.phone_number.as_deref(),
        };
        Ok(identity.resolve(cx).await?.customer_id)
    }
}

/// By what the CRM knows people. Each alone is enough; together they match more surely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Your own ID of the person.
    pub auth_user_id: Option<&'a str>,
    /// The e-mail address.
    pub email: Option<&'a str>,
    /// The phone number in the form of E.164.
    pub phone: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// Makes sure that there is something to know the person by.
    ///
    /// # Errors
    /// There is nothing.
    pub fn require(self) -> Result<Self> {
        if self.query().next().is_some() {
            return Ok(self);
        }
        Err(Error::payload(
            "DigiWedge knows customers by user ID, e-mail address or phone number, and there is none of them",
        ))
    }

    /// The customer, by [`GET /customers/resolve`](https://crm-docs-internal.uat.digiwedge.com/reference/api/customers).
    /// Whether an unknown one is created is up to the CRM: its pages say both. To ask again does no harm.
    ///
    /// # Errors
    /// There is nothing to look up or no such customer, or DigiWedge refuses or does not answer.
    pub async fn resolve(self, cx: &Context<DigiWedgeCrm>) -> Result<Resolution> {
        let request = get(cx, "/customers/resolve", self.require()?.query());
        let response = send_raw(cx, request).await?;
        let resolution = content(&response).and_then(|content| match customer_id(&content) {
            Some(customer_id) => Ok(Resolution { customer_id, content }),
            None => Err(not_digiwedge(&response)),
        });
        resolution.map_err(Error::of_a_read)
    }

    fn query(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let keys = [
            ("authUserId", self.auth_user_id),
            ("email", self.email),
            ("phone", self.phone),
        ];
        keys.into_iter()
            .filter_map(|(key, value)| Some((key, present(value)?)))
    }
}

/// A customer whom the CRM found.
#[derive(Debug)]
pub struct Resolution {
    /// The CRM's ID of the customer.
    pub customer_id: String,
    /// The answer, without its envelope.
    pub content: Value,
}

/// The ID in a resolution. Its form is not documented, so the customer may be bare or inside.
fn customer_id(resolution: &Value) -> Option<String> {
    let named = || id_of(&json!({"id": resolution.get("customerId")?}));
    id_of(resolution)
        .or_else(named)
        .or_else(|| id_of(resolution.get("customer")?))
}

fn present(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customer_is_found_wherever_a_resolution_keeps_it() {
        for resolution in [
            json!({"id": " c-1 ", "status": "ACTIVE"}),
            json!({"customerId": "c-1", "confidence": 95}),
            json!({"customer": {"id": "c-1"}, "created": true}),
        ] {
            assert_eq!(customer_id(&resolution).as_deref(), Some("c-1"), "{resolution}");
        }
        assert_eq!(customer_id(&json!({"id": 7})).as_deref(), Some("7"));
        for resolution in [json!({}), json!({"id": ""}), json!({"customer": null})] {
            assert_eq!(customer_id(&resolution), None, "{resolution}");
        }
    }

    #[test]
    fn blanks_identify_nobody() {
        let blank = Identity {
            email: Some("  "),
            ..Identity::default()
        };
        assert!(blank.require().is_err());
        let phone = Identity {
            phone: Some("+353871234567"),
            ..blank
        };
        assert_eq!(phone.query().collect::<Vec<_>>(), [("phone", "+353871234567")]);
    }
}
