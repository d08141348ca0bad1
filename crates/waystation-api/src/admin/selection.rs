//! Which dead letters are meant, and doing it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use waystation_config::{Config, ConnectionConfig};
use waystation_http::{ApiError, Code};
use waystation_queue::{DeliveryId, OutcomeKind, RecordFilter, RecordQuery, RecordSummary, Selection, Stage};

use super::anew;
use super::deliveries::find;
use super::filter::{DeliveryFilterBody, FilterBody};
use crate::app::{App, find_connection, store_failed};
use crate::whole;

/// How many dead letters a dry run counts; beyond that it says "at least".
const MOST_COUNTED: u64 = 100_000;

/// How many are looked at in one go.
const COUNTED_AT_ONCE: usize = 1_000;

/// Which dead letters: one by its number, or those that pass a filter. Exactly one of both.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SelectionBody {
    #[serde(default, deserialize_with = "whole::some")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    filter: Option<FilterBody>,
    /// Only count them, and change nothing.
    #[serde(default)]
    pub(super) dry_run: bool,
}

/// How many dead letters a selection means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) count: u64,
    /// Whether there are no more than that.
    pub(super) is_exact: bool,
}

/// Which deliveries that came to nothing: one by its number, or those that pass a filter. Exactly one of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliverySelectionBody {
    #[serde(default, deserialize_with = "whole::some")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    filter: Option<DeliveryFilterBody>,
}

impl DeliverySelectionBody {
    /// Which deliveries are meant.
    ///
    /// # Errors
    /// None are named, or both ways, or a member cannot be used.
    pub(super) fn meant(self) -> Result<Meant, ApiError> {
        match (self.id, self.filter) {
            (Some(id), None) => Ok(Meant::One(DeliveryId(id))),
            (None, Some(filter)) => filter.filter().map(Meant::Matching),
            _ => Err(ApiError::invalid_request(
                "The body must have either \"id\" or \"filter\".",
            )),
        }
    }
}

/// A member that is there has a value: null is none.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Either a number or a filter, which a struct's own schema cannot say.
fn either<F: ToSchema>(names: [&str; 2], description: &str, filter: &str, may_be_dry: bool) -> RefOr<Schema> {
    let id = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Integer))
        .minimum(Some(0))
        .maximum(Some(isize::MAX))
        .description(Some("The number of the delivery."));
    let filter = Ref::builder()
        .ref_location_from_schema_name(F::name())
        .description(Some(filter.to_owned()));
    let alone = |title: &str, name: &str, schema: RefOr<Schema>| {
        let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
        let mut object = object.title(Some(title)).property(name, schema).required(name);
        if may_be_dry {
            let dry_run = ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean));
            object = object.property(
                "dryRun",
                dry_run.description(Some("Only count them, and change nothing.")),
            );
        }
        object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
    };
    let schema = OneOfBuilder::new()
        .item(alone(names[0], "id", id.into()))
        .item(alone(names[1], "filter", filter.build().into()));
    Schema::OneOf(schema.description(Some(description)).build()).into()
}

impl PartialSchema for SelectionBody {
    fn schema() -> RefOr<Schema> {
        either::<FilterBody>(
            ["DeadLetterById", "DeadLettersByFilter"],
            "Which dead letters: one by its number, or those that pass a filter.",
            "What they must be like. `{}` means all of them.",
            true,
        )
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

impl PartialSchema for DeliverySelectionBody {
    fn schema() -> RefOr<Schema> {
        either::<DeliveryFilterBody>(
            ["DeliveryById", "DeliveriesByFilter"],
            "Which deliveries that came to nothing: one by its number, or those that pass a filter.",
            "What they must be like.",
            false,
        )
    }
}

impl ToSchema for DeliverySelectionBody {
    fn name() -> Cow<'static, str> {
        "DeliverySelection".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((
            DeliveryFilterBody::name().into_owned(),
            DeliveryFilterBody::schema(),
        ));
        DeliveryFilterBody::schemas(schemas);
    }
}

/// Which deliveries.
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
        Meant::One(id) => match dead_letters_connection(app, id).await? {
            Some(name) => {
                let connection = configured(&config, id, &name)?;
                replay_for(app, connection, Selection::One(id)).await
            }
            None => anew::one(app, find(app, id).await?).await,
        },
        Meant::Matching(filter) => replay_matching(app, &config, filter).await,
    }
}

