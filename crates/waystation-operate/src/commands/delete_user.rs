//! `waystation delete-user`

use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::api::Request;
use crate::api::operation::CREATE_DELETION;
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Output, Tone};

pub(super) const EXAMPLES: &str = "\
Examples:
  Have every partner that offers it delete a person, and see what became of it:
    waystation delete-user --user-id user-1 --yes
    waystation deliveries --message-id deletion-...";

/// What `waystation delete-user` takes.
#[derive(Debug, Args)]
#[group(id = "person", required = true, multiple = true, args = ["user_id", "anonymous_id"])]
pub struct DeleteUser {
    /// The user's id
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,

    /// The id from before the user was known
    #[arg(long, value_name = "ID")]
    anonymous_id: Option<String>,

    /// Do it: what partners delete does not come back
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deletion {
    message_id: String,
    connections: Vec<String>,
    not_offered_by: Vec<String>,
}

impl DeleteUser {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        if !self.yes {
            return Err(Failure::Unconfirmed {
                count: "1".to_owned(),
                what: "person",
                done: "deleted at the partners, for good",
            });
        }
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let mut body = Map::new();
        for (name, id) in [("userId", self.user_id), ("anonymousId", self.anonymous_id)] {
            if let Some(id) = id {
                body.insert(name.to_owned(), id.into());
            }
        }
        let answer = client
            .send(Request::new(CREATE_DELETION).body(Value::Object(body)))
            .await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let deletion: Deletion = client.typed(answer)?;
        output.line(&[format!("Asked to delete: {}.", deletion.connections.join(", ")).into()])?;
        if !deletion.not_offered_by.is_empty() {
            let names = deletion.not_offered_by.join(", ");
            let told = format!("These offer no deletion, and have to be asked by other ways: {names}.");
            output.line(&[Cell::new(told, Tone::Uneasy)])?;
        }
        let told = format!("waystation deliveries --message-id {}", deletion.message_id);
        Ok(output.line(&[Cell::new(told, Tone::Quiet)])?)
    }
}
