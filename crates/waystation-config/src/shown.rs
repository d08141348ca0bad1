//! Sections as the admin API shows them.

use serde_json::Value;

use crate::config::{BatchPolicy, DeliveryPolicy, Ingest, Network, Record, Server, Store};
use crate::document::{shown, shown_schema};

/// A section that can be shown: its settings under their own names in camel case, times in milliseconds (`Ms`), sizes
/// in bytes. There is no secret in it.
pub trait Shown {
    /// What it is called in schemas.
    const NAME: &'static str;

    /// The section as JSON.
    fn shown(&self) -> Value;

    /// The JSON schema of [`shown`](Self::shown).
    fn schema() -> Value;
}

macro_rules! shown {
    ($($section:ty: $name:literal,)*) => {$(
        impl Shown for $section {
            const NAME: &'static str = $name;

            fn shown(&self) -> Value {
                shown(self)
            }

            fn schema() -> Value {
                shown_schema::<Self>()
            }
        }
    )*};
}

shown! {
    Server: "ServerConfiguration",
    Ingest: "IngestConfiguration",
    Store: "StoreConfiguration",
    Record: "RecordConfiguration",
    Network: "NetworkConfiguration",
    DeliveryPolicy: "DeliveryPolicy",
    BatchPolicy: "BatchPolicy",
}
