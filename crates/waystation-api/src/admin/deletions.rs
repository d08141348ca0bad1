//! `POST /admin/v1/deletions`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use waystation_delivery::deletion::{self, Person};
use waystation_http::{ApiError, Code, json};
use waystation_queue::Millis;

use crate::app::{App, store_failed};
use crate::body::JsonBody;
use crate::problem::{BadBody, BadRequest, Denied, NoStore, Problem};

/// Whom a deletion is about; by one id at least.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DeletionRequest)]
pub(super) struct DeletionBody {
    /// The user's id.
    user_id: Option<String>,
    /// The id from before the user was known.
    anonymous_id: Option<String>,
}

/// A deletion that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Deletion)]
pub(super) struct ShownDeletion {
    /// What its deliveries are found by: `GET /admin/v1/deliveries?messageId=...`.
    message_id: String,
    /// The connections that are asked.
    connections: Vec<String>,
    /// The connections that run and whose destinations offer no deletion: there it has to be done by other ways.
    not_offered_by: Vec<String>,
}

/// Delete a person
///
/// Every connection that runs and whose destination offers it is asked to delete what it knows about a person. Each of them
/// has a delivery, which is on disk before this answers, is tried like any other, and has its outcome in the record: find
/// them by `messageId`. What Waystation itself has recorded of the person goes with its age (`record.keep`).
#[utoipa::path(
    post,
    path = "/deletions",
    operation_id = "createDeletion",
    tag = "administration",
    request_body = DeletionBody,
    responses(
        (status = 202, description = "The connections are being asked.", body = ShownDeletion),
        (status = 409, description = "No connection that runs offers deletion: `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied, NoStore,
    ),
    security(("token" = ["admin"])),
)]
pub(super) async fn create(
    State(app): State<App>,
    JsonBody(body): JsonBody<DeletionBody>,
) -> Result<Response, ApiError> {
    let given = |id: Option<String>| id.filter(|id| !id.trim().is_empty());
    let person = Person {
        user_id: given(body.user_id),
        anonymous_id: given(body.anonymous_id),
    };
    if person.user_id.is_none() && person.anonymous_id.is_none() {
        return Err(ApiError::invalid_request(
            "The body must have \"userId\" or \"anonymousId\".",
        ));
    }
    let (config, now) = (app.config(), app.api().queue.clock().now());
    let message_id = message_id(&person, now);
    let event = deletion::event(&config, &person, message_id.clone(), now);
    let deliveries = event.deliveries.iter();
    let connections = deliveries.filter_map(|delivery| delivery.connection.as_deref().map(str::to_owned));
    let deletion = ShownDeletion {
        connections: connections.collect(),
        not_offered_by: config
            .connections
            .iter()
            .filter(|connection| connection.enabled && !deletion::offers(connection))
            .map(|connection| connection.name.to_string())
            .collect(),
        message_id,
    };
    if deletion.connections.is_empty() {
        let message =
            "No connection that runs offers the deletion of people: it has to be done at the partners.";
        return Err(ApiError::new(Code::Conflict, message).with("notOfferedBy", deletion.not_offered_by));
    }
    app.api().queue.append(vec![event]).await.map_err(store_failed)?;
    Ok(json::response(StatusCode::ACCEPTED, &deletion))
}

/// An id that no other deletion has.
fn message_id(person: &Person, now: Millis) -> String {
    let digest = Sha256::digest(format!("{person:?} {now}"));
    let hexadecimal: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("deletion-{}-{hexadecimal}", now.0)
}