/// Lets dead letters wait again, and takes anew what was skipped; how many.
pub(super) async fn replay_any(app: &App, meant: Meant) -> Result<u64, ApiError> {
    match meant {
        Meant::One(id) => {
            let record = find(app, id).await?;
            match record.summary.state.kind() {
                OutcomeKind::Skipped => anew::one(app, record).await,
                OutcomeKind::Dead => replay(app, Meant::One(id)).await,
                other => {
                    let message = format!("Delivery {id} is neither dead nor skipped; it is {other}.");
                    Err(ApiError::new(Code::Conflict, message).with("outcome", other.name()))
                }
            }
        }
        Meant::Matching(filter) if filter.outcome == Some(OutcomeKind::Skipped) => {
            if let Some(name) = &filter.connection {
                find_connection(&app.config(), name)?;
            }
            anew::matching(app, filter).await
        }
        dead @ Meant::Matching(_) => replay(app, dead).await,
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
    // What the ingest rejected has no connection yet.
    if filter.stage.is_none_or(|stage| stage == Stage::Ingest) {
        let filter = RecordFilter {
            stage: Some(Stage::Ingest),
            ..filter
        };
        replayed += anew::matching(app, filter).await?;
    }
    Ok(replayed)
}

async fn replay_for(app: &App, connection: &ConnectionConfig, selection: Selection) -> Result<u64, ApiError> {
    let queue = &app.api().queue;
    let horizon = queue.clock().now().plus(connection.policy.horizon);
    queue.replay(selection, horizon).await.map_err(store_failed)
}

fn configured<'c>(
    config: &'c Config,
    id: DeliveryId,
    name: &str,
) -> Result<&'c Arc<ConnectionConfig>, ApiError> {
    find_connection(config, name).map_err(|_| {
        let message = format!("Delivery {id} is for the connection \"{name}\", which is not configured.");
        ApiError::new(Code::Conflict, message)
    })
}

/// How many dead letters a replay would let wait again; see [`replay`].
pub(super) async fn count_replayable(app: &App, meant: Meant) -> Result<Counted, ApiError> {
    let config = app.config();
    let filter = match meant {
        Meant::One(id) => {
            if let Some(name) = dead_letters_connection(app, id).await? {
                configured(&config, id, &name)?;
            }
            return Ok(ONE);
        }
        Meant::Matching(filter) => filter,
    };
    if let Some(name) = &filter.connection {
        find_connection(&config, name)?;
    }
    // What the ingest rejected has no connection, and is read again.
    let is_configured = |record: &RecordSummary| {
        let name = record.connection.as_deref();
        name.is_none_or(|name| find_connection(&config, name).is_ok())
    };
    count(app, filter, is_configured).await
}

/// How many dead letters a purge would remove.
pub(super) async fn count_purgeable(app: &App, meant: Meant) -> Result<Counted, ApiError> {
    match meant {
        Meant::One(id) => dead_letters_connection(app, id).await.map(|_| ONE),
        Meant::Matching(filter) => count(app, filter, |_| true).await,
    }
}

const ONE: Counted = Counted {
    count: 1,
    is_exact: true,
};

async fn count(
    app: &App,
    filter: RecordFilter,
    is_meant: impl Fn(&RecordSummary) -> bool,
) -> Result<Counted, ApiError> {
    let mut query = RecordQuery {
        filter,
        before: None,
        limit: COUNTED_AT_ONCE,
    };
    let mut count = 0;
    loop {
        let page = app
            .api()
            .queue
            .records(query.clone())
            .await
            .map_err(store_failed)?;
        count += page.items.iter().filter(|record| is_meant(record)).count() as u64;
        query.before = page.next;
        if query.before.is_none() || count >= MOST_COUNTED {
            return Ok(Counted {
                count,
                is_exact: query.before.is_none(),
            });
        }
    }
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
