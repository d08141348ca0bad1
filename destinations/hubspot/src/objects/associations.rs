//! Associations between records
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide)): the other records are
//! found or created, then associated or taken apart.

use std::collections::{HashMap, HashSet};

use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use super::record::{Link, PendingRecord, Target};
use crate::HubSpot;
use crate::actions::AssociatedRecords;
use crate::batch_api::{self, Answer, Body, RECORDS_A_REQUEST, Verb};
use crate::client::url;
use crate::ledger::Ledger;

/// What happens to associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They are made.
    Add(AssociatedRecords),
    /// Their labels are taken off.
    Remove,
}

impl Change {
    fn links(self, record: &PendingRecord) -> &[Link] {
        match self {
            Self::Add(_) => &record.to_add,
            Self::Remove => &record.to_remove,
        }
    }

    /// How the other records are found. One that does not exist is never created to be taken apart from.
    fn verb(self) -> Verb {
        match self {
            Self::Add(AssociatedRecords::Upsert) => Verb::Upsert,
            Self::Add(AssociatedRecords::Read) | Self::Remove => Verb::Read,
        }
    }

    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::Add(_) => &["batch", "create"],
            Self::Remove => &["batch", "labels", "archive"],
        }
    }
}

/// An association that is wanted or not wanted any more.
#[derive(Clone, Copy)]
struct Edge<'a> {
    from: &'a PendingRecord,
    link: &'a Link,
}

/// Changes the associations of the records, and notes those for which that failed.
pub async fn change(
    cx: &Context<HubSpot>,
    target: &Target,
    change: Change,
    records: &[PendingRecord],
    ledger: &mut Ledger,
) {
    let edges = records.iter().flat_map(|from| {
        let links = change.links(from).iter();
        links.map(move |link| Edge { from, link })
    });
    let edges: Vec<Edge<'_>> = edges.collect();
    let mut resolved = Vec::with_capacity(edges.len());
    for group in groups(&edges, |edge| {
        (edge.link.object_type.as_str(), edge.link.id_property.as_str())
    }) {
        for part in parts_by_other(&group) {
            match other_records(cx, change, &part).await {
                Ok(answer) => resolved.extend(resolve(change, &part, &answer, ledger)),
                Err(error) => ledger.fail(slots(&part), error),
            }
        }
    }
    for group in groups(&resolved, |(edge, _)| edge.link.object_type.as_str()) {
        for part in group.chunks(RECORDS_A_REQUEST) {
            send(cx, target, change, part, ledger).await;
        }
    }
}

/// The items that have a key in common, in the order in which the keys first appear.
fn groups<T: Clone, K: PartialEq>(items: &[T], key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let key = key(item);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(item.clone()),
            None => groups.push((key, vec![item.clone()])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Parts that name no more other records than a request takes.
fn parts_by_other<'a>(edges: &[Edge<'a>]) -> Vec<Vec<Edge<'a>>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut parts: Vec<Vec<Edge<'a>>> = Vec::new();
    for edge in edges {
        let count = places.len();
        let place = *places.entry(&edge.link.id).or_insert(count) / RECORDS_A_REQUEST;
        match parts.get_mut(place) {
            Some(part) => part.push(*edge),
            None => parts.push(vec![*edge]),
        }
    }
    parts
}

fn slots(edges: &[Edge<'_>]) -> Vec<usize> {
    edges
        .iter()
        .flat_map(|edge| edge.from.slots.iter().copied())
        .collect()
}

/// Finds or creates the other records of edges that lead to one type. HubSpot refuses a batch that names a record
/// twice.
async fn other_records(cx: &Context<HubSpot>, change: Change, edges: &[Edge<'_>]) -> Result<Answer> {
    let Some(Edge { link, .. }) = edges.first() else {
        return Ok(Answer::default());
    };
    let (object_type, id_property) = (link.object_type.as_str(), link.id_property.as_str());
    let mut named = HashSet::with_capacity(edges.len());
    let ids = edges.iter().map(|edge| edge.link.id.as_str());
    let ids: Vec<&str> = ids.filter(|id| named.insert(*id)).collect();
    match change.verb() {
        Verb::Read => {
            let properties = [id_property];
            batch_api::read(cx, object_type, id_property, &properties, ids.into_iter()).await
        }
        verb => {
            let input = |id| json!({"idProperty": id_property, "id": id, "properties": {id_property: id}});
            let inputs: Vec<Value> = ids.into_iter().map(input).collect();
            batch_api::send(cx, object_type, verb, &inputs).await
        }
    }
}

/// The edges whose other record is there, with HubSpot's ID of it. Those that HubSpot refused to create, or about
/// which it is silent, fail; a record that is not there to be found is no failure.
fn resolve<'a>(
    change: Change,
    edges: &[Edge<'a>],
    answer: &Answer,
    ledger: &mut Ledger,
) -> Vec<(Edge<'a>, String)> {
    let mut resolved = Vec::with_capacity(edges.len());
    let is_created = change.verb() == Verb::Upsert;
    let verdicts = answer.verdicts(edges, |complaint, edge| complaint.names(&edge.link.id));
    for (edge, verdict) in edges.iter().zip(verdicts) {
        let slots = edge.from.slots.iter().copied();
        let mut found = answer.results.iter();
        let found = found.find(|record| record.has_value(&edge.link.id_property, &edge.link.id));
        match (found, verdict) {
            (Some(record), _) => resolved.push((*edge, record.id.clone())),
            (None, _) if !is_created => {}
            (None, Some(refusal)) => ledger.refuse(slots, refusal),
            (None, None) => {
                let message = format!("HubSpot does not say which record \"{}\" is", edge.link.id);
                ledger.fail(slots, Error::invalid_response(message));
            }
        }
    }
    resolved
}

/// Associates records with others of one type, or takes them apart.
async fn send(
    cx: &Context<HubSpot>,
    target: &Target,
    change: Change,
    edges: &[(Edge<'_>, String)],
    ledger: &mut Ledger,
) {
    let Some((first, _)) = edges.first() else {
        return;
    };
    let inputs: Vec<Value> = edges.iter().map(|(edge, to)| input(edge, to)).collect();
    let request = cx
        .post(url("/crm/v4/associations"))
        .path_segment(&target.object_type);
    let request = request.path_segment(&first.link.object_type);
    let path = change.path().iter().copied();
    let request = path.fold(request, RequestBuilder::path_segment);
    let answer = request.json(&Body { inputs: &inputs }).send().await;
    match answer.and_then(|answer| Answer::read(&answer)) {
        Ok(answer) => {
            let verdicts = answer.verdicts(edges, |complaint, (edge, _)| complaint.names(from_id(edge)));
            for ((edge, _), verdict) in edges.iter().zip(verdicts) {
                if let Some(refusal) = verdict {
                    ledger.refuse(edge.from.slots.iter().copied(), refusal);
                }
            }
        }
        Err(error) => {
            let slots = edges.iter().flat_map(|(edge, _)| edge.from.slots.iter().copied());
            ledger.fail(slots, error);
        }
    }
}

fn input(edge: &Edge<'_>, to: &str) -> Value {
    let label = &edge.link.label;
    json!({
        "types": [{
            "associationCategory": label.category,
            "associationTypeId": label.type_id.to_string(),
        }],
        "from": {"id": from_id(edge)},
        "to": {"id": to},
    })
}

fn from_id<'a>(edge: &Edge<'a>) -> &'a str {
    edge.from.record_id.as_deref().unwrap_or_default()
}
