//! `choices = ...`: the only values that a field allows.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit};

use crate::errors::Errors;

/// The choices of a field.
pub(crate) enum ChoiceList {
    /// Written out in the attribute.
    Listed(Vec<ListedChoice>),
    /// An expression of type `Vec<Choice>`.
    Computed(Expr),
}

/// One choice in a list.
pub(crate) enum ListedChoice {
    /// `"value"`, which is its own label.
    Plain(Lit),
    /// `("Label", value)`.
    Labelled { label: Expr, value: Expr },
    /// An expression of type `Choice`.
    Computed(Expr),
}

impl ChoiceList {
    pub(crate) fn read(expression: &Expr, errors: &mut Errors) -> Option<Self> {
        let Expr::Array(list) = expression else {
            return Some(Self::Computed(expression.clone()));
        };
        if list.elems.is_empty() {
            errors.at(
                list,
                "a list without choices allows nothing: leave `choices` out to allow every value",
            );
            return None;
        }
        let choices: Vec<ListedChoice> = list
            .elems
            .iter()
            .filter_map(|choice| ListedChoice::read(choice, errors))
            .collect();
        report_repetitions(&choices, errors);
        Some(Self::Listed(choices))
    }
}

impl ListedChoice {
    fn read(expression: &Expr, errors: &mut Errors) -> Option<Self> {
        match expression {
            Expr::Lit(ExprLit { lit, .. }) => Some(Self::Plain(lit.clone())),
            Expr::Tuple(pair) => match (pair.elems.len(), pair.elems.first(), pair.elems.last()) {
                (2, Some(label), Some(value)) => Some(Self::Labelled {
                    label: label.clone(),
                    value: value.clone(),
                }),
                _ => {
                    errors.at(pair, "a choice is a value, or a pair of a label and a value");
                    None
                }
            },
            other => Some(Self::Computed(other.clone())),
        }
    }

    /// The value as it is written, where it is a literal.
    fn literal(&self) -> Option<&Lit> {
        match self {
            Self::Plain(literal)
            | Self::Labelled {
                value: Expr::Lit(ExprLit { lit: literal, .. }),
                ..
            } => Some(literal),
            _ => None,
        }
    }
}

fn report_repetitions(choices: &[ListedChoice], errors: &mut Errors) {
    let mut seen = Vec::new();
    for literal in choices.iter().filter_map(ListedChoice::literal) {
        let written = literal.to_token_stream().to_string();
        if seen.contains(&written) {
            errors.at(literal, "this choice is already in the list");
        }
        seen.push(written);
    }
}

impl ToTokens for ChoiceList {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Listed(choices) => quote!(::std::vec![#(#choices),*]),
            Self::Computed(expression) => quote!(#expression),
        });
    }
}

impl ToTokens for ListedChoice {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let choice = quote!(::waystation_kit::fields::Choice);
        tokens.extend(match self {
            Self::Plain(Lit::Str(text)) => quote!(#choice::from(#text)),
            Self::Plain(other) => {
                let label = other.to_token_stream().to_string();
                quote!(#choice::new(#label, #other))
            }
            Self::Labelled { label, value } => quote!(#choice::new(#label, #value)),
            Self::Computed(expression) => {
                quote_spanned!(expression.span()=> ::waystation_kit::derived::choice(#expression))
            }
        });
    }
}
