//! Sources and connections, as people write them.

use url::Url;

use super::secret::SecretText;
use crate::config::{DeliveryPolicy, SourceRate};
use crate::document::{
    AnyTable, At, Flag, Layer, List, Located, Opt, Table, TableOrJson, Text, Tree, WebAddress, settings,
};

settings! {
    /// Where events come from: an application that sends with a write key.
    pub(crate) struct Source as "Source" => {
        /// Whether its events are taken.
        pub(crate) enabled: Option<Located<bool>> as Opt<Flag> = None, "true";
        /// The keys that senders show. Several make it possible to replace one without a gap.
        pub(crate) write_keys: Option<Located<Vec<Located<SecretText>>>> as Opt<List<At<SecretText>>> = None,
            "[{ env = \"WEB_WRITE_KEY\" }]";
        /// How many events this source may send.
        pub(crate) rate_limit: Option<Located<SourceRate>> as Opt<Table> = None;
    }

    /// Where events go: a destination with your settings, and what is sent there.
    pub(crate) struct Connection as "Connection" requires ["destination"] => {
        /// Whether deliveries are made. Events that arrive while it is off are not delivered later.
        pub(crate) enabled: Option<Located<bool>> as Opt<Flag> = None, "true";
        /// The destination; `waystation list` has the names.
        pub(crate) destination: Option<Located<String>> as Opt<Text> = None, "\"webhook\"";
        /// The sources whose events it gets; those of all sources unless written here.
        pub(crate) sources: Option<Located<Vec<Located<String>>>> as Opt<List<At<Text>>> = None, "[\"web\"]";
        /// Categories of consent that an event needs to go here: each must be true in the event's
        /// `context.consent.categoryPreferences`. Events without a consent object go everywhere, as at Segment.
        pub(crate) consent: Vec<String> as List<Text> = Vec::new();
        /// Names of features that are switched on.
        pub(crate) features: Vec<String> as List<Text> = Vec::new();
        /// The destination's own settings; `waystation manifest NAME` lists them. Any text may be kept elsewhere:
        /// `{ env = "NAME" }` or `{ file = "/path" }`.
        pub(crate) settings: Option<Located<Tree>> as Opt<AnyTable> = None, "{}";
        /// Tokens, for destinations with OAuth. Refreshed ones are kept in the store, not here.
        pub(crate) auth: Option<Located<Auth>> as Opt<Table> = None;
        /// Which events are sent to which action, and as what. Unless any are written here: the destination's automatic
        /// presets.
        pub(crate) subscriptions: Option<Located<Vec<Located<Subscription>>>> as Opt<List<At<Table>>> = None;
        /// Where deliveries of this connection are made differently.
        pub(crate) delivery: Option<Tree> as Layer<DeliveryPolicy> = None;
    }

    /// Tokens of a connection, and the app's credentials to refresh them with.
    pub(crate) struct Auth as "Auth" => {
        /// Sent with requests.
        pub(crate) access_token: Option<Located<SecretText>> as Opt<SecretText> = None, "{ env = \"PARTNER_ACCESS_TOKEN\" }";
        /// Exchanged for a new access token.
        pub(crate) refresh_token: Option<Located<SecretText>> as Opt<SecretText> = None, "{ env = \"PARTNER_REFRESH_TOKEN\" }";
        /// Where tokens are exchanged, if the partner gave you an address of your own.
        pub(crate) refresh_token_url: Option<Located<Url>> as Opt<WebAddress> = None, "\"https://partner.example/oauth/token\"";
        /// The id of your app.
        pub(crate) client_id: Option<Located<SecretText>> as Opt<SecretText> = None, "\"...\"";
        /// The secret of your app.
        pub(crate) client_secret: Option<Located<SecretText>> as Opt<SecretText> = None, "{ env = \"PARTNER_CLIENT_SECRET\" }";
    }

    /// Which events are sent to an action, and as what.
    pub(crate) struct Subscription as "Subscription" requires ["action"] => {
        /// Its name in records; that of the action unless written here. No two of a connection are the same.
        pub(crate) name: Option<Located<String>> as Opt<Text> = None, "\"Orders\"";
        /// Whether it is used.
        pub(crate) enabled: Option<Located<bool>> as Opt<Flag> = None, "true";
        /// The action; `waystation list` has the names.
        pub(crate) action: Option<Located<String>> as Opt<Text> = None, "\"trackEvent\"";
        /// Which events, in FQL. The action's own choice unless written here.
        pub(crate) subscribe: Option<Located<String>> as Opt<Text> = None, "'type = \"track\" and event = \"Order Completed\"'";
        /// What the action's fields are filled with: a table, or the JSON text that Segment stores. It takes the place of
        /// the action's default mapping, unless `extend_defaults` is on.
        pub(crate) mapping: Option<Located<Tree>> as Opt<TableOrJson> = None,
            "{ name = \"order\", data = { \"@path\" = \"$.properties\" } }";
        /// Whether `mapping` only changes the default mapping: a field that is written replaces the default of that field
        /// as a whole, others keep theirs.
        pub(crate) extend_defaults: Option<Located<bool>> as Opt<Flag> = None, "true";
        /// Fields of the default mapping that are left out.
        pub(crate) omit: Option<Located<Vec<Located<String>>>> as Opt<List<At<Text>>> = None, "[\"timestamp\"]";
        /// How rows of a warehouse are synced: "add", "update", "upsert", "mirror" or "delete", for actions that tell
        /// them apart.
        pub(crate) sync_mode: Option<Located<String>> as Opt<Text> = None, "\"upsert\"";
        /// The column by which rows of a warehouse are matched.
        pub(crate) matching_key: Option<Located<String>> as Opt<Text> = None, "\"email\"";
    }
}
