//! Why a delivery ended as it did.
//!
//! Every enum here has a name for people and APIs and a number for the file. Numbers are never given a new
//! meaning.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an enum with a stable name and a stable number for each variant.
macro_rules! named_codes {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $code:literal $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name, in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The number in the file.
            pub(crate) const fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// What a number in the file means; none for a number that this version does not know.
            pub(crate) const fn from_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named_codes! {
    /// Where a delivery is in its life.
    pub enum OutcomeKind {
        /// It waits for its time, for a worker, or for the end of its lease.
        Waiting = 0 "waiting",
        /// The partner took it.
        Delivered = 1 "delivered",
        /// Nothing was to be done, by a named rule.
        Skipped = 2 "skipped",
        /// It failed for good and waits for someone to replay or purge it.
        Dead = 3 "dead",
    }
}

named_codes! {
    /// The rule by which nothing was to be done.
    pub enum SkipRule {
        /// No subscription of the connection matches the event.
        NoSubscriptionMatched = 1 "no_subscription_matched",
        /// The source has no connection.
        NoConnection = 2 "no_connection",
        /// The same source sent the same message id before.
        Duplicate = 3 "duplicate",
        /// The connection was switched off while the event waited.
        ConnectionDisabled = 4 "connection_disabled",
        /// The event's `integrations` keep it from the destination.
        Integrations = 5 "integrations",
        /// The person has not consented to what the connection is for.
        Consent = 6 "consent",
        /// The connection, the subscription or the source was paused by hand, and its events are skipped meanwhile.
        Paused = 7 "paused",
    }
}

named_codes! {
    /// The step at which a delivery failed.
    pub enum Stage {
        /// The event is not valid.
        Ingest = 1 "ingest",
        /// The connection is missing or broken.
        Connection = 2 "connection",
        /// The subscription is missing or its filter is broken.
        Subscription = 3 "subscription",
        /// The mapping failed.
        Mapping = 4 "mapping",
        /// The payload is not what the action asks for.
        Validation = 5 "validation",
        /// The account's credentials were refused or could not be refreshed.
        Authentication = 6 "authentication",
        /// The partner refused, or could not be reached in time.
        Delivery = 7 "delivery",
        /// The partner answered, and whether it took the event cannot be read from its answer.
        UnknownOutcome = 8 "unknown_outcome",
        /// More waited for the connection than may wait when the event came.
        Overflow = 9 "overflow",
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// At which step.
    pub stage: Stage,
    /// The status of the outcome.
    pub status: Option<u16>,
    /// The class of the error, such as `PayloadValidationFailed`.
    pub error_type: Option<String>,
    /// What the error says.
    pub message: String,
    /// Why the delivery is held back without asking the partner, if it is. The rest of the failure then tells
    /// what the partner or the network said last, if either was ever asked.
    pub held_back: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_lead_back() {
        for rule in SkipRule::ALL {
            assert_eq!(SkipRule::from_code(rule.code()), Some(*rule));
        }
        for stage in Stage::ALL {
            assert_eq!(Stage::from_code(stage.code()), Some(*stage));
        }
        for kind in OutcomeKind::ALL {
            assert_eq!(OutcomeKind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(Stage::from_code(99), None);
        assert_eq!(SkipRule::NoConnection.to_string(), "no_connection");
    }
}
