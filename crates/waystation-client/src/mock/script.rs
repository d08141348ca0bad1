//! Scripts: which answer is for which request.

use http::Method;
use regex::Regex;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use waystation_kit::request::OutgoingRequest;

use super::answer::{AnswerError, ScriptedAnswer, WrittenAnswer};
use super::sequence::Progress;

/// What a partner answers, in one of two forms.
///
/// A **list** is used in order; the last answer repeats. An answer with `"on": "METHOD /path"` is for such
/// requests only (the query does not count), and each request takes the first that is for it.
///
/// An **object** has keys `METHOD pattern`, a pattern being a regular expression that is looked for anywhere
/// in the address; the first key that fits counts, and a key without a pattern, or with `*` in place of the
/// method, fits all. Its values are answers, or lists of answers used in order.
///
/// An **answer** has these keys, all of them optional:
///
/// | key | meaning |
/// |---|---|
/// | `status` | 200 unless given |
/// | `reason` | the reason phrase; the standard one unless given |
/// | `headers` | texts by name |
/// | `json` | any value, sent as `application/json` unless `headers` says otherwise |
/// | `body` | a text, sent as it is; any other value is sent as with `json` |
/// | `delay_ms` | how long the partner takes |
/// | `close` | `true`: the connection breaks without an answer |
/// | `network_error` | `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`; `timeout`: the partner never answers, and the request fails at once as if its time had passed |
///
/// A request that nothing is for gets the status 404.
#[derive(Debug)]
pub struct Script(Form);

#[derive(Debug)]
enum Form {
    List(Vec<Step>),
    Keyed(Vec<Entry>),
}

#[derive(Debug)]
struct Step {
    on: Option<Target>,
    answer: ScriptedAnswer,
}

/// `METHOD /path`.
#[derive(Debug)]
struct Target {
    method: Method,
    path: String,
}

#[derive(Debug)]
struct Entry {
    /// `None`: any.
    method: Option<Method>,
    /// `None`: any.
    pattern: Option<Regex>,
    answers: Vec<ScriptedAnswer>,
}

/// The content type of a `body` that is a text, when `headers` gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextBodies {
    /// `text/plain`.
    #[default]
    PlainText,
    /// None.
    Untyped,
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It is not JSON.
    #[error("the script is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is JSON, but neither form.
    #[error("a script is a list of answers, or an object with answers by \"METHOD pattern\"")]
    Form,
    /// An answer cannot be used.
    #[error("{place}: {error}")]
    Answer {
        /// Which answer.
        place: String,
        /// What is wrong with it.
        error: AnswerError,
    },
    /// What an answer is for is not `METHOD /path`, or a key is not `METHOD pattern`.
    #[error("\"{0}\" does not begin with a method, as in \"GET /users\"")]
    Method(String),
    /// The pattern of a key is not a regular expression.
    #[error("the pattern of the key \"{key}\" is not a regular expression: {error}")]
    Pattern {
        /// The whole key.
        key: String,
        /// What is wrong with it.
        error: regex::Error,
    },
}

impl Script {
    /// Reads a script from the text of a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        Self::new(serde_json::from_str(text)?, TextBodies::default())
    }

    /// Compiles a script from its JSON.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(script: Value, text_bodies: TextBodies) -> Result<Self, ScriptError> {
        let form = match script {
            Value::Array(steps) => Form::List(
                steps
                    .into_iter()
                    .enumerate()
                    .map(|(index, step)| Step::compile(step, &format!("answer {}", index + 1), text_bodies))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(entries) => Form::Keyed(
                entries
                    .into_iter()
                    .map(|(key, answers)| Entry::compile(&key, answers, text_bodies))
                    .collect::<Result<_, _>>()?,
            ),
            _ => return Err(ScriptError::Form),
        };
        Ok(Self(form))
    }

    pub(super) fn progress(&self) -> Progress {
        match &self.0 {
            Form::List(steps) => Progress::new(std::iter::once(steps.len())),
            Form::Keyed(entries) => Progress::new(entries.iter().map(|entry| entry.answers.len())),
        }
    }

    /// The next answer for a request.
    pub(super) fn take(&self, progress: &mut Progress, request: &OutgoingRequest) -> Option<&ScriptedAnswer> {
        match &self.0 {
            Form::List(steps) => progress
                .take(0, steps, |step| step.is_for(request))
                .map(|step| &step.answer),
            Form::Keyed(entries) => {
                let index = entries.iter().position(|entry| entry.is_for(request))?;
                progress.take(index, &entries.get(index)?.answers, |_| true)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Value::deserialize(deserializer)?, TextBodies::default()).map_err(serde::de::Error::custom)
    }
}

impl Step {
    fn compile(step: Value, place: &str, text_bodies: TextBodies) -> Result<Self, ScriptError> {
        let written = written_answer(step, place)?;
        let on = written.on.as_deref().map(Target::compile).transpose()?;
        let answer = compiled(written, place, text_bodies)?;
        Ok(Self { on, answer })
    }

    fn is_for(&self, request: &OutgoingRequest) -> bool {
        self.on
            .as_ref()
            .is_none_or(|on| on.method == request.method && on.path == request.url.path())
    }
}

impl Target {
    fn compile(text: &str) -> Result<Self, ScriptError> {
        let (method, path) = text.split_once(' ').unwrap_or((text, "/"));
        Ok(Self {
            method: parse_method(method, text)?,
            path: path.trim().to_owned(),
        })
    }
}

impl Entry {
    fn compile(key: &str, answers: Value, text_bodies: TextBodies) -> Result<Self, ScriptError> {
        let (method, pattern) = key.split_once(' ').unwrap_or((key, ""));
        let method = match method {
            "*" => None,
            method => Some(parse_method(method, key)?),
        };
        let pattern = match pattern {
            "" => None,
            pattern => Some(Regex::new(pattern).map_err(|error| ScriptError::Pattern {
                key: key.to_owned(),
                error,
            })?),
        };
        let answers = match answers {
            Value::Array(answers) => answers,
            answer => vec![answer],
        };
        let answers = answers
            .into_iter()
            .map(|answer| {
                let place = format!("an answer to \"{key}\"");
                compiled(written_answer(answer, &place)?, &place, text_bodies)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            method,
            pattern,
            answers,
        })
    }

    fn is_for(&self, request: &OutgoingRequest) -> bool {
        self.method
            .as_ref()
            .is_none_or(|method| *method == request.method)
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(request.url.as_str()))
    }
}

fn parse_method(method: &str, whole: &str) -> Result<Method, ScriptError> {
    let method = method.to_ascii_uppercase();
    Method::from_bytes(method.as_bytes()).map_err(|_| ScriptError::Method(whole.to_owned()))
}

fn written_answer(answer: Value, place: &str) -> Result<WrittenAnswer, ScriptError> {
    serde_json::from_value(answer).map_err(|error| ScriptError::Answer {
        place: place.to_owned(),
        error: error.into(),
    })
}

fn compiled(
    written: WrittenAnswer,
    place: &str,
    text_bodies: TextBodies,
) -> Result<ScriptedAnswer, ScriptError> {
    written.compile(text_bodies).map_err(|error| ScriptError::Answer {
        place: place.to_owned(),
        error,
    })
}
