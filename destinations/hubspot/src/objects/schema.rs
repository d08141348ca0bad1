//! The properties of a type of records: held against those that HubSpot has, and created where they are missing
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide)).

use std::collections::HashMap;
use std::time::Duration;

use waystation_kit::prelude::*;
use waystation_kit::wire::readable;

use super::property_type::PropertyType;
use super::record::{PendingRecord, Target};
use crate::HubSpot;
use crate::batch_api::Answer;
use crate::client::url;

/// How long the properties of a type are remembered.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// Whether properties need special care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sensitivity {
    Ordinary,
    Sensitive,
}

impl Sensitivity {
    fn values_of(self, record: &PendingRecord) -> &JsonObject {
        match self {
            Self::Ordinary => &record.properties,
            Self::Sensitive => &record.sensitive,
        }
    }
}

/// Properties by their internal names.
type PropertyTypes = HashMap<String, PropertyType>;

/// Properties that HubSpot does not have, in the order in which they are first named.
type Missing = Vec<(String, PropertyType)>;

/// Sees to it that HubSpot has the properties of the records. Records with values that do not fit fail, and so do those
/// with a property that HubSpot does not have and that cannot be created.
///
/// # Errors
/// HubSpot refuses or does not answer.
pub async fn ensure(
    cx: &Context<HubSpot>,
    target: &Target,
    group: Option<&str>,
    records: &[PendingRecord],
    ledger: &mut Ledger,
) -> Result<()> {
    let mut checks = check_all(cx, target, records, ledger).await?;
    let missing = all_missing(&checks);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(group) = group.filter(|group| !group.is_empty()) else {
        let error = Error::payload(
            "HubSpot does not have all of the properties, and no group is chosen to create them in",
        );
        fail_those_with(&missing, &error, records, ledger);
        return Ok(());
    };
    match create(cx, &target.object_type, group, &missing).await {
        Ok(()) => {}
        Err(error) if !is_about_properties(&error) => return Err(error),
        Err(error) => {
            // Somebody else may have created some of them meanwhile.
            checks = check_all(cx, target, records, ledger).await?;
            let missing = all_missing(&checks);
            for (property, error) in create_one_by_one(cx, &target.object_type, group, missing, error).await?
            {
                checks.iter_mut().for_each(|check| check.forget(&property));
                fail_those_with(&[property], &error, records, ledger);
            }
        }
    }
    for check in checks {
        check.remember(cx, &target.object_type).await;
    }
    Ok(())
}

fn all_missing(checks: &[Check]) -> Vec<MissingProperty> {
    checks.iter().flat_map(Check::missing_properties).collect()
}

/// A property that HubSpot does not have.
#[derive(Debug, Clone, PartialEq)]
struct MissingProperty {
    name: String,
    property_type: PropertyType,
    sensitivity: Sensitivity,
}

fn fail_those_with(
    properties: &[MissingProperty],
    error: &Error,
    records: &[PendingRecord],
    ledger: &mut Ledger,
) {
    let has_one = |record: &&PendingRecord| {
        let mut properties = properties.iter();
        properties.any(|property| {
            property
                .sensitivity
                .values_of(record)
                .contains_key(&property.name)
        })
    };
    let slots = records
        .iter()
        .filter(has_one)
        .flat_map(|record| record.slots.iter().copied());
    ledger.fail(slots, error.clone());
}

/// Creates properties, after HubSpot refused them together: one that cannot be created fails all of a request, and
/// alone it is only its own fault. Hands back those that cannot be created, each with the reason.
///
/// # Errors
/// Whatever trying again may mend.
async fn create_one_by_one(
    cx: &Context<HubSpot>,
    object_type: &str,
    group: &str,
    missing: Vec<MissingProperty>,
    refusal: Error,
) -> Result<Vec<(MissingProperty, Error)>> {
    if missing.len() == 1 {
        return Ok(missing.into_iter().map(|only| (only, refusal.clone())).collect());
    }
    let mut failed = Vec::new();
    for property in missing {
        match create(cx, object_type, group, std::slice::from_ref(&property)).await {
            Err(error) if is_about_properties(&error) => failed.push((property, error)),
            answer => answer?,
        }
    }
    Ok(failed)
}

