//! Lists that records enter and leave
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide)).

use std::time::Duration;

use waystation_kit::prelude::*;
use waystation_kit::retry::wanted_wait;
use waystation_kit::wire::readable;

use super::record::PendingRecord;
use crate::HubSpot;
use crate::actions::UpsertObject;
use crate::client::url;
use crate::crm::id_text;
use crate::flatten::trimmed;

/// How long a list is remembered.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);

/// Lists whose members are named one by one. HubSpot fills the others by itself.
const MANUAL: &str = "MANUAL";

/// HubSpot's word for a list that cannot be created because there is one of that name.
const NAME_IS_TAKEN: &str = "ILS.DUPLICATE_LIST_NAMES";

/// The computations that events of an audience come from.
const AUDIENCE_CLASSES: [&str; 2] = ["audience", "journey_step"];

/// That a record enters or leaves a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The name of the list.
    pub list_name: String,
    /// Whether it enters.
    pub enters: bool,
    /// Whether an audience says so.
    pub is_of_audience: bool,
}

impl Membership {
    /// What a payload says about lists; `None` if it says nothing, or not enough.
    #[must_use]
    pub fn of(payload: &UpsertObject) -> Option<Self> {
        let list = payload.list_details.as_ref()?;
        if list.connected_to_engage_audience? {
            return Self::of_audience(payload);
        }
        // Whether to create the list has to be said, one way or the other.
        list.should_create_list?;
        Some(Self {
            list_name: name_in(list.list_name.as_deref())?.to_owned(),
            enters: list.list_action?,
            is_of_audience: false,
        })
    }

    fn of_audience(payload: &UpsertObject) -> Option<Self> {
        let key = payload.computation_key.as_deref().filter(|key| !key.is_empty())?;
        let class = payload.computation_class.as_deref()?;
        if !AUDIENCE_CLASSES.contains(&class) {
            return None;
        }
        let name = payload.list_details.as_ref()?.list_name.as_deref();
        Some(Self {
            list_name: name_in(name).unwrap_or(key).to_owned(),
            enters: payload.traits_or_props.as_ref()?.get(key)?.as_bool()?,
            is_of_audience: true,
        })
    }
}

fn name_in(text: Option<&str>) -> Option<&str> {
    text.map(trimmed).filter(|name| !name.is_empty())
}

/// A list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    list_id: String,
    #[serde(default)]
    processing_type: String,
}

impl List {
    /// Finds the list of this name, or creates it.
    ///
    /// # Errors
    /// There is none, and none may be created; there is one that HubSpot fills by itself; HubSpot refuses or does
    /// not answer.
    pub async fn ensure(
        cx: &Context<HubSpot>,
        object_type: &str,
        name: &str,
        may_create: bool,
    ) -> Result<Self> {
        let find_or_create = async {
            let list = match Self::find(cx, object_type, name).await? {
                Some(list) => list,
                None if may_create => Self::create(cx, object_type, name).await?,
                None => {
                    return Err(Error::payload(format!(
                        "HubSpot has no list \"{name}\", and the mapping does not create it"
                    )));
                }
            };
            Ok(list.list_id)
        };
        let key = format!("list:{object_type}:{name}");
        Ok(Self {
            list_id: cx.remember(&key, REMEMBERED, find_or_create).await?,
            processing_type: MANUAL.to_owned(),
        })
    }

