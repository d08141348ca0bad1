//! The way to partners.

use waystation_client::network::{AddressRange, Proxies, PublicAddresses};
use waystation_client::{AddressPolicy, NetworkConfig, Rewrite, Rewrites};

use super::words::choices;
use crate::document::{Bytes, Detour, Flag, List, Range, Word, settings};

settings! {
    /// The way to partners.
    pub struct Network as "Network" => {
        /// Which addresses requests to partners may reach: "public-where-asked" for public addresses only, where a
        /// setting or an event names the address, while a destination's own partner may be anywhere; "public" for public
        /// addresses only; "all" for every address, those of the own network included.
        pub addresses: AddressRule as Word = AddressRule::PublicWhereAsked;
        /// Addresses that are reachable even though they are not public: `["10.20.0.0/16", "192.168.1.7"]`.
        pub allow: Vec<AddressRange> as List<Range> = Vec::new();
        /// Whether the proxies of the environment (`HTTPS_PROXY` and the like) are used. Requests that are held to
        /// public addresses never use one.
        pub proxies: bool as Flag = true;
        /// The largest answer that is read from a partner, after decompression.
        pub max_answer: usize as Bytes = NetworkConfig::default().answer_limit;
        /// Sends requests for an origin elsewhere, path and query kept; for tests:
        /// `["https://api.partner.com=http://127.0.0.1:9000"]`, `"*=..."` for every origin.
        pub rewrite: Vec<Rewrite> as List<Detour> = Vec::new();
    }
}

/// Which addresses requests to partners may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRule {
    /// Every address.
    All,
    /// Public ones, where a setting or an event names the address.
    PublicWhereAsked,
    /// Public ones.
    PublicOnly,
}

choices! {
    AddressRule {
        "public-where-asked" => Self::PublicWhereAsked,
            "Public addresses only, where a setting or an event names the address; a destination's own partner may be anywhere.";
        "public" => Self::PublicOnly, "Public addresses only.";
        "all" => Self::All, "Every address, those of the own network included.";
    }
}

impl Network {
    /// Which addresses may be reached, proxies, the largest answer.
    #[must_use]
    pub fn client(&self) -> NetworkConfig {
        let public = || PublicAddresses::and(self.allow.iter().copied());
        NetworkConfig {
            addresses: match self.addresses {
                AddressRule::All => AddressPolicy::AllowAll,
                AddressRule::PublicWhereAsked => AddressPolicy::PublicWhereAsked(public()),
                AddressRule::PublicOnly => AddressPolicy::PublicOnly(public()),
            },
            answer_limit: self.max_answer,
            proxies: match self.proxies {
                true => Proxies::FromEnvironment,
                false => Proxies::None,
            },
        }
    }

    /// Origins whose requests go elsewhere.
    #[must_use]
    pub fn rewrites(&self) -> Rewrites {
        self.rewrite.iter().cloned().collect()
    }
}
