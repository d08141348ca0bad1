//! Audiences that are kept at the partner.

use serde_json::Value;
use waystation_fields::Fields;
use waystation_json::JsonObject;

use crate::context::Context;
use crate::destination::Destination;
use crate::error::Result;
use crate::future::BoxFuture;

/// How audience members reach the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceMode {
    /// One event at a time, as people enter and leave.
    Realtime,
    /// The whole audience is synced.
    Synced {
        /// Whether every sync sends all members again.
        full_audience_sync: bool,
    },
}

/// Creates an audience and answers with its id at the partner.
pub type CreateAudienceHandler<D> =
    for<'a> fn(&'a Context<D>, CreateAudience) -> BoxFuture<'a, Result<ExternalAudience>>;

/// Asks for an audience by its id at the partner.
pub type GetAudienceHandler<D> =
    for<'a> fn(&'a Context<D>, GetAudience) -> BoxFuture<'a, Result<ExternalAudience>>;

/// What a destination offers for audiences.
pub struct Audiences<D: Destination> {
    /// How members reach the partner.
    pub mode: AudienceMode,
    /// The settings of an audience.
    pub fields: Fields,
    /// Creates one, if audiences are made here.
    pub create: Option<CreateAudienceHandler<D>>,
    /// Asks for one.
    pub get: Option<GetAudienceHandler<D>>,
}

/// The audience to create.
#[derive(Debug, Clone, Default)]
pub struct CreateAudience {
    /// Its name.
    pub name: Option<String>,
    /// Its settings, validated.
    pub audience_settings: JsonObject,
    /// The computation that it comes from.
    pub personas: Option<Value>,
}

/// The audience to ask for.
#[derive(Debug, Clone, Default)]
pub struct GetAudience {
    /// Its id at the partner.
    pub external_id: String,
    /// Its settings.
    pub audience_settings: JsonObject,
}

/// An audience at the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalAudience {
    /// Its id at the partner.
    pub external_id: String,
}
