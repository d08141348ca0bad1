//! The operations of the OpenAPI document that commands make use of.

use http::Method;

/// An operation of the OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its `operationId`.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path, with `{name}` or `{id}` for what differs.
    pub path: &'static str,
    /// The parameters of its query.
    pub query: &'static [&'static str],
}

macro_rules! operations {
    ($($name:ident: $id:literal $method:ident $path:literal $([$($query:literal),* $(,)?])?;)*) => {
        $(
            pub(crate) const $name: Operation = Operation {
                id: $id,
                method: Method::$method,
                path: $path,
                query: &[$($($query),*)?],
            };
        )*

        /// Every operation that some command makes use of.
        pub const OPERATIONS: &[Operation] = &[$($name),*];
    };
}

operations! {
    LIST_DELIVERIES: "listDeliveries" GET "/admin/v1/deliveries" [
        "source", "connection", "subscription", "outcome", "rule", "stage", "status", "errorType", "heldBack", "warning", "failed",
        "messageId", "user", "from", "until", "finishedFrom", "finishedUntil", "limit", "cursor",
    ];
    GET_DELIVERY: "getDelivery" GET "/admin/v1/deliveries/{id}";
    TAIL_DELIVERIES: "tailDeliveries" GET "/admin/v1/deliveries/tail" ["source", "connection", "outcome", "failed"];
    LIST_DEAD_LETTERS: "listDeadLetters" GET "/admin/v1/dead-letters" [
        "source", "connection", "subscription", "stage", "status", "errorType", "heldBack", "messageId", "user", "from", "until",
        "diedFrom", "diedUntil", "limit", "cursor",
    ];
    REPLAY_DEAD_LETTERS: "replayDeadLetters" POST "/admin/v1/dead-letters/replay";
    PURGE_DEAD_LETTERS: "purgeDeadLetters" POST "/admin/v1/dead-letters/purge";
    CREATE_DELETION: "createDeletion" POST "/admin/v1/deletions";
    LIST_RESENDS: "listResends" GET "/admin/v1/resends";
    CREATE_RESEND: "createResend" POST "/admin/v1/resends";
    GET_RESEND: "getResend" GET "/admin/v1/resends/{id}";
    STOP_RESEND: "stopResend" POST "/admin/v1/resends/{id}/stop";
    GET_LEDGER: "getLedger" GET "/admin/v1/ledger";
    LIST_CONNECTIONS: "listConnections" GET "/admin/v1/connections";
    GET_CONNECTION: "getConnection" GET "/admin/v1/connections/{name}";
    LIST_PAUSES: "listPauses" GET "/admin/v1/pauses";
    PAUSE_CONNECTION: "pauseConnection" POST "/admin/v1/connections/{name}/pause";
    RESUME_CONNECTION: "resumeConnection" POST "/admin/v1/connections/{name}/resume";
    PAUSE_SUBSCRIPTION: "pauseSubscription" POST "/admin/v1/connections/{name}/subscriptions/{subscription}/pause";
    RESUME_SUBSCRIPTION: "resumeSubscription" POST "/admin/v1/connections/{name}/subscriptions/{subscription}/resume";
    PAUSE_SOURCE: "pauseSource" POST "/admin/v1/sources/{name}/pause";
    RESUME_SOURCE: "resumeSource" POST "/admin/v1/sources/{name}/resume";
    LIST_SOURCES: "listSources" GET "/admin/v1/sources";
    RELOAD_CONFIGURATION: "reloadConfiguration" POST "/admin/v1/reload";
}
