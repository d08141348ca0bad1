//! All that the author of a destination touches.
//!
//! A destination is a crate: `lib.rs` puts it together ([`Destination`], [`Definition`]), `client.rs` talks
//! to the partner ([`Context`], [`RequestBuilder`](request::RequestBuilder)), and each file under
//! `actions/` is one action: a typed payload ([`Payload`]) with what to do with it ([`Action`],
//! [`BatchAction`]). Per-item results of batches follow one set of rules ([`multistatus`]).
#![forbid(unsafe_code)]

// The derive macros write `::waystation_kit`, which also has to work in this crate's own tests.
#[allow(unused_extern_crates)]
extern crate self as waystation_kit;

pub mod action;
pub mod any;
pub mod audience;
pub mod auth;
pub mod base_url;
pub mod batching;
pub mod capabilities;
pub mod context;
pub mod country;
pub mod currency;
pub mod date;
pub mod definition;
#[doc(hidden)]
pub mod derived;
pub mod destination;
pub mod directive;
pub mod dynamic_fields;
pub mod error;
pub mod error_code;
pub mod future;
mod grouping;
pub mod hashing;
pub mod hooks;
pub mod jobs;
pub mod manifest;
pub mod multistatus;
pub mod payload;
pub mod preset;
pub mod request;
pub mod request_key;
pub mod retry;
pub mod secret;
pub mod services;
pub mod sync_mode;
pub mod text;
pub mod wire;

pub use action::{Action, ActionInfo, AsynchronousAction, BatchAction, BatchOutput, Output};
pub use auth::{Auth, RefreshedTokens, Scheme};
pub use base_url::{BaseUrl, WrongBaseUrl};
pub use capabilities::Capabilities;
pub use context::{Call, Context};
pub use definition::{Definition, DeleteUser};
pub use destination::Destination;
pub use error::{Error, NetworkFailure, Result};
pub use error_code::ErrorCode;
pub use manifest::manifest;
pub use multistatus::{
    Batch, BatchItem, Certainty, ItemError, ItemOutcome, ItemSuccess, MultiStatusResponse,
};
pub use payload::{Datetime, FieldValue, NoSettings, Payload, Settings};
pub use preset::{MappingChanges, PlatformEvent, Preset, PresetTrigger};
pub use request::Response;
pub use request_key::RequestKey;
pub use secret::Secret;
pub use sync_mode::{SyncMode, SyncModes};
pub use waystation_fields as fields;
pub use waystation_json as json;
pub use waystation_json::JsonObject;
pub use waystation_kit_derive::{Choices, Payload, Settings};

/// What nearly every file of a destination needs.
pub mod prelude {
    pub use crate::action::{Action, ActionInfo, AsynchronousAction, BatchAction, BatchOutput, Output};
    pub use crate::auth::{Auth, RefreshedTokens, Scheme};
    pub use crate::context::Context;
    pub use crate::definition::{Definition, DeleteUser};
    pub use crate::destination::Destination;
    pub use crate::directive;
    pub use crate::error::{Error, Result};
    pub use crate::error_code::ErrorCode;
    pub use crate::multistatus::{
        Batch, BatchItem, ItemError, ItemOutcome, ItemSuccess, Ledger, MultiStatusResponse, PartLimits,
        Parts, Slots,
    };
    pub use crate::payload::{Datetime, NoSettings, Payload, Settings};
    pub use crate::preset::{MappingChanges, PlatformEvent, PresetTrigger};
    pub use crate::request::{RequestDefaults, Response};
    pub use crate::request_key::RequestKey;
    pub use crate::secret::Secret;
    pub use crate::sync_mode::{SyncMode, SyncModes};
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::{Value, json};
    pub use serde_with_macros::skip_serializing_none;
    pub use waystation_fields::{Choice, Condition, Conditions, Fields, Required};
    pub use waystation_json::JsonObject;
    pub use waystation_kit_derive::{Choices, Payload, Settings};
}
