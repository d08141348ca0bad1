//! What HubSpot answers to a batch, and what that means for each input.

use std::time::Duration;

use waystation_kit::multistatus::Blame;
use waystation_kit::prelude::*;
use waystation_kit::retry::wait_in_headers;
use waystation_kit::wire::readable;

use crate::crm::{Record, id_text};

/// What HubSpot says to a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Answer {
    /// The records that were read or written.
    #[serde(deserialize_with = "readable")]
    pub results: Vec<Record>,
    /// What went wrong.
    #[serde(deserialize_with = "readable")]
    pub errors: Vec<Complaint>,
    /// How much went wrong, which HubSpot may say without saying what.
    num_errors: u64,
    /// The answer itself.
    #[serde(skip)]
    response: Option<Response>,
}

/// What is wrong with some of a batch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Complaint {
    category: String,
    message: String,
    /// Lists of IDs or values, by what they are.
    context: Value,
    /// How long HubSpot asks to wait.
    #[serde(skip)]
    wait: Option<Duration>,
}

impl Complaint {
    /// Whether HubSpot only says that it knows no such records.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.category == "OBJECT_NOT_FOUND"
    }

    /// Whether HubSpot only says that there is such a record already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.category == "CONFLICT"
    }

    /// Whether it is about this ID or value.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        let lists = self.context.as_object().into_iter().flat_map(JsonObject::values);
        lists
            .filter_map(Value::as_array)
            .flatten()
            .any(|named| id_text(named).is_some_and(|named| named.eq_ignore_ascii_case(id)))
    }

    /// What it means for those that it is about. HubSpot gives a category instead of a status.
    #[must_use]
    pub fn to_error(&self) -> Error {
        let status = match self.category.as_str() {
            "OBJECT_NOT_FOUND" => 404,
            "CONFLICT" => 409,
            RATE_LIMITS => 429,
            "INTERNAL_ERROR" => 500,
            _ => 400,
        };
        let code = match self.category.as_str() {
            "" => ErrorCode::from_status(status),
            category => ErrorCode::from_partner(category),
        };
        Error::integration(self.message.clone(), code, status).with_retry_after(self.wait)
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

/// The category of what a rate limit keeps back.
const RATE_LIMITS: &str = "RATE_LIMITS";

/// HubSpot's intervals last ten seconds.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);

/// The wait that the headers of an answer ask for: the usual ones, or what is left is nothing and so the
/// [interval](https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines) has to pass.
fn wait(response: &Response) -> Option<Duration> {
    let number = |name| -> Option<u64> { response.header(name)?.trim().parse().ok() };
    wait_in_headers(response.headers(), response.received_at().0).or_else(|| {
        number("x-hubspot-ratelimit-remaining").filter(|remaining| *remaining == 0)?;
        let interval = Duration::from_millis(number("x-hubspot-ratelimit-interval-milliseconds")?);
        Some(interval.min(LONGEST_INTERVAL))
    })
}

/// What became of an input.
#[derive(Debug, Clone, Copy)]
pub enum Verdict<'a> {
    /// HubSpot took it, and shows this of it.
    Taken(Option<&'a Record>),
    /// HubSpot did not take it.
    Refused(Refusal<'a>),
    /// HubSpot says nothing of it, so it was not taken as far as anybody knows.
    Unmentioned,
}

impl Answer {
    /// Reads what HubSpot says to a batch.
    ///
    /// # Errors
    /// The answer is not understood.
    pub fn read(response: Response) -> Result<Self> {
        let answer = match response.body().is_empty() {
            true => Self::default(),
            false => response.json()?,
        };
        Ok(answer.of(response))
    }

    /// With the answer that it was read from, whose headers say how long to wait where a rate limit keeps records back.
    fn of(mut self, response: Response) -> Self {
        let wait = wait(&response);
        let limited = self.errors.iter_mut();
        let limited = limited.filter(|complaint| complaint.category == RATE_LIMITS);
        limited.for_each(|complaint| complaint.wait = wait);
        self.response = Some(response);
        self
    }

    /// Whether something went wrong, said or not.
    #[must_use]
    pub fn complains(&self) -> bool {
        !self.errors.is_empty() || self.num_errors > 0
    }

    /// What became of each of these inputs, in their order. A complaint that names none of them is about the request,
    /// and so about all that HubSpot does not show. Without complaints, as many results as inputs show all of them.
    pub fn verdicts<T>(
        &self,
        inputs: &[T],
        names: impl Fn(&Complaint, &T) -> bool,
        shows: impl Fn(&Record, &T) -> bool,
    ) -> Vec<Verdict<'_>> {
        let is_placed = |complaint: &&Complaint| inputs.iter().any(|input| names(complaint, input));
        let of_request = self.errors.iter().find(|complaint| !is_placed(complaint));
        let shows_all = !self.complains() && self.results.len() >= inputs.len();
        let verdict = |input: &T| {
            if let Some(complaint) = self.errors.iter().find(|complaint| names(complaint, input)) {
                return Verdict::Refused(Refusal {
                    complaint,
                    blame: Blame::Item,
                });
            }
            let shown = self.results.iter().find(|record| shows(record, input));
            match (shown, of_request) {
                (Some(record), _) => Verdict::Taken(Some(record)),
                (None, _) if shows_all => Verdict::Taken(None),
                (None, Some(complaint)) => Verdict::Refused(Refusal {
                    complaint,
                    blame: Blame::Request,
                }),
                (None, None) => Verdict::Unmentioned,
            }
        };
        inputs.iter().map(verdict).collect()
    }

    /// Why items fail of which HubSpot says nothing.
    #[must_use]
    pub fn silence(&self, message: &str) -> Error {
        match &self.response {
            Some(response) => response.not_understood(message),
            None => Error::invalid_response(message),
        }
    }
}

impl Refusal<'_> {
    /// What it means for an item.
    #[must_use]
    pub fn to_item(self) -> ItemError {
        let item = ItemError::from(self.complaint.to_error()).with_body(json!(self.complaint));
        match self.blame {
            Blame::Item | Blame::Ourselves => item,
            Blame::Request => item.of_whole_request(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(errors: &Value) -> Answer {
        Answer::deserialize(json!({"status": "COMPLETE", "errors": errors})).unwrap()
    }

    fn messages(answer: &Answer, ids: &[&str]) -> Vec<Option<String>> {
        let shows = |record: &Record, id: &&str| record.id().as_deref() == Some(*id);
        let verdicts = answer.verdicts(ids, |complaint, id| complaint.names(id), shows);
        let words = |verdict| match verdict {
            Verdict::Taken(_) => None,
            Verdict::Refused(refusal) => Some(Refusal::to_item(refusal).message),
            Verdict::Unmentioned => Some("silence".to_owned()),
        };
        verdicts.into_iter().map(words).collect()
    }

    #[test]
    fn complaints_reach_those_that_they_name() {
        let answer: Answer = serde_json::from_value(json!({
            "results": [{"id": 1}],
            "errors": [{"message": "gone", "context": {"ids": [2, "4"]}}],
        }))
        .unwrap();
        let gone = Some("gone".to_owned());
        assert_eq!(messages(&answer, &["1", "2", "4"]), [None, gone.clone(), gone]);
    }

    #[test]
    fn a_complaint_that_names_nobody_is_about_all_that_are_not_shown() {
        let answer = answer(&json!([
            {"message": "gone", "context": {"ids": ["1"]}},
            {"message": "strange", "context": {"ids": ["9"]}},
        ]));
        let (gone, strange) = (Some("gone".to_owned()), Some("strange".to_owned()));
        assert_eq!(messages(&answer, &["1", "2"]), [gone, strange]);
    }

    #[test]
    fn what_is_neither_shown_nor_complained_about_was_not_taken() {
        for body in [
            json!({"results": []}),
            json!({"results": [{"id": "9"}]}),
            json!({"results": [{"id": "8"}, {"id": "9"}], "numErrors": 1}),
        ] {
            let answer: Answer = serde_json::from_value(body.clone()).unwrap();
            let silence = Some("silence".to_owned());
            assert_eq!(
                messages(&answer, &["1", "2"]),
                [silence.clone(), silence],
                "{body}"
            );
        }
    }

    #[test]
    fn as_many_results_as_inputs_show_all_of_them() {
        let answer: Answer = serde_json::from_value(json!({"results": [{"id": 8}, {}]})).unwrap();
        assert_eq!(messages(&answer, &["1", "2"]), [None, None]);
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
    fn what_a_rate_limit_keeps_back_waits_as_long_as_the_headers_say() {
        for (headers, wait) in [
            (vec![("retry-after", "7")], Some(7_000)),
            (
                vec![
                    ("x-hubspot-ratelimit-remaining", "0"),
                    ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
                ],
                Some(10_000),
            ),
            (
                vec![
                    ("x-hubspot-ratelimit-remaining", "0"),
                    ("x-hubspot-ratelimit-interval-milliseconds", "99999999999999"),
                ],
                Some(60_000),
            ),
            (
                vec![
                    ("x-hubspot-ratelimit-remaining", "3"),
                    ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
                ],
                None,
            ),
            (vec![], None),
        ] {
            let mut told = waystation_kit::request::Answer {
                status: 207,
                reason: None,
                headers: Default::default(),
                url: "https://api.hubapi.com/".parse().unwrap(),
                body: json!({"errors": [
                    {"category": "RATE_LIMITS", "message": "slow", "context": {"ids": ["1"]}},
                    {"category": "VALIDATION_ERROR", "message": "no", "context": {"ids": ["2"]}},
                ]})
                .to_string()
                .into(),
            };
            for (name, value) in headers {
                told.headers.insert(name, value.parse().unwrap());
            }
            let response = Response::new(told, waystation_kit::services::Millis(0));
            let answer = Answer::read(response).unwrap();
            let waits: Vec<_> = answer
                .errors
                .iter()
                .map(|complaint| {
                    ItemError::from(complaint.to_error())
                        .retry_after
                        .map(|wait| wait.as_millis())
                })
                .collect();
            assert_eq!(waits, [wait, None]);
        }
    }

    #[test]
    fn a_complaint_without_a_category_has_the_code_of_its_status() {
        let answer = answer(&json!([{"message": "no"}]));
        assert_eq!(answer.errors[0].to_error().code().unwrap(), "BAD_REQUEST");
    }
}