/// Whether HubSpot refuses for what is asked of it, and not for who asks or how often.
fn is_about_properties(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 409 | 422))
}

async fn check_all(
    cx: &Context<HubSpot>,
    target: &Target,
    records: &[PendingRecord],
    ledger: &mut Ledger,
) -> Result<[Check; 2]> {
    Ok([
        Check::run(cx, target, Sensitivity::Ordinary, records, ledger).await?,
        Check::run(cx, target, Sensitivity::Sensitive, records, ledger).await?,
    ])
}

/// Properties of records, held against those that HubSpot has.
struct Check {
    sensitivity: Sensitivity,
    known: PropertyTypes,
    missing: Missing,
}

impl Check {
    async fn run(
        cx: &Context<HubSpot>,
        target: &Target,
        sensitivity: Sensitivity,
        records: &[PendingRecord],
        ledger: &mut Ledger,
    ) -> Result<Self> {
        let object_type = &target.object_type;
        let is_needed = records
            .iter()
            .any(|record| !sensitivity.values_of(record).is_empty());
        if !is_needed {
            return Ok(Self::new(sensitivity, PropertyTypes::new()));
        }
        // What is remembered may be out of date, so it has no say in refusing or creating anything.
        if let Some(known) = remembered(cx, object_type, sensitivity).await {
            let fits = |record| matches!(misfits(&known, sensitivity.values_of(record)), Misfits::None);
            if records.iter().all(fits) {
                return Ok(Self::new(sensitivity, known));
            }
        }
        let known = read(cx, object_type, sensitivity).await?;
        let mut check = Self::new(sensitivity, known);
        for record in records {
            if let Err(error) = check.hold(sensitivity.values_of(record)) {
                ledger.fail(record.slots.iter().copied(), error);
            }
        }
        if check.missing.is_empty() {
            remember(cx, object_type, sensitivity, &check.known).await;
        }
        Ok(check)
    }

    fn new(sensitivity: Sensitivity, known: PropertyTypes) -> Self {
        Self {
            sensitivity,
            known,
            missing: Missing::new(),
        }
    }

    /// Holds the values of a record against the properties, and notes those that are missing.
    fn hold(&mut self, values: &JsonObject) -> Result<()> {
        match misfits(&self.known, values) {
            Misfits::None => Ok(()),
            Misfits::Missing(missing) => {
                for (name, property_type) in missing {
                    match self.missing.iter_mut().find(|(known, _)| known == name) {
                        Some(known) => known.1 = property_type,
                        None => self.missing.push((name.to_owned(), property_type)),
                    }
                }
                Ok(())
            }
            Misfits::Wrong(error) => Err(error),
        }
    }

    fn missing_properties(&self) -> impl Iterator<Item = MissingProperty> {
        let missing = self.missing.iter();
        missing.map(|(name, property_type)| MissingProperty {
            name: name.clone(),
            property_type: *property_type,
            sensitivity: self.sensitivity,
        })
    }

    fn forget(&mut self, property: &MissingProperty) {
        if property.sensitivity == self.sensitivity {
            self.missing.retain(|(name, _)| *name != property.name);
        }
    }

    async fn remember(mut self, cx: &Context<HubSpot>, object_type: &str) {
        if !self.missing.is_empty() {
            self.known.extend(self.missing);
            remember(cx, object_type, self.sensitivity, &self.known).await;
        }
    }
}

/// What does not fit the properties that HubSpot has.
enum Misfits<'a> {
    None,
    Missing(Vec<(&'a str, PropertyType)>),
    Wrong(Error),
}

fn misfits<'a>(known: &PropertyTypes, values: &'a JsonObject) -> Misfits<'a> {
    let mut missing = Vec::new();
    for (name, value) in values {
        let property_type = PropertyType::of(value);
        match known.get(name) {
            None => missing.push((name.as_str(), property_type)),
            Some(defined) if defined.takes(value) => {}
            Some(defined) => return Misfits::Wrong(wrong_type(name, property_type, *defined)),
        }
    }
    if missing.is_empty() {
        Misfits::None
    } else {
        Misfits::Missing(missing)
    }
}

