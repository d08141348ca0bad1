//! Sources and connections, as people write them.

use std::borrow::Cow;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::delivery::Delivery;
use super::secret::SecretText;
use crate::document::{Findings, Kind, Located, Read, Tree, WebAddress, section, wrong_type};

section! {
    /// Where events come from: an application that sends with a write key.
    Source {
        /// Whether its events are taken.
        enabled: bool,
        /// The keys that senders show. Several make it possible to replace one without a gap.
        write_keys: Vec<Located<SecretText>>,
        /// How many events this source may send.
        rate_limit: SourceRate,
    }

    /// How many events a source may send.
    SourceRate {
        /// Whether there is a limit; to take back that of `ingest.rate_limit`.
        enabled: bool,
        /// Events a second, on average.
        per_second: NonZeroU32,
        /// Events at once, after a pause; those of ten seconds unless written here.
        burst: NonZeroU32,
    }

    /// Where events go: a destination with your settings, and what is sent there.
    #[schemars(extend("required" = ["destination"]))]
    Connection {
        /// Whether deliveries are made. Events that arrive while it is off are not delivered later.
        enabled: bool,
        /// The destination; `waystation list` has the names.
        destination: String,
        /// The sources whose events it gets; those of all sources unless written here.
        sources: Vec<Located<String>>,
        /// The categories of consent that events need to go here, by their ids in `context.consent.categoryPreferences`
        /// of the event; all of them are needed.
        consent: Vec<String>,
        /// The destination's own settings; `waystation manifest NAME` lists them. Any text may be kept elsewhere:
        /// `{ env = "NAME" }` or `{ file = "/path" }`.
        settings: RawSettings,
        /// Tokens, for destinations with OAuth. Refreshed ones are kept in the store, not here.
        auth: Auth,
        /// Which events are sent to which action, and as what. Unless any are written here: the destination's
        /// automatic presets.
        subscriptions: Vec<Located<Subscription>>,
        /// Names of features that are switched on.
        features: Vec<String>,
        /// Where deliveries of this connection are made differently.
        delivery: Delivery,
    }

    /// Tokens of a connection, and the app's credentials to refresh them with.
    Auth {
        /// Sent with requests.
        access_token: SecretText,
        /// Exchanged for a new access token.
        refresh_token: SecretText,
        /// Where tokens are exchanged, if the partner gave you an address of your own.
        refresh_token_url: WebAddress,
        /// The id of your app.
        client_id: SecretText,
        /// The secret of your app.
        client_secret: SecretText,
    }

    /// Which events are sent to an action, and as what.
    #[schemars(extend("required" = ["action"]))]
    Subscription {
        /// Its name in records; that of the action unless written here. No two of a connection are the same.
        name: String,
        /// Whether it is used.
        enabled: bool,
        /// The action; `waystation list` has the names.
        action: String,
        /// Which events, in FQL: `type = "track" and event = "Order Completed"`. The action's own choice unless
        /// written here.
        subscribe: String,
        /// What the action's fields are filled with: a table, or the JSON text that Segment stores. It takes the
        /// place of the action's default mapping, unless `extend_defaults` is on.
        mapping: RawMapping,
        /// Whether `mapping` only changes the default mapping: a field that is written replaces the default of
        /// that field as a whole, others keep theirs.
        extend_defaults: bool,
        /// Fields of the default mapping that are left out.
        omit: Vec<Located<String>>,
        /// How rows of a warehouse are synced: `add`, `update`, `upsert`, `mirror` or `delete`, for actions that
        /// tell them apart.
        sync_mode: String,
        /// The column by which rows of a warehouse are matched.
        matching_key: String,
    }
}

/// A table with any keys.
#[derive(Debug, Clone)]
pub(crate) struct RawSettings(pub(crate) Tree);

impl Read for RawSettings {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match tree.kind {
            Kind::Table(_) => Some(Self(tree.clone())),
            _ => wrong_type(tree, "a table", findings),
        }
    }
}

impl JsonSchema for RawSettings {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Settings".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "object"})
    }
}

/// A table with any keys, or JSON as text.
#[derive(Debug, Clone)]
pub(crate) struct RawMapping(pub(crate) Tree);

impl Read for RawMapping {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match tree.kind {
            Kind::Table(_) | Kind::Text(_) => Some(Self(tree.clone())),
            _ => wrong_type(tree, "a table or a text with JSON", findings),
        }
    }
}

impl JsonSchema for RawMapping {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Mapping".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": ["object", "string"]})
    }
}
