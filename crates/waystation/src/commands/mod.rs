//! The commands, a file each.

pub(crate) mod completions;
pub(crate) mod health;
pub(crate) mod list;
pub(crate) mod manifest;
pub(crate) mod new;
pub(crate) mod run;
pub(crate) mod serve;
mod settings_file;
pub(crate) mod store;
pub(crate) mod validate;
pub(crate) mod watch;

use std::sync::Arc;

use waystation_runtime::{LoadedDestination, Registry};

use crate::failure::Failure;

/// The destination of this slug.
fn find(registry: &Registry, slug: &str) -> Result<Arc<LoadedDestination>, Failure> {
    registry
        .get(slug)
        .cloned()
        .ok_or_else(|| Failure::UnknownDestination {
            slug: slug.to_owned(),
            advice: waystation_destinations::advice(slug),
            nearest: registry.nearest(slug),
            known: registry.iter().map(|known| known.definition().slug).collect(),
        })
}
