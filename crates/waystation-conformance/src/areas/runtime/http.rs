//! Calls of the author's server.

use std::sync::Arc;

use serde_json::Value;
use waystation_runtime::LoadedDestination;

use crate::Verdict;

pub(super) async fn check(_: &Arc<LoadedDestination>, _: &Value) -> Verdict {
    Verdict::Skipped {
        reason: "the author's server is not connected yet".into(),
    }
}