    async fn find(cx: &Context<HubSpot>, object_type: &str, name: &str) -> Result<Option<Self>> {
        let request = cx
            .get(url("/crm/v3/lists/object-type-id"))
            .path_segment(object_type);
        match request.path_segment("name").path_segment(name).send().await {
            Ok(answer) => {
                let list = answer.json::<Answer>().map_err(Error::of_a_read)?.list;
                Ok(Some(list).filter(|list| list.processing_type == MANUAL))
            }
            // HubSpot has several statuses for a list that is not there.
            Err(error) if is_final(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create(cx: &Context<HubSpot>, object_type: &str, name: &str) -> Result<Self> {
        let list = json!({"name": name, "objectTypeId": object_type, "processingType": MANUAL});
        match cx.post(url("/crm/v3/lists")).json(&list).send().await {
            Ok(answer) => Ok(answer.json::<Answer>()?.list),
            Err(error) if is_name_taken(&error) => {
                let message =
                    format!("HubSpot could not create the list \"{name}\": there is one of this name");
                Err(Error::retryable(message).with_retry_after(wanted_wait(&error)))
            }
            Err(error) => Err(error),
        }
    }

    /// Lets records enter and leave the list, and notes those for which that failed. HubSpot lists the records that it
    /// does not know as missing; those that are on the list already, or not any more, it does not list at all.
    pub async fn update(&self, cx: &Context<HubSpot>, records: &[PendingRecord], ledger: &mut Ledger) {
        let ids = |enters: bool| -> Vec<&str> {
            let members = members(records).filter(|(membership, _)| membership.enters == enters);
            members
                .filter_map(|(_, record)| record.record_id.as_deref())
                .collect()
        };
        let (to_add, to_remove) = (ids(true), ids(false));
        if to_add.is_empty() && to_remove.is_empty() {
            return;
        }
        let request = cx.put(url("/crm/v3/lists")).path_segment(&self.list_id);
        let request = request.path_segment("memberships").path_segment("add-and-remove");
        let body = json!({"recordIdsToAdd": to_add, "recordIdsToRemove": to_remove});
        let answer = request.json(&body).send().await;
        let missing = answer.and_then(|answer| missing_records(&answer));
        match missing {
            Ok(missing) => {
                for (_, record) in members(records) {
                    if record.record_id.as_ref().is_some_and(|id| missing.contains(id)) {
                        refuse_missing(record, ledger);
                    }
                }
            }
            Err(error) => {
                ledger.fail(
                    members(records).flat_map(|(_, record)| record.slots.iter().copied()),
                    error,
                );
            }
        }
    }
}

fn members(records: &[PendingRecord]) -> impl Iterator<Item = (&Membership, &PendingRecord)> {
    records
        .iter()
        .filter_map(|record| Some((record.membership.as_ref()?, record)))
}

fn refuse_missing(record: &PendingRecord, ledger: &mut Ledger) {
    for &slot in &record.slots {
        let words = "HubSpot does not know the record that is to enter or leave the list";
        ledger.refuse(slot, ItemError::new(404, words));
    }
}

/// The records that HubSpot does not know.
fn missing_records(answer: &Response) -> Result<Vec<String>> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Changed {
        #[serde(deserialize_with = "readable")]
        record_ids_missing: Vec<Value>,
    }
    if answer.body().is_empty() {
        return Ok(Vec::new());
    }
    let changed: Changed = answer.json()?;
    Ok(changed.record_ids_missing.iter().filter_map(id_text).collect())
}

#[derive(Deserialize)]
struct Answer {
    list: List,
}

/// Whether HubSpot answered, and trying again would not change its answer.
fn is_final(error: &Error) -> bool {
    error
        .response()
        .is_some_and(|answer| answer.status() != 401 && !error.is_retryable())
}

fn is_name_taken(error: &Error) -> bool {
    let subcategory = error.response_data().and_then(|body| body.get("subCategory"));
    subcategory.is_some_and(|subcategory| subcategory == NAME_IS_TAKEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(list: &Value, class: &str, traits: &Value) -> Option<Membership> {
        let payload = json!({
            "object_details": {"object_type": "contact", "id_field_name": "email", "id_field_value": "a@b.example"},
            "association_sync_mode": "upsert",
            "batch_size": 100,
            "list_details": list,
            "computation_class": class,
            "computation_key": "vip",
            "traits_or_props": traits,
        });
        Membership::of(&UpsertObject::deserialize(payload).unwrap())
    }

    #[test]
    fn a_mapping_says_all_of_it_or_nothing() {
        let whole = json!({
            "connected_to_engage_audience": false,
            "list_name": " vip ",
            "list_action": true,
            "should_create_list": true,
        });
        let enters = membership(&whole, "", &json!({})).unwrap();
        assert_eq!((enters.list_name.as_str(), enters.enters), ("vip", true));
        for key in whole.as_object().unwrap().keys() {
            let mut part = whole.clone();
            part.as_object_mut().unwrap().shift_remove(key);
            assert_eq!(membership(&part, "", &json!({})), None, "without {key}");
        }
    }

    #[test]
    fn an_audience_says_it_itself() {
        let list = json!({"connected_to_engage_audience": true});
        let leaves = membership(&list, "journey_step", &json!({"vip": false})).unwrap();
        assert_eq!((leaves.list_name.as_str(), leaves.enters), ("vip", false));
        assert_eq!(membership(&list, "trait", &json!({"vip": false})), None);
        assert_eq!(membership(&list, "audience", &json!({"vip": "yes"})), None);
    }

    #[test]
    fn a_list_may_be_called_otherwise_than_its_audience() {
        let list = json!({"connected_to_engage_audience": true, "list_name": "VIPs"});
        let enters = membership(&list, "audience", &json!({"vip": true})).unwrap();
        assert_eq!(enters.list_name, "VIPs");
    }
}
