//! Who did it, hashed where Meta wants it hashed
//! ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters)).

use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::Number;
use waystation_kit::hashing::{is_sha256_hex, sha256_hex};
use waystation_kit::prelude::*;

use crate::normal_form;

/// What is known of a person. It serializes to what Meta may see of it.
#[derive(Debug, Default, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct UserData {
    /// Your own IDs of the person: a user ID, the number of a loyalty card, a cookie.
    #[field(label = "External IDs", category = hashed_pii)]
    pub external_id: Option<Vec<String>>,
    /// The e-mail address.
    #[field(label = "E-mail address", category = hashed_pii)]
    pub email: Option<String>,
    /// The phone number with its country code, also where all of your customers are in one country.
    #[field(label = "Phone number", category = hashed_pii)]
    pub phone: Option<String>,
    /// The gender, as far as Meta knows of it: `f` or `m`, `female` or `male`. Anything else is left out.
    #[field(label = "Gender", category = hashed_pii)]
    pub gender: Option<String>,
    /// The date of birth: any date that begins with the year or spells the month out, for example `1997-12-26`.
    #[field(label = "Date of birth", category = hashed_pii)]
    pub date_of_birth: Option<String>,
    /// The last name.
    #[field(label = "Last name", category = hashed_pii)]
    pub last_name: Option<String>,
    /// The first name.
    #[field(label = "First name", category = hashed_pii)]
    pub first_name: Option<String>,
    /// The city.
    #[field(label = "City", category = hashed_pii)]
    pub city: Option<String>,
    /// The state: for the USA its name or its two letters.
    #[field(label = "State", category = hashed_pii)]
    pub state: Option<String>,
    /// The postal code. Of a ZIP+4 code, the first five digits count.
    #[field(label = "Postal code", category = hashed_pii)]
    pub zip: Option<String>,
    /// The country: its English name or its two or three letters of ISO 3166.
    #[field(label = "Country", category = hashed_pii)]
    pub country: Option<String>,
    /// The IP address of the browser.
    #[serde(rename = "client_ip_address")]
    #[field(label = "Client IP address")]
    pub client_ip_address: Option<String>,
    /// What the browser calls itself. Events of websites need it.
    #[serde(rename = "client_user_agent")]
    #[field(label = "Client user agent")]
    pub client_user_agent: Option<String>,
    /// The [click ID](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/fbp-and-fbc) that
    /// the pixel keeps in the cookie `_fbc`.
    #[field(label = "Click ID (fbc)")]
    pub fbc: Option<String>,
    /// The browser ID that the pixel keeps in the cookie `_fbp`.
    #[field(label = "Browser ID (fbp)")]
    pub fbp: Option<String>,
    /// The subscription that the event is about.
    #[serde(rename = "subscriptionID")]
    #[field(label = "Subscription ID")]
    pub subscription_id: Option<String>,
    /// The lead that one of Meta's lead ads brought.
    #[serde(rename = "leadID")]
    #[field(label = "Lead ID", type = integer)]
    pub lead_id: Option<Number>,
    /// The ID that Meta gave the person at the first login to the app.
    #[serde(rename = "fbLoginID")]
    #[field(label = "Facebook login ID", type = integer)]
    pub fb_login_id: Option<Number>,
    /// The installation of the app. For app events only.
    #[field(label = "Install ID")]
    pub anon_id: Option<String>,
    /// The advertising ID of an Android device, or the identifier for advertisers of an Apple device.
    #[field(label = "Mobile advertiser ID")]
    pub mad_id: Option<String>,
    /// The ID that an identity partner of Meta gave.
    #[serde(rename = "partner_id")]
    #[field(label = "Partner ID")]
    pub partner_id: Option<String>,
    /// The identity partner.
    #[serde(rename = "partner_name")]
    #[field(label = "Partner name")]
    pub partner_name: Option<String>,
    /// The click on an ad that leads to WhatsApp.
    #[serde(rename = "ctwa_clid")]
    #[field(label = "Click-to-WhatsApp click ID")]
    pub ctwa_clid: Option<String>,
}

