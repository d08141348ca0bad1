//! `client.rs`: requests, and reading what the partner says.

use std::fmt::Write as _;

use super::{CrateNames, SourceFile};
use crate::blueprint::{Blueprint, Body};

/// Whether there is anything to write into the file.
pub(crate) fn is_needed(blueprint: &Blueprint) -> bool {
    let authentication = blueprint.authentication.as_ref();
    blueprint.deletes
        || posts(blueprint)
        || authentication.is_some_and(|known| known.is_tested || known.refreshes)
}

fn posts(blueprint: &Blueprint) -> bool {
    blueprint
        .actions
        .iter()
        .any(|action| matches!(action.body, Body::Post(_)))
}

pub(crate) fn file(blueprint: &Blueprint, names: &CrateNames) -> Option<SourceFile> {
    if !is_needed(blueprint) {
        return None;
    }
    let mut text = format!(
        "//! Requests to {}, and reading what it says.\n\nuse waystation_kit::prelude::*;\n\nuse crate::{};\n",
        names.partner, names.destination
    );
    if posts(blueprint) {
        posting(&mut text, blueprint, names);
    }
    let authentication = blueprint.authentication.as_ref();
    if authentication.is_some_and(|known| known.is_tested) {
        test_authentication(&mut text, blueprint, names);
    }
    if authentication.is_some_and(|known| known.refreshes) {
        refresh(&mut text, blueprint, names);
    }
    if blueprint.deletes {
        unwritten(
            &mut text,
            names,
            "Forgets a person.",
            "forget_person(_: &Context<D>, _: DeleteUser) -> Result<Output>",
            "people cannot be forgotten yet",
        );
    }
    Some(SourceFile::new("src/client.rs", text))
}

fn test_authentication(text: &mut String, blueprint: &Blueprint, names: &CrateNames) {
    let doc = "Asks whether the credentials are valid.";
    if !posts(blueprint) {
        let signature = "test_authentication(_: &Context<D>) -> Result<()>";
        unwritten(text, names, doc, signature, "credentials cannot be tested yet");
        return;
    }
    let _ = write!(
        text,
        "\n/// {doc}\n///\n/// # Errors\n/// {} refuses them or does not answer.\n\
         pub async fn test_authentication(cx: &Context<{}>) -> Result<()> {{\n    \
         cx.get(url(\"/account\")).send().await.map(drop)\n}}\n",
        names.partner, names.destination
    );
}

fn refresh(text: &mut String, blueprint: &Blueprint, names: &CrateNames) {
    let doc = "Exchanges the refresh token for new tokens. The runtime calls this when an attempt is answered with 401.";
    if !posts(blueprint) {
        let signature = "refresh_access_token(_: &Context<D>) -> Result<Option<RefreshedTokens>>";
        unwritten(text, names, doc, signature, "tokens cannot be refreshed yet");
        return;
    }
    let _ = write!(
        text,
        r#"
/// {doc}
///
/// # Errors
/// {} refuses the refresh token, or its answer cannot be read.
pub async fn refresh_access_token(cx: &Context<{}>) -> Result<Option<RefreshedTokens>> {{
    #[derive(Deserialize)]
    struct Tokens {{
        access_token: Secret,
        refresh_token: Option<Secret>,
    }}
    let auth = cx.auth();
    let exposed = |secret: &Option<Secret>| secret.as_ref().map_or("", Secret::expose).to_owned();
    let form = [
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", exposed(&auth.refresh_token)),
        ("client_id", auth.client_id.clone().unwrap_or_default()),
        ("client_secret", exposed(&auth.client_secret)),
    ];
    let tokens: Tokens = cx.post(url("/oauth/token")).form(form).send().await?.json()?;
    Ok(Some(RefreshedTokens {{
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
    }}))
}}
"#,
        names.partner, names.destination
    );
}

/// Something that answers that it is not written.
fn unwritten(text: &mut String, names: &CrateNames, doc: &str, signature: &str, problem: &str) {
    let signature = signature.replace("Context<D>", &format!("Context<{}>", names.destination));
    let _ = write!(
        text,
        "\n/// {doc}\n///\n/// # Errors\n/// {} refuses or does not answer.\npub async fn {signature} {{\n    \
         Err(Error::not_implemented({problem:?}))\n}}\n",
        names.partner
    );
}

/// Addresses, and the answer to a batch, of a partner that is made up.
fn posting(text: &mut String, blueprint: &Blueprint, names: &CrateNames) {
    let _ = write!(
        text,
        r#"
/// The address of a path.
#[must_use]
pub fn url(path: &str) -> String {{
    format!("https://api.{}.example{{path}}")
}}

/// What {partner} says to a batch: `{{"rejected": [{{"index": 1, "reason": "no such person"}}]}}`.
#[derive(Debug, Deserialize)]
struct BatchAnswer {{
    #[serde(default)]
    rejected: Vec<Rejected>,
}}

#[derive(Debug, Deserialize)]
struct Rejected {{
    index: usize,
    reason: String,
}}

/// Puts each complaint to its item. An item of which nothing is noted has failed, so success is said as well: the
/// partner names what it rejects, and takes everything else.
///
/// # Errors
/// The answer is not understood: nobody knows then what the partner took.
pub fn read_complaints(response: &Response, slots: &mut Slots<'_>) -> Result<()> {{
    let answer: BatchAnswer = response.json()?;
    for rejected in answer.rejected {{
        slots.refuse(Some(rejected.index), ItemError::payload(rejected.reason));
    }}
    slots.succeed_others();
    Ok(())
}}
"#,
        blueprint.slug,
        partner = names.partner,
    );
}
