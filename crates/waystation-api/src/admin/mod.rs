//! The admin API: the service, shown and driven.

mod account;
mod anew;
mod config;
mod connections;
mod dead_letters;
mod deletions;
mod deliveries;
mod filter;
mod ledger;
mod pauses;
mod resends;
mod selection;
mod sources;
mod tail;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// What all its paths begin with.
pub(crate) const PREFIX: &str = "/admin/v1";

/// Its paths, for hints.
pub(crate) const ROUTES: &[&str] = &[
    "/admin/v1/config",
    "/admin/v1/reload",
    "/admin/v1/sources",
    "/admin/v1/sources/{name}/pause",
    "/admin/v1/sources/{name}/resume",
    "/admin/v1/pauses",
    "/admin/v1/connections",
    "/admin/v1/connections/{name}",
    "/admin/v1/connections/{name}/pause",
    "/admin/v1/connections/{name}/resume",
    "/admin/v1/connections/{name}/subscriptions/{subscription}/pause",
    "/admin/v1/connections/{name}/subscriptions/{subscription}/resume",
    "/admin/v1/connections/{name}/actions/{action}/fields/{field}",
    "/admin/v1/connections/{name}/actions/{action}/hooks/{hook}",
    "/admin/v1/connections/{name}/audiences",
    "/admin/v1/connections/{name}/audiences/{id}",
    "/admin/v1/deliveries",
    "/admin/v1/deliveries/tail",
    "/admin/v1/deliveries/{id}",
    "/admin/v1/deliveries/{id}/replay",
    "/admin/v1/deliveries/replay",
    "/admin/v1/dead-letters",
    "/admin/v1/dead-letters/{id}",
    "/admin/v1/dead-letters/{id}/replay",
    "/admin/v1/dead-letters/replay",
    "/admin/v1/dead-letters/purge",
    "/admin/v1/deletions",
    "/admin/v1/resends",
    "/admin/v1/resends/{id}",
    "/admin/v1/resends/{id}/stop",
    "/admin/v1/ledger",
    "/admin/v1/stats",
];

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(config::show))
        .routes(routes!(config::reload))
        .routes(routes!(sources::list))
        .routes(routes!(connections::list))
        .routes(routes!(connections::show))
        .routes(routes!(account::choices))
        .routes(routes!(account::hook))
        .routes(routes!(account::create))
        .routes(routes!(account::show))
        .routes(routes!(pauses::list))
        .routes(routes!(pauses::pause_connection))
        .routes(routes!(pauses::resume_connection))
        .routes(routes!(pauses::pause_subscription))
        .routes(routes!(pauses::resume_subscription))
        .routes(routes!(pauses::pause_source))
        .routes(routes!(pauses::resume_source))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::replay))
        .routes(routes!(deliveries::replay_one))
        .routes(routes!(tail::tail))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::replay))
        .routes(routes!(dead_letters::purge))
        .routes(routes!(dead_letters::remove))
        .routes(routes!(dead_letters::replay_one))
        .routes(routes!(deletions::create))
        .routes(routes!(resends::list))
        .routes(routes!(resends::create))
        .routes(routes!(resends::show))
        .routes(routes!(resends::stop))
        .routes(routes!(ledger::show))
        .routes(routes!(ledger::stats))
}