impl UserData {
    /// Where events usually have it.
    #[must_use]
    pub fn default_mapping() -> Value {
        json!({
            "externalId": directive::first_of(&["$.userId", "$.anonymousId"]),
            "email": directive::path("$.context.traits.email"),
            "phone": directive::path("$.context.traits.phone"),
            "dateOfBirth": directive::path("$.context.traits.birthday"),
            "lastName": directive::path("$.context.traits.lastName"),
            "firstName": directive::path("$.context.traits.firstName"),
            "city": directive::path("$.context.traits.address.city"),
            "state": directive::path("$.context.traits.address.state"),
            "zip": directive::path("$.context.traits.address.postalCode"),
            "client_ip_address": directive::path("$.context.ip"),
            "client_user_agent": directive::path("$.context.userAgent"),
            "fbc": directive::path("$.properties.fbc"),
            "fbp": directive::path("$.properties.fbp"),
        })
    }
}

impl Serialize for UserData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut known = Known(serializer.serialize_map(None)?);
        known.hashed("em", &self.email, normal_form::plain)?;
        known.hashed("ph", &self.phone, normal_form::phone)?;
        known.hashed("ge", &self.gender, normal_form::gender)?;
        known.hashed("db", &self.date_of_birth, normal_form::birthday)?;
        known.hashed("ln", &self.last_name, normal_form::name)?;
        known.hashed("fn", &self.first_name, normal_form::name)?;
        known.hashed("ct", &self.city, normal_form::name)?;
        known.hashed("st", &self.state, normal_form::state)?;
        let country = self.country.as_deref().and_then(normal_form::country_code);
        known.hashed("zp", &self.zip, |zip| {
            normal_form::postal_code(zip, country.as_deref())
        })?;
        known.hashed("country", &country, |country| Some(country.to_owned()))?;
        known.hashed_each("external_id", self.external_id.as_deref())?;
        known.text("client_ip_address", &self.client_ip_address)?;
        known.text("client_user_agent", &self.client_user_agent)?;
        known.text("fbc", &self.fbc)?;
        known.text("fbp", &self.fbp)?;
        known.text("subscription_id", &self.subscription_id)?;
        known.number("lead_id", self.lead_id.as_ref())?;
        known.text("anon_id", &self.anon_id)?;
        known.text("madid", &self.mad_id)?;
        known.number("fb_login_id", self.fb_login_id.as_ref())?;
        known.text("partner_id", &self.partner_id)?;
        known.text("partner_name", &self.partner_name)?;
        known.text("ctwa_clid", &self.ctwa_clid)?;
        known.0.end()
    }
}

/// What is known is written; what is not known or empty is left out.
struct Known<M>(M);

impl<M: SerializeMap> Known<M> {
    fn hashed(
        &mut self,
        key: &str,
        text: &Option<String>,
        normal_form: impl Fn(&str) -> Option<String>,
    ) -> Result<(), M::Error> {
        match text.as_deref().and_then(normal_form) {
            Some(text) => self.0.serialize_entry(key, &hashed(text)),
            None => Ok(()),
        }
    }

    fn hashed_each(&mut self, key: &str, texts: Option<&[String]>) -> Result<(), M::Error> {
        let normal = texts
            .into_iter()
            .flatten()
            .filter_map(|text| normal_form::plain(text));
        let hashes: Vec<String> = normal.map(hashed).collect();
        if hashes.is_empty() {
            return Ok(());
        }
        self.0.serialize_entry(key, &hashes)
    }

    fn text(&mut self, key: &str, text: &Option<String>) -> Result<(), M::Error> {
        match text.as_deref() {
            None | Some("") => Ok(()),
            Some(text) => self.0.serialize_entry(key, text),
        }
    }

