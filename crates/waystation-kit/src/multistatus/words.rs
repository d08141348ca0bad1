//! What a partner says in its answer.

use serde_json::Value;
use waystation_json::read::from_str_within;

use crate::request::{MOST_VALUES, Response};

/// The partner's own words, wherever its body keeps them: `message`, `meta.error`, `meta.errors`,
/// `error`, `errors[]` (`message`, or `detail` and `title` as in [JSON:API](https://jsonapi.org/format/#errors)),
/// `detail` and `title` as in [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3.1), a bare text that is not
/// markup; without any of them the reason phrase.
///
/// Answers that hold JSON inside a text are read as if they were JSON.
#[must_use]
pub fn partner_message(response: &Response) -> String {
    let parsed: Option<Value> = from_str_within(&response.text(), MOST_VALUES).ok();
    let words = match parsed {
        Some(Value::String(text)) => match from_str_within(&text, MOST_VALUES) {
            Ok(inner @ Value::Object(_)) => words_of(&inner),
            _ => Some(text),
        },
        Some(value) => words_of(&value),
        None => Some(response.text().trim().to_owned()).filter(|text| !text.starts_with(['<', '{', '['])),
    };
    words
        .filter(|words| !words.is_empty())
        .map_or_else(|| response.reason().into_owned(), shortened)
}

/// A partner's words go into logs, records and lists: what is longer than this is no message for a person, and the whole
/// answer is kept beside them.
const LONGEST_WORDS: usize = 4 << 10;

fn shortened(mut words: String) -> String {
    if words.len() > LONGEST_WORDS {
        words.truncate(words.floor_char_boundary(LONGEST_WORDS));
        words.push('…');
    }
    words
}

fn words_of(body: &Value) -> Option<String> {
    let text = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let meta = body.get("meta");
    text(body.get("message"))
        .or_else(|| text(meta.and_then(|meta| meta.get("error"))))
        .or_else(|| joined(meta.and_then(|meta| meta.get("errors"))))
        .or_else(|| text(body.get("error")))
        .or_else(|| text(body.get("error").and_then(|error| error.get("message"))))
        .or_else(|| joined(body.get("errors")))
        .or_else(|| words_in(body, &["detail", "title"]).map(str::to_owned))
}

fn joined(errors: Option<&Value>) -> Option<String> {
    let errors = errors?.as_array()?;
    let texts: Vec<&str> = errors
        .iter()
        .filter_map(|error| {
            error
                .as_str()
                .or_else(|| words_in(error, &["message", "detail", "title"]))
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// The first of these members that holds words.
fn words_in<'b>(body: &'b Value, members: &[&str]) -> Option<&'b str> {
    let mut texts = members.iter().filter_map(|member| body.get(member)?.as_str());
    texts.find(|text| !text.is_empty())
}
