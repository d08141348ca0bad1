//! The area `runtime`: entry points driven with the probe, and pure functions.

mod answer;
mod bench;
mod compare;
mod deliveries;
mod handlers;
mod http;
mod pure;

use std::sync::Arc;

use serde_json::Value;
use waystation_runtime::{LoadedDestination, Registry};

use crate::corpus::Case;
use crate::{Mismatch, Verdict, probe};

use self::answer::Answer;
use self::bench::Bench;

/// Runs cases of this area; made once for all of them.
pub struct Area {
    registry: Registry,
    executor: tokio::runtime::Runtime,
}

impl Area {
    /// The probe in all its variants, and the destinations that cases name.
    ///
    /// # Errors
    /// A definition cannot be used, or no thread can be started.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let definitions = probe::all().into_iter().chain(waystation_destinations::all());
        // With the clock held still, a partner that takes its time takes none of ours.
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        Ok(Self { registry: Registry::new(definitions)?, executor })
    }

    /// Judges a case.
    #[must_use]
    pub fn check(&self, case: &Case) -> Verdict {
        let content = &case.content;
        let call = content["call"].as_str().unwrap_or_default();
        if let Some(result) = pure::call(call, &content["request"]) {
            return compare::result(content, result).into();
        }
        let slug = content["destination"].as_str().unwrap_or_default();
        let Some(destination) = self.registry.get(slug) else {
            return Verdict::Skipped { reason: format!("there is no destination `{slug}`") };
        };
        let run = async {
            match call {
                "http" | "http_sequence" => http::check(destination, content).await,
                _ => check_call(destination, call, content).await,
            }
        };
        self.executor.block_on(run)
    }
}

async fn check_call(destination: &Arc<LoadedDestination>, call: &str, content: &Value) -> Verdict {
    let mut bench = match Bench::new(Arc::clone(destination), content) {
        Ok(bench) => bench,
        Err(error) => return unusable(&error.to_string()),
    };
    let request = &content["request"];
    let result = match call {
        "event" => deliveries::event(&mut bench, request).await,
        "batch" => deliveries::batch(&mut bench, request).await,
        "execute_batch" => deliveries::execute_batch(&bench, request).await,
        "async_batch" => deliveries::submit(&bench, request).await,
        "async_poll" => deliveries::poll(&bench, request).await,
        "dynamic_field" => handlers::dynamic_field(&bench, request).await,
        "hook" => handlers::hook(&bench, request).await,
        "hook_dynamic_field" => handlers::hook_dynamic_field(&bench, request).await,
        "delete" => handlers::delete(&bench, request).await,
        "test_authentication" => handlers::test_authentication(&bench, request).await,
        "refresh_access_token" => handlers::refresh_access_token(&bench, request).await,
        "create_audience" => handlers::create_audience(&mut bench, request).await,
        "get_audience" => handlers::get_audience(&mut bench, request).await,
        other => return Verdict::Skipped { reason: format!("there is no call `{other}`") },
    };
    compare::answer(content, Answer::new(result, bench)).into()
}

fn unusable(why: &str) -> Verdict {
    Verdict::Failed(Mismatch { expected: "a usable case".into(), actual: why.into() })
}
