//! Records on their way to HubSpot, and what several payloads about one of them come to.

use std::collections::HashMap;

use waystation_kit::json::date::parse_js_date;
use waystation_kit::multistatus::Slot;
use waystation_kit::prelude::*;

use super::lists::Membership;
use crate::actions::{Association, UpsertObject};
use crate::association_label::AssociationLabel;
use crate::crm::comparable;
use crate::flatten::{json_text, trimmed};
use crate::property_names::property_name;

/// What records are written to: their type, and the property that tells them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The type of the records.
    pub object_type: String,
    /// The property that tells them apart.
    pub id_property: String,
}

/// A record on its way to HubSpot.
#[derive(Debug, Clone)]
pub struct PendingRecord {
    /// The items that it stands for.
    pub slots: Vec<Slot>,
    /// The value of the property that tells it apart.
    pub id: String,
    /// Its properties, by their internal names.
    pub properties: JsonObject,
    /// Its sensitive properties.
    pub sensitive: JsonObject,
    /// The records to associate it with.
    pub to_add: Vec<Link>,
    /// The records to take it apart from.
    pub to_remove: Vec<Link>,
    /// HubSpot's own ID of it, once that is known.
    pub record_id: Option<String>,
    /// Whether it enters or leaves a list.
    pub membership: Option<Membership>,
    /// When this became known, in milliseconds since 1970.
    time: i64,
}

/// Another record, and what it is to this one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// The type of the other record.
    pub object_type: String,
    /// The property that tells it apart.
    pub id_property: String,
    /// The value of that property.
    pub id: String,
    /// What it is to this one.
    pub label: AssociationLabel,
}

/// The moment that a timestamp means, in milliseconds since 1970.
#[must_use]
pub fn moment(text: &str) -> Option<i64> {
    parse_js_date(text)
}

/// What a payload is read with.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// The time of payloads that have none, in milliseconds since 1970.
    pub now_millis: i64,
    /// Whether lists are kept and associations are removed; otherwise the payload's word on them does not count.
    pub is_beta: bool,
}

impl PendingRecord {
    /// Whether something is left to do once the record is written.
    #[must_use]
    pub fn has_follow_ups(&self) -> bool {
        !self.to_add.is_empty() || !self.to_remove.is_empty() || self.membership.is_some()
    }

    /// Reads the payload of an item.
    ///
    /// # Errors
    /// It does not say which record it is about; a property cannot be called as it is; a label is none.
    pub fn read(slot: Slot, payload: UpsertObject, options: ReadOptions) -> Result<(Target, Self)> {
        let (membership, to_remove) = match options.is_beta {
            true => (Membership::of(&payload), links(payload.dissociations)?),
            false => (None, Vec::new()),
        };
        let details = payload.object_details;
        let id = comparable(&details.id_field_name, &details.id_field_value);
        if [&details.object_type, &details.id_field_name, &id]
            .into_iter()
            .any(String::is_empty)
        {
            return Err(Error::payload(
                "The record needs an object type, an ID property and an ID that is not empty",
            ));
        }
        let target = Target {
            object_type: details.object_type,
            id_property: details.id_field_name,
        };
        let record = Self {
            slots: vec![slot],
            id,
            properties: clean(payload.properties)?,
            sensitive: clean(payload.sensitive_properties)?,
            to_add: links(payload.associations)?,
            to_remove,
            record_id: None,
            membership,
            time: payload
                .timestamp
                .as_deref()
                .and_then(moment)
                .unwrap_or(options.now_millis),
        };
        Ok((target, record))
    }

    /// Takes in what another payload says about the same record: of two values the later one stays.
    fn absorb(&mut self, other: Self) {
        let is_later = other.time >= self.time;
        take_in(&mut self.properties, other.properties, is_later);
        take_in(&mut self.sensitive, other.sensitive, is_later);
        add_new(&mut self.to_add, other.to_add);
        add_new(&mut self.to_remove, other.to_remove);
        if is_later || self.membership.is_none() {
            self.membership = other.membership.or(self.membership.take());
        }
        self.slots.extend(other.slots);
        self.time = self.time.max(other.time);
    }
}

fn take_in(values: &mut JsonObject, others: JsonObject, is_later: bool) {
    for (name, value) in others {
        if is_later || !values.contains_key(&name) {
            values.insert(name, value);
        }
    }
}

fn add_new(links: &mut Vec<Link>, others: Vec<Link>) {
    for link in others {
        if !links.contains(&link) {
            links.push(link);
        }
    }
}

