//! What came of each mutation of a GraphQL document.
//!
//! Answers come with status 200, and may hold data and errors side by side:
//!
//! | data of the mutation | errors | what became of it |
//! | --- | --- | --- |
//! | there | none | it is done |
//! | there | deeper down | it is done, with a warning: only reading back failed |
//! | null | its own, or of the whole document | it is refused |
//! | null | of other mutations only | nobody knows: an error of one may take the data of all |

use waystation_kit::prelude::*;

use crate::client::not_digiwedge;
use crate::graphql::alias;
use crate::refusal::Refusal;

/// What came of one mutation.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done. What was read back; beside warnings, if something could not be read back.
    Done(Value),
    /// It is refused.
    Refused(Box<Refusal>),
    /// Another mutation was refused, and nobody can tell what became of this one.
    Unknown,
}

/// An answer to a document.
#[derive(Debug)]
pub struct Reply {
    data: JsonObject,
    errors: Vec<GraphQlError>,
}

#[derive(Debug)]
struct GraphQlError {
    about: About,
    refusal: Refusal,
}

/// What an error is about.
#[derive(Debug, PartialEq)]
enum About {
    Document,
    /// A mutation, by its alias.
    Mutation(String),
}

impl Reply {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`Error::invalid_response`] for one that is not of GraphQL, or has neither data nor errors; the refusal,
    /// if it is the one of REST.
    pub fn read(response: &Response, now_millis: i64) -> Result<Self> {
        let Value::Object(mut body) = response.json()? else {
            return Err(not_digiwedge());
        };
        if body.get("error").is_some_and(Value::is_object) {
            return Err(Refusal::of_answer(response, now_millis).into_error());
        }
        let data = match body.remove("data") {
            Some(Value::Object(data)) => data,
            Some(Value::Null) | None => JsonObject::new(),
            Some(_) => return Err(not_digiwedge()),
        };
        let errors = match body.get("errors") {
            Some(Value::Array(errors)) => errors.as_slice(),
            Some(Value::Null) | None => &[],
            Some(_) => return Err(not_digiwedge()),
        };
        if data.is_empty() && errors.is_empty() {
            return Err(not_digiwedge());
        }
        let read = |error: &Value| GraphQlError {
            about: About::read(error),
            refusal: Refusal::of_graphql(error, response, now_millis),
        };
        Ok(Self {
            data,
            errors: errors.iter().map(read).collect(),
        })
    }

    /// The refusal of the document as a whole: there is no data, and an error names no mutation.
    #[must_use]
    pub fn refusal_of_all(&self) -> Option<&Refusal> {
        if self.data.values().any(|data| !data.is_null()) {
            return None;
        }
        let mut errors = self.errors.iter();
        errors
            .find(|error| error.about == About::Document)
            .map(|error| &error.refusal)
    }

    /// What came of the mutation at this place of the document.
    #[must_use]
    pub fn outcome(&self, place: usize) -> Outcome {
        let alias = alias(place);
        let own = |error: &&GraphQlError| matches!(&error.about, About::Mutation(name) if *name == alias);
        match self.data.get(&alias).filter(|data| !data.is_null()) {
            Some(data) => {
                let warnings = self.errors.iter().filter(own);
                let warnings: Vec<String> = warnings.map(|error| error.refusal.to_text()).collect();
                Outcome::Done(report(data, &warnings))
            }
            None => self
                .errors
                .iter()
                .find(own)
                .map(|error| &error.refusal)
                .or_else(|| self.refusal_of_all())
                .map_or(Outcome::Unknown, |refusal| {
                    Outcome::Refused(Box::new(refusal.clone()))
                }),
        }
    }
}

impl About {
    fn read(error: &Value) -> Self {
        match error.pointer("/path/0").and_then(Value::as_str) {
            Some(alias) => Self::Mutation(alias.to_owned()),
            None => Self::Document,
        }
    }
}

fn report(data: &Value, warnings: &[String]) -> Value {
    if warnings.is_empty() {
        data.clone()
    } else {
        json!({"data": data, "warnings": warnings})
    }
}
