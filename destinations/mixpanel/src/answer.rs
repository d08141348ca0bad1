//! What Mixpanel's answers mean.
//!
//! [`/track`](https://developer.mixpanel.com/reference/track-event), `/engage` and `/groups` answer 200 to everything:
//! `1` for data that was taken and `0` for data that was not, or an object that says the same in `status`.
//! [`/import`](https://developer.mixpanel.com/reference/import-events) answers 200 with `"status": "OK"`. In strict
//! mode it takes the good events, answers 400 and names the others in `failed_records`, by their place among all events
//! of the request.

use waystation_kit::prelude::*;

/// What an answer says about its request as a whole.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    Refused(String),
}

/// Reads an answer to a request with data about one event, person or group.
///
/// # Errors
/// Mixpanel took nothing, or does not say.
pub fn taken(answer: &Response) -> Result<()> {
    match verdict(answer) {
        Some(Verdict::Taken) => Ok(()),
        Some(Verdict::Refused(words)) => {
            Err(Error::integration(words, ErrorCode::from_status(400), 400)
                .with_request_id(answer.request_id()))
        }
        None => Err(answer.not_understood("The answer does not say whether Mixpanel took the data")),
    }
}

fn verdict(answer: &Response) -> Option<Verdict> {
    let refused = || {
        Some(Verdict::Refused(
            "Mixpanel took none of the data, and gives no reason".to_owned(),
        ))
    };
    match answer.data()? {
        Value::Object(said) => {
            let words = said
                .get("error")
                .and_then(Value::as_str)
                .filter(|words| !words.is_empty());
            if let Some(words) = words {
                return Some(Verdict::Refused(words.to_owned()));
            }
            match said.get("status").or_else(|| said.get("code"))? {
                status if *status == 1 || *status == 200 => Some(Verdict::Taken),
                Value::String(status) if status.eq_ignore_ascii_case("ok") => Some(Verdict::Taken),
                status if *status == 0 => refused(),
                _ => None,
            }
        }
        said if *said == 1 => Some(Verdict::Taken),
        said if *said == 0 => refused(),
        Value::String(said) => match said.trim() {
            "1" => Some(Verdict::Taken),
            "0" => refused(),
            _ => None,
        },
        _ => None,
    }
}

/// A complaint about an event of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaint {
    /// The place of the event among all events of the request, if it is a usable one.
    pub place: Option<usize>,
    /// Mixpanel's words.
    pub message: String,
    /// The whole complaint.
    pub record: Value,
}

/// The complaints about single events; none for an answer that does not tell them apart.
#[must_use]
pub fn complaints(answer: &Response) -> Vec<Complaint> {
    let records = answer
        .data()
        .and_then(|said| said.get("failed_records")?.as_array());
    let complaint = |record: &Value| Complaint {
        place: record
            .get("index")
            .and_then(Value::as_u64)
            .and_then(|place| usize::try_from(place).ok()),
        message: record
            .get("message")
            .and_then(Value::as_str)
            .map_or_else(|| record.to_string(), str::to_owned),
        record: record.clone(),
    };
    let tells_apart = answer.is_success() || answer.status() == 400;
    let records = records.filter(|_| tells_apart).into_iter().flatten();
    records.map(complaint).collect()
}

/// Mixpanel's word for a good answer: what results show for each item.
#[must_use]
pub fn status(answer: &Response) -> &str {
    answer
        .data()
        .and_then(|said| said.get("status")?.as_str())
        .unwrap_or("Ok")
}

/// What Mixpanel complains about although it took a request: it imported fewer events than there were.
#[must_use]
pub fn warning(answer: &Response, sent: usize) -> Option<String> {
    let imported = answer.data()?.get("num_records_imported")?.as_u64()?;
    let is_less = usize::try_from(imported).is_ok_and(|imported| imported < sent);
    is_less.then(|| format!("Mixpanel imported {imported} of {sent} events"))
}
