//! Which dead letters are meant, and doing it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use waystation_config::{Config, ConnectionConfig};
use waystation_http::{ApiError, Code};
use waystation_queue::{DeliveryId, Millis, OutcomeKind, RecordFilter, Selection};

use super::deliveries::find;
use super::filter::FilterBody;
use crate::app::{App, find_connection, store_failed};
use crate::whole;

/// Which dead letters: one by its number, or those that pass a filter. Exactly one of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SelectionBody {
    #[serde(default, deserialize_with = "whole::some")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    filter: Option<FilterBody>,
}

/// A member that is there has a value: null is none.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl PartialSchema for SelectionBody {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .minimum(Some(0))
            .description(Some("The number of the delivery."));
        let filter = Ref::builder()
            .ref_location_from_schema_name(FilterBody::name())
            .description(Some("What they must be like. `{}` means all of them.".to_owned()));
        let alone = |title: &str, name: &str, schema: RefOr<Schema>| {
            let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
            let object = object.title(Some(title)).property(name, schema).required(name);
            object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let schema = OneOfBuilder::new()
            .item(alone("DeadLetterById", "id", id.into()))
            .item(alone("DeadLettersByFilter", "filter", filter.build().into()));
        let description = "Which dead letters: one by its number, or those that pass a filter.";
        Schema::OneOf(schema.description(Some(description)).build()).into()
    }
}

impl ToSchema for SelectionBody {
    fn name() -> Cow<'static, str> {
        "DeadLetterSelection".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((FilterBody::name().into_owned(), FilterBody::schema()));
        FilterBody::schemas(schemas);
    }
}

/// Which dead letters.
pub(super) enum Meant {
    One(DeliveryId),
    Matching(RecordFilter),
}

impl SelectionBody {
    /// Which dead letters are meant.
    ///
    /// # Errors
    /// None are named, or both ways, or a member cannot be used.
    pub(super) fn meant(self) -> Result<Meant, ApiError> {
        match (self.id, self.filter) {
            (Some(id), None) => Ok(Meant::One(DeliveryId(id))),
            (None, Some(filter)) => filter.filter().map(Meant::Matching),
            _ => Err(ApiError::invalid_request(
                "The body must have either \"id\" or \"filter\"; an empty filter means all dead letters.",
            )),
        }
    }
}

/// Lets dead letters wait again; how many.
pub(super) async fn replay(app: &App, meant: Meant) -> Result<u64, ApiError> {
    let config = app.config();
    match meant {
        Meant::One(id) => {
            let connection = dead_letters_connection(app, id).await?;
            let connection = configured(&config, id, connection.as_deref())?;
            replay_for(app, connection, Selection::One(id)).await
        }
        Meant::Matching(filter) => replay_matching(app, &config, filter).await,
    }
}

/// Connection by connection: each tries for a time of its own. Dead letters of connections that are not configured stay
/// dead, for nobody would try them.
async fn replay_matching(app: &App, config: &Config, filter: RecordFilter) -> Result<u64, ApiError> {
    if let Some(name) = &filter.connection {
        let connection = find_connection(config, name)?;
        return replay_for(app, connection, Selection::Matching(filter)).await;
    }
    let mut replayed = 0;
    for connection in &config.connections {
        let filter = RecordFilter {
            connection: Some(Arc::clone(&connection.name)),
            ..filter.clone()
        };
        replayed += replay_for(app, connection, Selection::Matching(filter)).await?;
    }
    Ok(replayed)
}

async fn replay_for(app: &App, connection: &ConnectionConfig, selection: Selection) -> Result<u64, ApiError> {
    let horizon = Millis::now().plus(connection.policy.horizon);
    app.api()
        .queue
        .replay(selection, horizon)
        .await
        .map_err(store_failed)
}

fn configured<'c>(
    config: &'c Config,
    id: DeliveryId,
    connection: Option<&str>,
) -> Result<&'c Arc<ConnectionConfig>, ApiError> {
    let Some(name) = connection else {
        let message =
            format!("Delivery {id} was never meant for a connection: send the event again, corrected.");
        return Err(ApiError::new(Code::Conflict, message));
    };
    find_connection(config, name).map_err(|_| {
        let message = format!("Delivery {id} is for the connection \"{name}\", which is not configured.");
        ApiError::new(Code::Conflict, message)
    })
}

/// Removes dead letters for good; how many.
pub(super) async fn purge(app: &App, meant: Meant) -> Result<u64, ApiError> {
    let selection = match meant {
        Meant::One(id) => {
            dead_letters_connection(app, id).await?;
            Selection::One(id)
        }
        Meant::Matching(filter) => Selection::Matching(filter),
    };
    app.api().queue.purge(selection).await.map_err(store_failed)
}

/// The connection of a dead letter.
///
/// # Errors
/// There is no such delivery, or it is not dead.
async fn dead_letters_connection(app: &App, id: DeliveryId) -> Result<Option<Arc<str>>, ApiError> {
    let record = find(app, id).await?.summary;
    match record.state.kind() {
        OutcomeKind::Dead => Ok(record.connection),
        other => {
            let message = format!("Delivery {id} is no dead letter; it is {other}.");
            Err(ApiError::new(Code::Conflict, message).with("outcome", other.name()))
        }
    }
}