/// The records, one for each ID, in the order in which the IDs first appear.
#[must_use]
pub fn merge(records: Vec<PendingRecord>) -> Vec<PendingRecord> {
    let mut merged: Vec<PendingRecord> = Vec::with_capacity(records.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(records.len());
    for record in records {
        match places.get(&record.id).and_then(|&place| merged.get_mut(place)) {
            Some(earlier) => earlier.absorb(record),
            None => {
                places.insert(record.id.clone(), merged.len());
                merged.push(record);
            }
        }
    }
    merged
}

/// Values as properties hold them, under their internal names. What is `null` is left out.
fn clean(values: Option<JsonObject>) -> Result<JsonObject> {
    let values = values.unwrap_or_default();
    let mut cleaned = JsonObject::with_capacity(values.len());
    for (name, value) in values {
        let name = property_name(&name)?;
        if let Some(value) = clean_value(value) {
            cleaned.insert(name, value);
        }
    }
    Ok(cleaned)
}

fn clean_value(value: Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) | Value::Number(_) => value,
        Value::String(text) => match trimmed(&text) {
            flag if flag.eq_ignore_ascii_case("true") => true.into(),
            flag if flag.eq_ignore_ascii_case("false") => false.into(),
            text => text.into(),
        },
        Value::Array(_) | Value::Object(_) => json_text(&value).into(),
    })
}

/// The associations that say which other record they mean, each of them once.
fn links(associations: Option<Vec<Association>>) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for association in associations.unwrap_or_default() {
        if let Some(link) = link(association)? {
            add_new(&mut links, vec![link]);
        }
    }
    Ok(links)
}

fn link(association: Association) -> Result<Option<Link>> {
    let Association {
        object_type,
        association_label: label,
        id_field_name: id_property,
        id_field_value,
    } = association;
    let id = comparable(&id_property, &id_field_value.unwrap_or_default());
    if [&object_type, &label, &id_property, &id]
        .into_iter()
        .any(String::is_empty)
    {
        return Ok(None);
    }
    Ok(Some(Link {
        object_type,
        id_property,
        id,
        label: AssociationLabel::parse(&label)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(place: usize) -> Slot {
        let items = (0..=place).map(BatchItem::new).collect();
        Ledger::open(Batch::new(items)).1[place].slot
    }

    fn record(place: usize, time: &str, properties: &Value) -> PendingRecord {
        let payload = json!({
            "object_details": {"object_type": "contact", "id_field_name": "email", "id_field_value": "a@b.example"},
            "properties": properties,
            "association_sync_mode": "upsert",
            "batch_size": 100,
            "timestamp": time,
        });
        let payload = UpsertObject::deserialize(payload).unwrap();
        let options = ReadOptions {
            now_millis: 0,
            is_beta: false,
        };
        PendingRecord::read(slot(place), payload, options).unwrap().1
    }

    #[test]
    fn the_latest_value_wins_whatever_the_order() {
        let records = vec![
            record(
                0,
                "2024-01-02T00:00:00Z",
                &json!({"plan": "old", "extra": "kept"}),
            ),
            record(1, "2024-01-01T00:00:00Z", &json!({"plan": "older", "first": 1})),
            record(2, "2024-01-03T00:00:00Z", &json!({"plan": "new"})),
        ];
        let merged = merge(records);
        assert_eq!(merged.len(), 1);
        assert_eq!(
            Value::Object(merged[0].properties.clone()),
            json!({"plan": "new", "extra": "kept", "first": 1})
        );
        assert_eq!(merged[0].slots, [slot(0), slot(1), slot(2)]);
    }

    #[test]
    fn values_become_what_properties_hold() {
        let record = record(
            0,
            "",
            &json!({"A b": " x ", "flag": " TRUE ", "text": "123", "obj": {"a": 1}, "list": [1, "a"], "nil": null}),
        );
        assert_eq!(
            Value::Object(record.properties),
            json!({"a_b": "x", "flag": true, "text": "123", "obj": "{\"a\":1}", "list": "[1,\"a\"]"})
        );
    }

    #[test]
    fn associations_without_an_id_are_none() {
        let association = |id: Value| json!({"object_type": "deal", "association_label": "USER_DEFINED:4", "id_field_name": "dealid", "id_field_value": id});
        let associations = json!([
            association(json!("d1")),
            association(json!("")),
            association(Value::Null)
        ]);
        let links = links(Some(Vec::deserialize(associations).unwrap())).unwrap();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].id, "d1");
    }
}
