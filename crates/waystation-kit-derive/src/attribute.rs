//! The common form of our attributes: `#[name(flag, key = expression)]`.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Token};

use crate::errors::Errors;
use crate::vocabulary::{Vocabulary, Word, expectation};

/// `flag` or `key = expression`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    value: Option<Expr>,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // `type` is a keyword, and a key.
        let key = Ident::parse_any(input)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { key, value })
    }
}

/// The entries of every attribute of this name. One that cannot be read is reported and left out.
pub(crate) fn entries(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        match attribute.parse_args_with(Punctuated::<Entry, Token![,]>::parse_terminated) {
            Ok(read) => entries.extend(read),
            Err(mistake) => errors.push(mistake),
        }
    }
    entries
}

impl Entry {
    /// The value of an entry that may be a flag.
    pub(crate) fn value(&self) -> Option<&Expr> {
        self.value.as_ref()
    }

    /// Whether this is a flag, as it has to be.
    pub(crate) fn flag(&self, errors: &mut Errors) -> Option<()> {
        match &self.value {
            None => Some(()),
            Some(value) => {
                errors.at(value, format_args!("`{}` takes no value", self.key));
                None
            }
        }
    }

    /// The value, which has to be there.
    pub(crate) fn expression(&self, errors: &mut Errors) -> Option<&Expr> {
        if self.value.is_none() {
            errors.at(
                &self.key,
                format_args!("`{0}` needs a value: `{0} = ...`", self.key),
            );
        }
        self.value.as_ref()
    }

    /// The value, which has to be a text that is not empty.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        let value = self.expression(errors)?;
        match text_literal(value) {
            Some(text) if !text.value().trim().is_empty() => return Some(text.clone()),
            Some(text) => errors.at(text, format_args!("`{}` must not be empty", self.key)),
            None => errors.at(value, format_args!("`{}` must be a text in quotes", self.key)),
        }
        None
    }

    /// The value, which has to be a word of the vocabulary.
    pub(crate) fn word(&self, vocabulary: &'static Vocabulary, errors: &mut Errors) -> Option<Word> {
        vocabulary.read(self.expression(errors)?, errors)
    }

    /// Reports a key that means nothing here.
    pub(crate) fn unknown(&self, attribute: &str, known: &[&str], errors: &mut Errors) {
        let expected = expectation(&self.key.to_string(), known);
        errors.at(
            &self.key,
            format_args!("unknown key `{}` in `#[{attribute}(...)]`, {expected}", self.key),
        );
    }
}

/// The text, if the expression is one in quotes.
pub(crate) fn text_literal(expression: &Expr) -> Option<&LitStr> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(text),
        _ => None,
    }
}

/// What a key was set to; setting it twice is a mistake.
pub(crate) struct Slot<T>(Option<(Ident, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    /// Sets the value that a key was given, if one could be read.
    pub(crate) fn set(&mut self, key: &Ident, value: Option<T>, errors: &mut Errors) {
        let Some(value) = value else { return };
        match &self.0 {
            None => self.0 = Some((key.clone(), value)),
            Some((earlier, _)) if earlier == key => errors.at(key, format_args!("`{key}` is given twice")),
            Some((earlier, _)) => errors.at(key, format_args!("`{key}` contradicts `{earlier}`")),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// The key as the user wrote it.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.0.as_ref().map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn keywords_are_keys_and_attributes_add_up() {
        let attributes = [
            parse_quote!(#[field(type = text, hidden,)]),
            parse_quote!(#[serde(skip)]),
            parse_quote!(#[field(label = "A")]),
        ];
        let mut errors = Errors::default();
        let keys: Vec<String> = entries(&attributes, "field", &mut errors)
            .iter()
            .map(|entry| entry.key.to_string())
            .collect();
        assert_eq!(keys, ["type", "hidden", "label"]);
        assert!(errors.finish().is_ok());
    }

    #[test]
    fn a_slot_tells_repetition_from_contradiction() {
        let (required, optional): (Ident, Ident) = (parse_quote!(required), parse_quote!(optional));
        let mut errors = Errors::default();
        let mut slot = Slot::default();
        slot.set(&required, Some(true), &mut errors);
        slot.set(&required, Some(true), &mut errors);
        slot.set(&optional, Some(false), &mut errors);
        assert_eq!(slot.get(), Some(&true));
        assert_eq!(
            errors.messages(),
            ["`required` is given twice", "`optional` contradicts `required`"]
        );
    }
}
