//! Associations between records
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide)): the other records are
//! found or created, then associated or taken apart.

use std::collections::{HashMap, HashSet};

use waystation_kit::multistatus::Slot;
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use super::record::{Link, PendingRecord, Target};
use crate::HubSpot;
use crate::actions::AssociatedRecords;
use crate::batch_api::{self, Answer, Body, Complaint, RECORDS_A_REQUEST, Verb, Verdict};
use crate::client::url;
use crate::crm::{Record, id_text};

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

fn slots(edges: &[Edge<'_>]) -> Vec<Slot> {
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
    let shows = |record: &Record, edge: &Edge<'_>| record.has_value(&edge.link.id_property, &edge.link.id);
    let verdicts = answer.verdicts(edges, |complaint, edge| complaint.names(&edge.link.id), shows);
    let mut unmentioned = Vec::new();
    for (edge, verdict) in edges.iter().zip(verdicts) {
        let found = answer.results.iter().find(|record| shows(record, edge));
        match (found.and_then(Record::id), verdict) {
            (Some(id), _) => resolved.push((*edge, id)),
            (None, _) if !is_created => {}
            (None, Verdict::Refused(refusal)) => batch_api::refuse(ledger, &edge.from.slots, refusal),
            (None, _) => unmentioned.extend_from_slice(&edge.from.slots),
        }
    }
    let silence = "HubSpot does not say which record is to be associated";
    ledger.fail(unmentioned, answer.silence(silence));
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
    match answer.and_then(Associated::read) {
        Ok(answer) => answer.note(edges, ledger),
        Err(error) => {
            let slots = edges.iter().flat_map(|(edge, _)| edge.from.slots.iter().copied());
            ledger.fail(slots, error);
        }
    }
}

/// What HubSpot says to a batch of associations.
struct Associated {
    /// What was associated. HubSpot says nothing to associations that were taken apart.
    results: Option<Vec<Value>>,
    answer: Answer,
}

impl Associated {
    fn read(response: Response) -> Result<Self> {
        #[derive(Deserialize)]
        struct Results {
            results: Option<Vec<Value>>,
        }
        let results = match response.body().is_empty() {
            true => None,
            false => response.json::<Results>()?.results,
        };
        Ok(Self {
            results,
            answer: Answer::read(response)?,
        })
    }

    /// An association counts as made if HubSpot shows it, or as many as there are; and as taken apart if HubSpot does
    /// not complain.
    fn note(&self, edges: &[(Edge<'_>, String)], ledger: &mut Ledger) {
        let names = |complaint: &Complaint, (edge, _): &(Edge<'_>, String)| complaint.names(from_id(edge));
        let verdicts = self.answer.verdicts(edges, names, |_, _| false);
        let mut unmentioned = Vec::new();
        for ((edge, to), verdict) in edges.iter().zip(verdicts) {
            match verdict {
                Verdict::Taken(_) => {}
                Verdict::Refused(refusal) => batch_api::refuse(ledger, &edge.from.slots, refusal),
                Verdict::Unmentioned if self.shows(from_id(edge), to) => {}
                Verdict::Unmentioned => unmentioned.extend_from_slice(&edge.from.slots),
            }
        }
        let silence = "HubSpot does not say that it associated the record";
        ledger.fail(unmentioned, self.answer.silence(silence));
    }

    fn shows(&self, from: &str, to: &str) -> bool {
        let Some(results) = &self.results else {
            return !self.answer.complains();
        };
        results.iter().any(|result| {
            id_of(result, "fromObjectId", "from").as_deref() == Some(from)
                && id_of(result, "toObjectId", "to").is_none_or(|shown| shown == to)
        })
    }
}

/// The ID of one end of an association, in either form that HubSpot has for it.
fn id_of(result: &Value, key: &str, end: &str) -> Option<String> {
    let id = result.get(key).or_else(|| result.get(end)?.get("id"));
    id.and_then(id_text)
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
