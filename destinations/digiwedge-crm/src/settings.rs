//! The tenant to send to: where its API listens, its ID, and how it is spoken to.

use serde::Deserializer;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;
use waystation_kit::{BaseUrl, FieldValue};

/// The tenant to send to, and how.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct DigiWedgeSettings {
    /// The host of your tenant's API, for example `https://crm-api.example.com`. Both `/api/v1` and `/graphql`
    /// are found there.
    #[field(label = "Base URL", placeholder = "https://crm-api.example.com")]
    #[serde(deserialize_with = "host")]
    pub base_url: BaseUrl,
    /// The ID of your tenant, which belongs into most requests.
    #[field(label = "Tenant ID")]
    pub tenant_id: TenantId,
    /// A token (JWT) of your tenant with the scopes of the actions you use. Leave it out if the connection has
    /// OAuth tokens, which are renewed when they expire; this one is not.
    #[field(label = "Access token")]
    pub access_token: Option<Secret>,
    /// How customers are created, updated and merged and notes are added. GraphQL takes many new customers in
    /// one request and allows five times as many requests a minute.
    #[field(label = "Interface for customers", default = Interface::Rest.name())]
    pub interface: Option<Interface>,
}

/// The two ways to say the same things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Choices)]
pub enum Interface {
    /// One request for each customer.
    #[default]
    #[choice(label = "REST")]
    #[serde(rename = "rest")]
    Rest,
    /// Mutations, several of them in one request.
    #[choice(label = "GraphQL")]
    #[serde(rename = "graphql")]
    GraphQl,
}

/// Reads the base URL. The partner's own pages show it with the path of the REST API, so that is what people
/// paste.
fn host<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    BaseUrl::deserialize(deserializer).map(|base| base.without_end("/api/v1"))
}

/// The ID of a tenant; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TenantId(String);

/// Why a text is not the ID of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tenant ID is empty; every request needs one")]
pub struct NoTenant;

impl TenantId {
    /// The ID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantId {
    type Error = NoTenant;

    fn try_from(text: String) -> Result<Self, NoTenant> {
        match text.trim() {
            "" => Err(NoTenant),
            id => Ok(Self(id.to_owned())),
        }
    }
}

impl FieldValue for TenantId {
    const TYPE: FieldType = FieldType::String;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<BaseUrl, String> {
        let settings = json!({"baseUrl": text, "tenantId": "t-1"});
        let settings: Result<DigiWedgeSettings, _> = serde_json::from_value(settings);
        settings
            .map(|settings| settings.base_url)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn base_urls_take_a_path_behind_them() {
        for (text, expected) in [
            ("https://crm.test", "https://crm.test"),
            (" https://crm.test/api/v1/ ", "https://crm.test"),
            (
                "http://crm.test/behind/a/proxy/",
                "http://crm.test/behind/a/proxy",
            ),
        ] {
            assert_eq!(base(text).unwrap().as_str(), expected, "{text}");
        }
        for (text, fault) in [
            ("ftp://crm.test", "begins with https:// or http://"),
            ("https://crm.test/?tenantId=t", "no user name, query or fragment"),
            ("https://me:pw@crm.test", "no user name, query or fragment"),
            ("crm.test", "cannot be read"),
        ] {
            let error = base(text).unwrap_err();
            assert!(error.contains(fault), "{text}: {error}");
        }
    }

    #[test]
    fn a_tenant_has_an_id() {
        assert_eq!(TenantId::try_from(" t-1 ".to_owned()).unwrap().as_str(), "t-1");
        assert_eq!(TenantId::try_from(" ".to_owned()).unwrap_err(), NoTenant);
    }

    #[test]
    fn settings_do_not_print_the_token() {
        let settings = json!({"baseUrl": "https://crm.test", "tenantId": "t-1", "accessToken": "hush"});
        let settings: DigiWedgeSettings = serde_json::from_value(settings).unwrap();
        assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
        assert_eq!(settings.interface.unwrap_or_default(), Interface::Rest);
    }
}
