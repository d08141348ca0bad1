//! Members that enter and leave; sync modes; batch keys; a hook.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType, Hooks};
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::audiences::create_list;
use crate::client::{read_complaints, taken, url};
use crate::fields::{batching_by_list, hashed_email};
use crate::pick;

/// A person who enters or leaves a list.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching_by_list)]
pub struct SyncAudience {
    /// The person's e-mail address, which is sent hashed.
    #[field(label = "E-mail address", default = path("$.traits.email"), category = hashed_pii)]
    pub email: String,
    /// The list. If it is left out, the one that was created with this mapping.
    // A batch has one list, whatever a mapping says: see `REQUEST_KEY` below.
    #[field(label = "List ID", default = path("$.context.personas.external_audience_id"))]
    pub list_id: Option<String>,
}

/// What the person is asked for when the mapping is saved.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct NewList {
    /// The name of the new list.
    #[field(label = "List name")]
    pub name: String,
    /// Where the list is kept.
    #[field(label = "Folder", dynamic)]
    pub folder: Option<String>,
}

/// What is kept with the mapping.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct CreatedList {
    /// The new list.
    #[field(label = "List ID")]
    pub id: String,
}

impl ActionInfo<ExampleCrm> for SyncAudience {
    const SLUG: &'static str = "syncAudience";
    const TITLE: &'static str = "Sync Audience";
    const DESCRIPTION: &'static str = "Keep a list equal to an audience.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"identify\" or type = \"track\"");
    const IDEMPOTENT: bool = true;

    // Rows of a warehouse do not say whether they enter or leave; their kind (new, updated, deleted) together
    // with the mode does. The runtime puts both together into the membership of each item.
    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Mirror,
            label: "How to sync",
            description: "What becomes of people who are no longer among the rows.",
            choices: vec![
                (SyncMode::Add, "Add people, remove nobody"),
                (SyncMode::Mirror, "Add and remove people"),
            ],
        })
    }

    fn hooks() -> Hooks<ExampleCrm> {
        Hooks::new().hook(Hook {
            hook_type: HookType::OnMappingSave,
            label: "Create a list",
            description: "Creates the list that people are added to.",
            input_fields: NewList::fields(),
            dynamic_inputs: DynamicFields::new()
                .field("folder", |cx, request| Box::pin(pick::folders(cx, request))),
            output_types: CreatedList::fields(),
            handler: |cx, request| Box::pin(create(cx, request)),
        })
    }
}

/// The hook. What it saves comes back with every event of the mapping.
async fn create(cx: &Context<ExampleCrm>, request: HookRequest) -> Result<HookAnswer> {
    match create_list(cx, &request.inputs).await {
        Ok(list) => Ok(HookAnswer::saved(
            format!("Created list {}.", list.id),
            json!(CreatedList { id: list.id }),
        )),
        // What the person can mend is an answer, not an error.
        Err(Error::Http(response)) if response.status() == 409 => Ok(HookAnswer::failed(
            "LIST_EXISTS",
            "There is a list of this name already. Choose another one.",
        )),
        Err(error) => Err(error),
    }
}

impl SyncAudience {
    /// The list that a person is for.
    fn list(&self, cx: &Context<ExampleCrm>) -> Result<String> {
        let created = cx.hook_outputs(HookType::OnMappingSave);
        let created = created.and_then(|saved| saved["outputs"]["id"].as_str());
        self.list_id
            .as_deref()
            .or(created)
            .map(str::to_owned)
            .ok_or_else(|| {
                Error::payload("There is no list to add to: map one, or create one with the mapping")
            })
    }
}

/// Adds and removes members. Where only adding is asked for, nobody is removed.
async fn change_members(
    cx: &Context<ExampleCrm>,
    list: &str,
    add: &[String],
    remove: &[String],
) -> Result<Response> {
    let remove = match cx.sync_mode() {
        Some(SyncMode::Add) => &[],
        _ => remove,
    };
    let members = cx
        .patch(url(cx, "/lists"))
        .path_segment(list)
        .path_segment("members");
    members.json(&json!({"add": add, "remove": remove})).send().await
}

impl Action<ExampleCrm> for SyncAudience {
    async fn perform(cx: &Context<ExampleCrm>, payload: Self) -> Result<Output> {
        let list = payload.list(cx)?;
        let member = [hashed_email(&payload.email)];
        match cx.audience_membership() {
            Some(true) => taken(change_members(cx, &list, &member, &[]).await),
            Some(false) => taken(change_members(cx, &list, &[], &member).await),
            None => Err(Error::AudienceMembership(UNKNOWN_MEMBERSHIP.to_owned())),
        }
    }
}

const UNKNOWN_MEMBERSHIP: &str = "The event does not say whether the person enters or leaves";

impl BatchAction<ExampleCrm> for SyncAudience {
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|member| RequestKey::of(&member.list_id));

    // The ledger says what became of each item: one may fail without the partner having seen it.
    async fn perform_batch(cx: &Context<ExampleCrm>, batch: Batch<Self>) -> Result<BatchOutput> {
        let list = match batch.payloads().next() {
            Some(first) => first.list(cx)?,
            None => return Ok(BatchOutput::Delivered),
        };
        let (mut ledger, entries) = Ledger::open(batch);
        let (mut add, mut remove, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let member = hashed_email(&entry.payload.email);
            ledger.sent(entry.slot, member.clone().into());
            match entry.audience_membership {
                Some(true) => add.push(member),
                Some(false) => remove.push(member),
                None => {
                    let unknown = ItemError::new(400, UNKNOWN_MEMBERSHIP);
                    ledger.refuse(
                        entry.slot,
                        unknown.with_code(ErrorCode::INVALID_AUDIENCE_MEMBERSHIP),
                    );
                    continue;
                }
            }
            slots.push(entry.slot);
        }
        if !slots.is_empty() {
            let answer = change_members(cx, &list, &add, &remove).await;
            // This partner takes all or none.
            ledger.settle(&slots, answer, read_complaints);
        }
        Ok(ledger.finish()?.into())
    }
}
