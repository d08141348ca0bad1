//! What there is to try.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use waystation_http::{ApiError, json};
use waystation_json::JsonObject;
use waystation_kit::any::{AnyDestination, Perform};
use waystation_kit::{manifest, manifest::structure};

use crate::app::App;
use crate::routes::execute::find_destination;

/// Every destination by name, and how the server was started.
pub(super) async fn list(State(app): State<App>) -> Response {
    let served = app
        .config()
        .destination
        .as_ref()
        .map(|served| served.definition());
    let slug = served.map(|served| served.slug);
    let others = app.config().registry.iter().map(|known| known.definition());
    let mut destinations: Vec<&AnyDestination> = others.filter(|known| Some(known.slug) != slug).collect();
    destinations.extend(served);
    destinations.sort_unstable_by_key(|known| known.name.to_lowercase());
    let shown = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "served": slug,
        // Whoever started the server so does not want anything to leave the machine.
        "isDryRun": app.config().client.is_dry_run(),
        "destinations": destinations.into_iter().map(summary).collect::<Value>(),
    });
    json::response(StatusCode::OK, &shown)
}

fn summary(destination: &AnyDestination) -> Value {
    json!({
        "slug": destination.slug,
        "name": destination.name,
        "description": destination.description,
        "actions": destination.actions.len(),
    })
}

/// One destination: `{manifest, structure, offers, ownSettings}`, the last the keys of what `--settings` gave.
pub(super) async fn show(State(app): State<App>, Path(slug): Path<String>) -> Result<Response, ApiError> {
    let destination = find_destination(&app, &slug)?;
    let definition = destination.definition();
    let shown = json!({
        "manifest": manifest(definition),
        "structure": structure(definition),
        "offers": offers(definition),
        // The values stay here: some of them are secret.
        "ownSettings": app.complete(&destination, JsonObject::new()).keys().collect::<Vec<_>>(),
    });
    Ok(json::response(StatusCode::OK, &shown))
}

/// Which functions there are besides actions.
fn offers(destination: &AnyDestination) -> Value {
    let authentication = destination.authentication.as_ref();
    let audiences = destination.audiences.as_ref();
    let asynchronous = destination.actions.iter();
    let asynchronous = asynchronous.filter(|action| matches!(action.perform, Perform::Asynchronous { .. }));
    json!({
        "authenticate": authentication.is_some_and(|authentication| authentication.test.is_some()),
        "refresh": authentication.is_some_and(|authentication| authentication.refresh.is_some()),
        "delete": destination.delete.is_some(),
        "createAudience": audiences.is_some_and(|audiences| audiences.create.is_some()),
        "getAudience": audiences.is_some_and(|audiences| audiences.get.is_some()),
        "asynchronousActions": asynchronous.map(|action| action.slug).collect::<Value>(),
    })
}
