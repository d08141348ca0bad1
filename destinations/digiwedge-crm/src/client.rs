//! Requests to the [REST API](https://crm-docs.digiwedge.com/api-reference/rest-api), and its answers.

use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::DigiWedgeCrm;
use crate::refusal::{self, Refusal};
use crate::tokens;

/// Where REST begins on the host of the tenant.
const REST: &str = "/api/v1";

/// Where a path of the REST API is.
#[must_use]
pub fn url(cx: &Context<DigiWedgeCrm>, path: &str) -> String {
    format!("{}{REST}{path}", cx.settings().base_url.as_str())
}

/// A GET request for a path, which names the tenant in its query.
pub fn get<'q>(
    cx: &'q Context<DigiWedgeCrm>,
    path: &str,
    query: impl IntoIterator<Item = (&'q str, &'q str)>,
) -> RequestBuilder {
    let tenant = ("tenantId", cx.settings().tenant_id.as_str());
    cx.get(url(cx, path)).query(std::iter::once(tenant).chain(query))
}

/// A POST request on one thing, for example `/segments/:id/refresh`.
pub fn post_on(cx: &Context<DigiWedgeCrm>, collection: &str, id: &str, verb: &str) -> RequestBuilder {
    cx.post(url(cx, collection)).path_segment(id).path_segment(verb)
}

/// What names the tenant in the body of whatever is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfTenant<'a, T> {
    tenant_id: &'a str,
    #[serde(flatten)]
    fields: T,
}

impl<'a, T> OfTenant<'a, T> {
    /// These fields for the tenant of the connection.
    #[must_use]
    pub fn new(cx: &'a Context<DigiWedgeCrm>, fields: T) -> Self {
        Self {
            tenant_id: cx.settings().tenant_id.as_str(),
            fields,
        }
    }
}

/// Creates something: posts it with the ID of the tenant.
///
/// # Errors
/// As for [`send`].
pub async fn create<T: Serialize + Sync>(
    cx: &Context<DigiWedgeCrm>,
    path: &str,
    fields: &T,
) -> Result<Output> {
    let body = OfTenant::new(cx, fields);
    send_for_resource(cx, cx.post(url(cx, path)).json(&body)).await
}

/// Sends a request that starts something. Its answer may be empty, and may be any object that complains about
/// nothing: the pages do not show one.
///
/// # Errors
/// DigiWedge refuses or does not answer, or what answers is not DigiWedge.
pub async fn send(cx: &Context<DigiWedgeCrm>, request: RequestBuilder) -> Result<Output> {
    let response = send_raw(cx, request).await?;
    if response.text().trim().is_empty() {
        return Ok(Output::Nothing);
    }
    content(&response).map(Output::Value)
}

/// Sends a request that is answered by what it created or changed.
///
/// # Errors
/// As for [`send`]; an answer that names nothing proves nothing.
pub async fn send_for_resource(cx: &Context<DigiWedgeCrm>, request: RequestBuilder) -> Result<Output> {
    let response = send_raw(cx, request).await?;
    resource(&response).map(Output::Value)
}

/// Sends a request; a failing status becomes an error that explains it.
///
/// # Errors
/// There is no token, DigiWedge refuses or does not answer.
pub async fn send_raw(cx: &Context<DigiWedgeCrm>, request: RequestBuilder) -> Result<Response> {
    let answer = exchange(cx, request).await;
    answer.map_err(refusal::explain)
}

/// Sends a request with what every request needs; a failing status is handed back as it came.
///
/// # Errors
/// There is no token, DigiWedge refuses or does not answer.
pub async fn exchange(cx: &Context<DigiWedgeCrm>, request: RequestBuilder) -> Result<Response> {
    if tokens::current(cx.settings(), cx.auth()).is_none() {
        return Err(Error::invalid_authentication(
            "There is no token: set \"Access token\", or connect DigiWedge by way of OAuth",
        ));
    }
    // The base URL is anyone's to set; it must not lead into the operator's network.
    request.public_addresses_only().send().await
}

/// The resource in a successful answer, which proves by its ID that there is one. The pages do not show every
/// answer, so the resource may be inside.
///
/// # Errors
/// [An unknown outcome](Error::UnknownOutcome) for anything else, and the refusal if the answer holds one.
pub fn resource(response: &Response) -> Result<Value> {
    let content = content(response)?;
    let members = content.as_object().into_iter().flat_map(JsonObject::values);
    if id_of(&content).is_some() || members.map(id_of).any(|id| id.is_some()) {
        return Ok(content);
    }
    Err(not_digiwedge(response))
}

/// What a successful answer holds: bare, or as the object `data` of an envelope. The partner's pages show both.
///
/// # Errors
/// As for [`resource`], but for the ID.
pub fn content(response: &Response) -> Result<Value> {
    let mut body = object(response)?;
    if complains(&body) {
        return Err(Refusal::of_answer(response).into_error());
    }
    let is_envelope = !body.contains_key("id") && body.get("data").is_some_and(Value::is_object);
    match body.get_mut("data") {
        Some(data) if is_envelope => Ok(data.take()),
        _ => Ok(Value::Object(body)),
    }
}

/// Whether an answer says that something went wrong, whatever its status.
fn complains(body: &JsonObject) -> bool {
    let denies = |key: &str| body.get(key) == Some(&Value::Bool(false));
    let has_error = !matches!(body.get("error"), None | Some(Value::Null | Value::Bool(false)));
    let has_errors = body
        .get("errors")
        .and_then(Value::as_array)
        .is_some_and(|errors| !errors.is_empty());
    has_error || has_errors || denies("success") || denies("ok")
}

/// The ID of a resource. It is a text; should it be a number one day, that is an ID as well.
#[must_use]
pub fn id_of(resource: &Value) -> Option<String> {
    match resource.get("id")? {
        Value::String(id) => Some(id.trim().to_owned()).filter(|id| !id.is_empty()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn object(response: &Response) -> Result<JsonObject> {
    match response.json()? {
        Value::Object(object) => Ok(object),
        _ => Err(not_digiwedge(response)),
    }
}

pub(crate) fn not_digiwedge(response: &Response) -> Error {
    response.not_understood("The answer is not one of DigiWedge; is the setting \"Base URL\" right?")
}

/// Asks for one customer, which needs the scope `crm:read`, the token, and the tenant.
///
/// # Errors
/// DigiWedge refuses or does not answer; or whatever answers is not DigiWedge.
pub async fn test_authentication(cx: &Context<DigiWedgeCrm>) -> Result<()> {
    let response = send_raw(cx, get(cx, "/customers", [("take", "1")])).await?;
    if object(&response)?.get("data").is_some_and(Value::is_array) {
        Ok(())
    } else {
        Err(not_digiwedge(&response))
    }
}