    fn number(&mut self, key: &str, number: Option<&Number>) -> Result<(), M::Error> {
        match number {
            Some(number) => self.0.serialize_entry(key, number),
            None => Ok(()),
        }
    }
}

/// The hash of a text in its normal form; senders may have hashed it already.
fn hashed(text: String) -> String {
    if is_sha256_hex(&text) {
        text
    } else {
        sha256_hex(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(user_data: Value) -> Value {
        json!(serde_json::from_value::<UserData>(user_data).unwrap())
    }

    /// The examples of Meta's reference.
    #[test]
    fn hashes_are_those_of_the_reference() {
        for (field, text, key, hash) in [
            (
                "email",
                "John_Smith@gmail.com",
                "em",
                "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
            ),
            (
                "phone",
                "1 (650)555-1212",
                "ph",
                "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
            ),
            (
                "firstName",
                "Mary",
                "fn",
                "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
            ),
            (
                "firstName",
                "Valéry",
                "fn",
                "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
            ),
            (
                "lastName",
                "정",
                "ln",
                "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
            ),
        ] {
            assert_eq!(sent(json!({field: text})), json!({key: hash}), "{text}");
        }
    }

    #[test]
    fn hashes_are_not_hashed_again() {
        let hash = sha256_hex("ada@example.com");
        for (field, key) in [
            ("email", "em"),
            ("phone", "ph"),
            ("gender", "ge"),
            ("dateOfBirth", "db"),
            ("lastName", "ln"),
            ("firstName", "fn"),
            ("city", "ct"),
            ("state", "st"),
            ("zip", "zp"),
            ("country", "country"),
        ] {
            for given in [hash.clone(), hash.to_uppercase(), format!(" {hash} ")] {
                assert_eq!(sent(json!({field: given})), json!({key: hash}), "{field} {given}");
            }
        }
        assert_eq!(
            sent(json!({"externalId": [hash]})),
            json!({"external_id": [hash]})
        );
    }

    #[test]
    fn nothing_is_left_of_what_is_empty() {
        let empty = json!({
            "externalId": ["", " "], "email": " ", "phone": "none", "gender": "", "city": "", "state": "",
            "country": "", "client_ip_address": "", "fbc": "", "partner_id": "",
        });
        assert_eq!(sent(empty), json!({}));
        assert_eq!(sent(json!({"externalId": []})), json!({}));
    }

    #[test]
    fn ids_of_people_are_hashed_and_those_of_machines_are_not() {
        let user_data = json!({
            "externalId": ["u-1"], "email": "e", "phone": "1", "gender": "f", "dateOfBirth": "1997-12-26", "lastName": "l",
            "firstName": "f", "city": "c", "state": "s", "zip": "z", "country": "x",
            "client_ip_address": "203.0.113.9", "client_user_agent": "UA/1", "fbc": "fb.1", "fbp": "fb.2",
            "subscriptionID": "sub", "leadID": 77, "fbLoginID": 88, "anonId": "anon", "madId": "mad",
            "partner_id": "p", "partner_name": "pn", "ctwa_clid": "click",
        });
        let hash = |text: &str| sha256_hex(text);
        assert_eq!(
            sent(user_data),
            json!({
                "em": hash("e"), "ph": hash("1"), "ge": hash("f"), "db": hash("19971226"), "ln": hash("l"),
                "fn": hash("f"), "ct": hash("c"), "st": hash("s"), "zp": hash("z"), "country": hash("x"),
                "external_id": [hash("u-1")],
                "client_ip_address": "203.0.113.9", "client_user_agent": "UA/1", "fbc": "fb.1", "fbp": "fb.2",
                "subscription_id": "sub", "lead_id": 77, "anon_id": "anon", "madid": "mad", "fb_login_id": 88,
                "partner_id": "p", "partner_name": "pn", "ctwa_clid": "click",
            })
        );
    }
}
