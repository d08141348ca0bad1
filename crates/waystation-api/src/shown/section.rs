//! Sections of the configuration, shown as their settings say.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use waystation_config::{BatchPolicy, DeliveryPolicy, Ingest, Network, Record, Server, Shown, Store};

// Names without parameters, for utoipa would ask the parameter for a schema of its own.
pub(crate) type ShownServer = ShownSection<Server>;
pub(crate) type ShownIngest = ShownSection<Ingest>;
pub(crate) type ShownStore = ShownSection<Store>;
pub(crate) type ShownRecord = ShownSection<Record>;
pub(crate) type ShownNetwork = ShownSection<Network>;
pub(crate) type ShownPolicy = ShownSection<DeliveryPolicy>;
pub(crate) type ShownBatchPolicy = ShownSection<BatchPolicy>;

/// A section of the configuration.
#[derive(Debug)]
pub(crate) struct ShownSection<S>(Value, PhantomData<fn() -> S>);

impl<S: Shown> From<&S> for ShownSection<S> {
    fn from(section: &S) -> Self {
        Self(section.shown(), PhantomData)
    }
}

impl<S> Serialize for ShownSection<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        self.0.serialize(serializer)
    }
}

impl<S: Shown> PartialSchema for ShownSection<S> {
    fn schema() -> RefOr<Schema> {
        // Whatever a section says of itself is an object.
        serde_json::from_value(S::schema()).unwrap_or_else(|_| ObjectBuilder::new().into())
    }
}

impl<S: Shown> ToSchema for ShownSection<S> {
    fn name() -> Cow<'static, str> {
        S::NAME.into()
    }
}
