//! The area `runtime`: entry points driven with the probe, and pure functions.
//!
//! Cases are compared by the rules in the area's README. What goes beyond those rules is this:
//!
//! * Our user agent may stand where the reference's stands.
//! * `has` of the action `inspect` tells which contexts the caller brought. Logging, metrics and cancellation
//!   are always there with us, so only the cache is compared.
//! * Problems of validation are wording wherever they are told, under `error` and `fields` of the author's
//!   server too; which fields they concern is not.
//! * In a manifest, `required: false` says no more than an absent `required`.

mod answer;
mod bench;
mod compare;
mod deliveries;
mod handlers;
mod http;
mod pure;

use std::sync::Arc;

use serde_json::Value;
use waystation_runtime::LoadedDestination;

use super::stage::Stage;
use crate::{Mismatch, Verdict};

use self::answer::Answer;
use self::bench::Bench;

/// Judges a case.
pub(super) async fn check(stage: &Stage, content: &Value) -> Verdict {
    let call = content["call"].as_str().unwrap_or_default();
    if let Some(result) = pure::call(call, &content["request"]) {
        return compare::result(content, result).into();
    }
    let slug = content["destination"].as_str().unwrap_or_default();
    let Some(destination) = stage.destination(slug) else {
        return super::no_destination(slug);
    };
    match call {
        "http" | "http_sequence" => http::check(destination, content).await,
        _ => check_call(destination, call, content).await,
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
        "delete" => handlers::delete(&mut bench, request).await,
        "test_authentication" => handlers::test_authentication(&bench, request).await,
        "refresh_access_token" => handlers::refresh_access_token(&bench, request).await,
        "create_audience" => handlers::create_audience(&mut bench, request).await,
        "get_audience" => handlers::get_audience(&mut bench, request).await,
        other => {
            return Verdict::Skipped {
                reason: format!("there is no call `{other}`"),
            };
        }
    };
    compare::answer(content, &Answer::new(result, bench)).into()
}

fn unusable(why: &str) -> Verdict {
    Verdict::Failed(Mismatch {
        expected: "a usable case".into(),
        actual: why.into(),
    })
}
