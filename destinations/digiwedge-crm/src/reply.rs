//! What came of each mutation of a GraphQL document.
//!
//! Answers come with status 200, and may hold data and errors side by side:
//!
//! | data of the mutation | errors | what became of it |
//! | --- | --- | --- |
//! | an object | none | it is done |
//! | an object | its own, or of the whole document | it is done, with a warning |
//! | null | its own, or of the whole document | it is refused |
//! | null | of other mutations only | nobody knows: an error of one may take the data of all |
//!
//! An error belongs to the mutation whose alias its path begins with. Any other is about the whole document.

use waystation_kit::prelude::*;

use crate::client::not_digiwedge;
use crate::graphql::alias;
use crate::refusal::Refusal;

/// What came of one mutation.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done {
        /// What was read back.
        data: Value,
        /// What DigiWedge complained about all the same, for example something that could not be read back.
        warning: Option<String>,
    },
    /// It is refused.
    Refused(Box<Refusal>),
    /// The answer does not say what became of it.
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
    /// The mutation that it is about, by its place; `None` for the whole document.
    mutation: Option<usize>,
    refusal: Refusal,
}

impl Reply {
    /// Reads the answer to a document of so many mutations.
    ///
    /// # Errors
    /// [An unknown outcome](Error::UnknownOutcome) for an answer that is not of GraphQL, or has neither data nor
    /// errors; the refusal, if it is one of REST.
    pub fn read(response: &Response, mutations: usize) -> Result<Self> {
        let Value::Object(mut body) = response.json()? else {
            return Err(not_digiwedge(response));
        };
        if body.get("error").is_some_and(Value::is_object) {
            return Err(Refusal::of_answer(response).into_error());
        }
        let data = match body.remove("data") {
            Some(Value::Object(data)) => data,
            Some(Value::Null) | None => JsonObject::new(),
            Some(_) => return Err(not_digiwedge(response)),
        };
        let errors = match body.get("errors") {
            Some(Value::Array(errors)) => errors.as_slice(),
            Some(Value::Null) | None => &[],
            Some(_) => return Err(not_digiwedge(response)),
        };
        if data.is_empty() && errors.is_empty() {
            return Err(not_digiwedge(response));
        }
        let read = |error: &Value| GraphQlError {
            mutation: mutation_of(error, mutations),
            refusal: Refusal::of_graphql(error, response),
        };
        Ok(Self {
            data,
            errors: errors.iter().map(read).collect(),
        })
    }

    /// Whether the answer complains about anything.
    #[must_use]
    pub fn complains(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What came of the mutation at this place of the document.
    #[must_use]
    pub fn outcome(&self, place: usize) -> Outcome {
        let about = |mutation: Option<usize>| {
            let errors = self.errors.iter().filter(move |error| error.mutation == mutation);
            errors.map(|error| &error.refusal)
        };
        let mut refusals = about(Some(place)).chain(about(None));
        match self.data.get(&alias(place)) {
            Some(data @ Value::Object(_)) => {
                let warnings: Vec<String> = refusals.map(Refusal::to_text).collect();
                Outcome::Done {
                    data: data.clone(),
                    warning: (!warnings.is_empty()).then(|| warnings.join("; ")),
                }
            }
            _ => match refusals.next() {
                Some(first) => Outcome::Refused(Box::new(first.clone().with_others(refusals))),
                None => Outcome::Unknown,
            },
        }
    }
}

fn mutation_of(error: &Value, mutations: usize) -> Option<usize> {
    let first = error.pointer("/path/0")?.as_str()?;
    (0..mutations).find(|place| alias(*place) == first)
}
