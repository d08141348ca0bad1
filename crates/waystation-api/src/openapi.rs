//! The OpenAPI document.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};
use utoipa::{Modify, OpenApi as _};

use crate::problem::Problem;

/// What the document is called.
const TITLE: &str = "Waystation";

const DESCRIPTION: &str = "Events come in through the tracking API and are delivered to destinations. The execution \
     API runs actions for callers that keep their own queue; the admin API shows and drives the service. Every answer \
     has its request's id in the header `x-request-id`.";

/// The parts of the document that belong to no single route.
#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(Problem)),
    modifiers(&Token),
    tags(
        (name = "execution", description = "Actions for callers that keep their own queue."),
        (name = "administration", description = "The service, shown and driven."),
    )
)]
struct Common;

/// The document of this crate's routes before there are any.
pub(crate) fn common() -> OpenApi {
    Common::openapi()
}

/// One document of several parts, such as those of this crate's router and of the tracking API's. Of paths and
/// schemas that several parts have, the first counts.
#[must_use]
pub fn merged(parts: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0");
    let info = InfoBuilder::new()
        .title(TITLE)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license.build()));
    let document = OpenApiBuilder::new().info(info.build()).build();
    parts.into_iter().fold(document, OpenApi::merge_from)
}

/// Bearer tokens.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut OpenApi) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "A token of [api.tokens] in the configuration. Each operation names the scope that it needs: \"execute\" for \
             the execution API; \"read\" for what the admin API shows, \"operate\" for what drives deliveries, which \
             covers \"read\"; \"admin\" covers everything."
                .into(),
        );
        let components = document.components.take().unwrap_or_default();
        let components = ComponentsBuilder::from(components);
        document.components = Some(
            components
                .security_scheme("token", SecurityScheme::Http(bearer))
                .build(),
        );
    }
}