fn wrong_type(name: &str, given: PropertyType, defined: PropertyType) -> Error {
    let ((given, given_field), (defined, defined_field)) = (given.names(), defined.names());
    let message = format!(
        "The property \"{name}\" is of the type {defined} ({defined_field}) in HubSpot, \
         and the value would need {given} ({given_field})"
    );
    Error::integration(message, ErrorCode::new("HUBSPOT_PROPERTY_TYPE_MISMATCH"), 400)
}

async fn read(cx: &Context<HubSpot>, object_type: &str, sensitivity: Sensitivity) -> Result<PropertyTypes> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default, deserialize_with = "readable")]
        results: Vec<Property>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Property {
        name: String,
        #[serde(rename = "type")]
        kept: String,
        #[serde(default)]
        field_type: String,
    }
    let request = cx.get(url("/crm/v3/properties")).path_segment(object_type);
    let request = match sensitivity {
        Sensitivity::Ordinary => request,
        Sensitivity::Sensitive => request.query([("dataSensitivity", "sensitive")]),
    };
    let answer: Answer = request.send().await?.json().map_err(Error::of_a_read)?;
    let known = answer.results.into_iter().map(|property| {
        let property_type = PropertyType::from_names(&property.kept, &property.field_type);
        (property.name, property_type)
    });
    Ok(known.collect())
}

/// Creates properties in one request.
async fn create(
    cx: &Context<HubSpot>,
    object_type: &str,
    group: &str,
    properties: &[MissingProperty],
) -> Result<()> {
    let inputs: Vec<Value> = properties
        .iter()
        .map(|property| definition(property, group))
        .collect();
    let request = cx.post(url("/crm/v3/properties")).path_segment(object_type);
    let request = request.path_segment("batch").path_segment("create");
    let answer = request.json(&json!({"inputs": inputs})).send().await?;
    // Of properties that are there already, and of others that it refuses, HubSpot may tell within a success.
    let answer = Answer::read(answer)?;
    match answer.errors.iter().find(|complaint| !complaint.is_conflict()) {
        Some(complaint) => Err(complaint.to_error()),
        None => Ok(()),
    }
}

fn definition(property: &MissingProperty, group: &str) -> Value {
    let MissingProperty {
        name,
        property_type,
        sensitivity,
    } = property;
    let (kept, field) = property_type.names();
    let mut definition = json!({
        "name": name,
        "label": name,
        "groupName": group,
        "type": kept,
        "fieldType": field,
    });
    if *sensitivity == Sensitivity::Sensitive {
        definition["dataSensitivity"] = "sensitive".into();
    }
    if *property_type == PropertyType::Flag {
        definition["options"] = json!([option("true", "True", 1), option("false", "False", 2)]);
    }
    definition
}

fn option(value: &str, description: &str, order: u8) -> Value {
    json!({
        "label": value,
        "value": value,
        "hidden": false,
        "description": description,
        "displayOrder": order,
    })
}

fn cache_key(object_type: &str, sensitivity: Sensitivity) -> String {
    match sensitivity {
        Sensitivity::Ordinary => format!("properties:{object_type}"),
        Sensitivity::Sensitive => format!("sensitive-properties:{object_type}"),
    }
}

async fn remembered(
    cx: &Context<HubSpot>,
    object_type: &str,
    sensitivity: Sensitivity,
) -> Option<PropertyTypes> {
    let cache = cx.services().cache.as_ref()?;
    let text = cache.get(&cache_key(object_type, sensitivity)).await?;
    serde_json::from_str(&text).ok()
}

async fn remember(cx: &Context<HubSpot>, object_type: &str, sensitivity: Sensitivity, known: &PropertyTypes) {
    if let (Some(cache), Ok(text)) = (&cx.services().cache, serde_json::to_string(known)) {
        cache
            .set(&cache_key(object_type, sensitivity), text, REMEMBERED)
            .await;
    }
}
