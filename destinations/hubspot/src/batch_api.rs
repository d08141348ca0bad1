//! Many records at a time
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/batch/post-crm-v3-objects-objectType-batch-update)).
//!
//! HubSpot answers 200 or 201 when it took all of a batch, and 207 when it did not: then the answer lists
//! what was wrong, with the IDs or values that it is about.

use waystation_kit::multistatus::Blame;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::client::url;
use crate::crm::Record;

/// The most records a request
/// ([limits](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide)).
pub const RECORDS_A_REQUEST: usize = 100;

/// What is to be done with the records of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Hand them back.
    Read,
    /// Create them.
    Create,
    /// Change them.
    Update,
    /// Create or change them.
    Upsert,
}

impl Verb {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Upsert => "upsert",
        }
    }
}

/// What HubSpot says to a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The records that were read or written.
    pub results: Vec<Record>,
    /// What went wrong.
    pub errors: Vec<Complaint>,
}

/// What is wrong with some of a batch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Complaint {
    category: String,
    message: String,
    /// Lists of IDs or values, by what they are.
    context: Value,
}

impl Complaint {
    /// Whether HubSpot only says that it knows no such records.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.category == "OBJECT_NOT_FOUND"
    }

    /// Whether it is about this ID or value.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        let lists = self.context.as_object().into_iter().flat_map(JsonObject::values);
        lists
            .filter_map(Value::as_array)
            .flatten()
            .any(|named| named == id)
    }

    /// What it means for those that it is about. HubSpot gives a category instead of a status.
    #[must_use]
    pub fn to_error(&self) -> Error {
        let status = match self.category.as_str() {
            "OBJECT_NOT_FOUND" => 404,
            "CONFLICT" => 409,
            "RATE_LIMITS" => 429,
            "INTERNAL_ERROR" => 500,
            _ => 400,
        };
        let code = match self.category.as_str() {
            "" => ErrorCode::from_status(status),
            category => ErrorCode::from_partner(category),
        };
        Error::integration(self.message.clone(), code, status)
    }
}

/// Why HubSpot did not take an input.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    /// What it says.
    pub complaint: &'a Complaint,
    /// Whether it says so about this input.
    pub blame: Blame,
}

impl Answer {
    /// Reads what HubSpot says to a batch; nothing at all says that nothing went wrong.
    ///
    /// # Errors
    /// The answer is not understood.
    pub fn read(response: &Response) -> Result<Self> {
        if response.body().is_empty() {
            return Ok(Self::default());
        }
        response.json()
    }

    /// What HubSpot complains about in each of these inputs, in their order; `None` for those that it took. A
    /// complaint that names none of them is about the request, and so about all that no other names.
    pub fn verdicts<T>(
        &self,
        inputs: &[T],
        names: impl Fn(&Complaint, &T) -> bool,
    ) -> Vec<Option<Refusal<'_>>> {
        let mut verdicts: Vec<Option<Refusal<'_>>> = vec![None; inputs.len()];
        let mut of_request = None;
        for complaint in &self.errors {
            let mut is_placed = false;
            for (input, verdict) in inputs.iter().zip(&mut verdicts) {
                if names(complaint, input) {
                    is_placed = true;
                    verdict.get_or_insert(Refusal {
                        complaint,
                        blame: Blame::Item,
                    });
                }
            }
            if !is_placed {
                of_request.get_or_insert(Refusal {
                    complaint,
                    blame: Blame::Request,
                });
            }
        }
        verdicts
            .into_iter()
            .map(|verdict| verdict.or(of_request))
            .collect()
    }
}

/// Sends a batch of records of one type.
///
/// # Errors
/// HubSpot refuses the batch as a whole, does not answer, or not as it should.
pub async fn send(
    cx: &Context<HubSpot>,
    object_type: &str,
    verb: Verb,
    inputs: &[impl Serialize + Sync],
) -> Result<Answer> {
    post(cx, object_type, verb, &Body { inputs }).await
}

async fn post(
    cx: &Context<HubSpot>,
    object_type: &str,
    verb: Verb,
    body: &(impl Serialize + Sync),
) -> Result<Answer> {
    let request = cx.post(url("/crm/v3/objects")).path_segment(object_type);
    let request = request.path_segment("batch").path_segment(verb.name());
    Answer::read(&request.json(body).send().await?)
}

/// The body of every batch.
#[derive(Debug, Serialize)]
pub struct Body<'a, T> {
    /// What is to be done, one by one.
    pub inputs: &'a [T],
}

/// Looks records up by a property whose values are unique. Values that HubSpot does not know are left out of the
/// results.
///
/// # Errors
/// HubSpot refuses, does not answer, or complains about anything but records that it does not know.
pub async fn read(
    cx: &Context<HubSpot>,
    object_type: &str,
    id_property: &str,
    properties: &[&str],
    values: impl Iterator<Item = &str>,
) -> Result<Answer> {
    let inputs: Vec<Value> = values.map(|value| json!({"id": value})).collect();
    let query = json!({"properties": properties, "idProperty": id_property, "inputs": inputs});
    let answer = post(cx, object_type, Verb::Read, &query).await?;
    match answer.errors.iter().find(|complaint| !complaint.is_not_found()) {
        Some(complaint) => Err(complaint.to_error()),
        None => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(errors: &Value) -> Answer {
        Answer::deserialize(json!({"status": "COMPLETE", "errors": errors})).unwrap()
    }

    fn messages(answer: &Answer, ids: &[&str]) -> Vec<Option<String>> {
        let verdicts = answer.verdicts(ids, |complaint, id| complaint.names(id));
        verdicts
            .into_iter()
            .map(|verdict| Some(verdict?.complaint.to_error().to_string()))
            .collect()
    }

    #[test]
    fn complaints_reach_those_that_they_name() {
        let answer = answer(&json!([{"message": "gone", "context": {"ids": ["2", "4"]}}]));
        let gone = Some("gone".to_owned());
        assert_eq!(messages(&answer, &["1", "2", "4"]), [None, gone.clone(), gone]);
    }

    #[test]
    fn a_complaint_that_names_nobody_is_about_all_that_no_other_names() {
        let answer = answer(&json!([
            {"message": "gone", "context": {"ids": ["1"]}},
            {"message": "strange", "context": {"ids": ["9"]}},
        ]));
        let (gone, strange) = (Some("gone".to_owned()), Some("strange".to_owned()));
        assert_eq!(messages(&answer, &["1", "2"]), [gone, strange]);
    }

    #[test]
    fn categories_stand_for_statuses() {
        for (category, status) in [
            ("OBJECT_NOT_FOUND", 404),
            ("CONFLICT", 409),
            ("RATE_LIMITS", 429),
            ("VALIDATION_ERROR", 400),
        ] {
            let answer = answer(&json!([{"category": category, "message": "no"}]));
            let error = answer.errors[0].to_error();
            assert_eq!(error.status(), Some(status), "{category}");
            assert_eq!(error.code().unwrap(), category);
        }
    }

    #[test]
    fn a_complaint_without_a_category_has_the_code_of_its_status() {
        let answer = answer(&json!([{"message": "no"}]));
        assert_eq!(answer.errors[0].to_error().code().unwrap(), "BAD_REQUEST");
    }
}
