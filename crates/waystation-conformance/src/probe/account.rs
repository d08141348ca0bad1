//! Credentials, tokens, deletion and audiences of the probe.

use waystation_kit::audience::{CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::json::js_string;
use waystation_kit::prelude::*;

use super::address;
use super::variants::{Probe, Variant};

pub(super) async fn test_with_get<V: Variant>(cx: &Context<Probe<V>>) -> Result<()> {
    if cx.settings().text("apiKey") == "throws" {
        return Err(Error::internal("refused locally"));
    }
    cx.get(address("/auth")).send().await.map(drop)
}

pub(super) async fn test_with_post<V: Variant>(cx: &Context<Probe<V>>) -> Result<()> {
    cx.post(address("/auth")).send().await.map(drop)
}

pub(super) async fn refresh<V: Variant>(cx: &Context<Probe<V>>) -> Result<Option<RefreshedTokens>> {
    let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let auth = cx.auth();
    let form = [
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", secret(&auth.refresh_token).unwrap_or_default()),
        ("client_id", auth.client_id.clone().unwrap_or_default()),
        ("client_secret", secret(&auth.client_secret).unwrap_or_default()),
        ("workspace", cx.settings().text("workspace").to_owned()),
    ];
    let response = cx.post(address("/token")).form(form).send().await?;
    let token = |key: &str| response.data()?.get(key)?.as_str().map(Secret::from);
    let Some(access_token) = token("access_token") else {
        return Ok(None);
    };
    Ok(Some(RefreshedTokens {
        access_token,
        refresh_token: token("refresh_token"),
    }))
}

pub(super) async fn delete<V: Variant>(cx: &Context<Probe<V>>, user: DeleteUser) -> Result<Output> {
    if user.user_id.is_none() && user.anonymous_id.is_none() {
        return Err(Error::payload("nobody to delete"));
    }
    let mut body = JsonObject::new();
    body.extend(user.user_id.map(|id| ("userId".to_owned(), id.into())));
    body.extend(user.anonymous_id.map(|id| ("anonymousId".to_owned(), id.into())));
    body.extend(
        cx.settings()
            .all
            .get("region")
            .map(|region| ("region".to_owned(), region.clone())),
    );
    let response = cx.post(address("/delete")).json(&body).send().await?;
    Ok(json!({"output": "deleted", "data": response.data_or_text()}).into())
}

pub(super) fn preset_mapping(message: Value) -> MappingChanges {
    MappingChanges::none()
        .without("count")
        .without("flag")
        .without("when")
        .set("message", message)
}

pub(super) async fn create_audience<V: Variant>(
    cx: &Context<Probe<V>>,
    input: CreateAudience,
) -> Result<ExternalAudience> {
    let Some(name) = input.name.filter(|name| !name.is_empty()) else {
        let code = ErrorCode::new("MISSING_REQUIRED_FIELD");
        return Err(Error::integration("audience name missing", code, 400));
    };
    let mut body = JsonObject::new();
    body.insert("name".into(), name.into());
    for key in ["tier", "limit"] {
        body.extend(
            input
                .audience_settings
                .get(key)
                .map(|value| (key.to_owned(), value.clone())),
        );
    }
    body.extend(
        cx.auth()
            .access_token
            .as_ref()
            .map(|token| ("token".to_owned(), token.expose().into())),
    );
    let response = cx.post(address("/audiences")).json(&body).send().await?;
    let id = response.data().and_then(|data| data.get("id")).map(js_string);
    Ok(ExternalAudience {
        external_id: id.unwrap_or_else(|| "undefined".into()),
    })
}

pub(super) async fn get_audience<V: Variant>(
    cx: &Context<Probe<V>>,
    input: GetAudience,
) -> Result<ExternalAudience> {
    let token = cx.auth().access_token.as_ref().map_or("none", Secret::expose);
    let request = cx
        .get(address(&format!("/audiences/{}", input.external_id)))
        .header("x-token", token);
    let response = request.send().await?;
    match response.data().and_then(|data| data.get("id")) {
        Some(id) => Ok(ExternalAudience {
            external_id: js_string(id),
        }),
        None => Err(Error::integration(
            "audience not found",
            ErrorCode::GET_AUDIENCE_FAILED,
            404,
        )),
    }
}
