//! Mutations by way of [GraphQL](https://crm-docs-internal.uat.digiwedge.com/reference/api/graphql), several in
//! one request. What came of each of them is read in [`reply`](crate::reply).

use std::borrow::Cow;
use std::fmt::Write as _;

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{not_digiwedge, send_raw};
use crate::reply::{Outcome, Reply};

/// One mutation of a document.
#[derive(Debug)]
pub struct Mutation<'a> {
    name: &'static str,
    arguments: Vec<Argument<'a>>,
    /// What to read back. The types of most results are not documented, but every one has a name.
    selection: &'static str,
}

#[derive(Debug)]
struct Argument<'a> {
    name: &'static str,
    graphql_type: &'static str,
    value: Cow<'a, Value>,
}

impl<'a> Mutation<'a> {
    /// Creates a customer.
    #[must_use]
    pub fn create_customer(input: Cow<'a, Value>) -> Self {
        Self::new("createCustomer", "{ id }").with("input", "CreateCustomerInput!", input)
    }

    /// Updates a customer.
    #[must_use]
    pub fn update_customer(id: &str, input: Value) -> Self {
        Self::new("updateCustomer", "{ id }").with_id("id", id).with(
            "input",
            "UpdateCustomerInput!",
            Cow::Owned(input),
        )
    }

    /// Merges two customers.
    #[must_use]
    pub fn merge_customers(winner_id: &str, loser_id: &str) -> Self {
        Self::new("mergeCustomers", "{ __typename }")
            .with_id("winnerId", winner_id)
            .with_id("loserId", loser_id)
    }

    /// Adds a note to a customer.
    #[must_use]
    pub fn add_note(customer_id: &str, input: Value) -> Self {
        Self::new("addNote", "{ __typename }")
            .with_id("customerId", customer_id)
            .with("input", "CreateNoteInput!", Cow::Owned(input))
    }

    fn new(name: &'static str, selection: &'static str) -> Self {
        Self {
            name,
            arguments: Vec::with_capacity(2),
            selection,
        }
    }

    fn with_id(self, name: &'static str, id: &str) -> Self {
        self.with(name, "ID!", Cow::Owned(Value::from(id)))
    }

    fn with(mut self, name: &'static str, graphql_type: &'static str, value: Cow<'a, Value>) -> Self {
        self.arguments.push(Argument {
            name,
            graphql_type,
            value,
        });
        self
    }
}

/// The name of a mutation in its document, by its place.
#[must_use]
pub fn alias(place: usize) -> String {
    format!("m{place}")
}

/// Sends mutations in one document.
///
/// # Errors
/// DigiWedge refuses the document or does not answer.
pub async fn send_document(
    cx: &Context<DigiWedgeCrm>,
    mutations: impl IntoIterator<Item = Mutation<'_>>,
) -> Result<Response> {
    let url = format!("{}/graphql", cx.settings().base_url.as_str());
    let request = cx.post(url).json(&document(mutations));
    send_raw(cx, request).await
}

/// Sends one mutation.
///
/// # Errors
/// DigiWedge refuses or does not answer.
pub async fn mutate(cx: &Context<DigiWedgeCrm>, mutation: Mutation<'_>) -> Result<Output> {
    let response = send_document(cx, [mutation]).await?;
    match Reply::read(&response, 1)?.outcome(0) {
        Outcome::Done { data, warning } => Ok(match warning {
            Some(warning) => Output::Value(data).with_warning(warning),
            None => Output::Value(data),
        }),
        Outcome::Refused(refusal) => Err(refusal.into_error()),
        Outcome::Unknown => Err(not_digiwedge(&response)),
    }
}

/// The body `{query, variables}`. Values travel as variables, so that none can change the document.
fn document<'a>(mutations: impl IntoIterator<Item = Mutation<'a>>) -> Value {
    let (mut declarations, mut fields) = (String::new(), String::new());
    let mut variables = JsonObject::new();
    for (place, mutation) in mutations.into_iter().enumerate() {
        let alias = alias(place);
        // Writing to a String cannot fail.
        let _ = write!(fields, " {alias}: {}(", mutation.name);
        for argument in mutation.arguments {
            let variable = format!("{alias}_{}", argument.name);
            let _ = write!(declarations, "${variable}: {}, ", argument.graphql_type);
            let _ = write!(fields, "{}: ${variable}, ", argument.name);
            variables.insert(variable, argument.value.into_owned());
        }
        let _ = write!(fields, ") {}", mutation.selection);
    }
    json!({"query": format!("mutation({declarations}) {{{fields} }}"), "variables": variables})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_several_mutations_and_their_variables_apart() {
        let input = json!({"email": "\") { drop"});
        let first = Mutation::create_customer(Cow::Borrowed(&input));
        let second = Mutation::merge_customers("c-1", "c-2");
        assert_eq!(
            document([first, second]),
            json!({
                "query": "mutation($m0_input: CreateCustomerInput!, $m1_winnerId: ID!, $m1_loserId: ID!, ) { \
                          m0: createCustomer(input: $m0_input, ) { id } \
                          m1: mergeCustomers(winnerId: $m1_winnerId, loserId: $m1_loserId, ) { __typename } }",
                "variables": {
                    "m0_input": {"email": "\") { drop"},
                    "m1_winnerId": "c-1",
                    "m1_loserId": "c-2",
                },
            })
        );
    }
}
