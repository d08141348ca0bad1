//! Collecting mistakes, so that none hides behind another.

use std::fmt::Display;

use quote::ToTokens;

/// The mistakes found so far. There is one for each use of a derive, and [`Errors::finish`] reads it.
#[derive(Default)]
#[must_use]
pub(crate) struct Errors {
    found: Option<syn::Error>,
}

impl Errors {
    /// Notes a mistake.
    pub(crate) fn push(&mut self, mistake: syn::Error) {
        match &mut self.found {
            Some(earlier) => earlier.combine(mistake),
            None => self.found = Some(mistake),
        }
    }

    /// Notes a mistake that these tokens of the user make.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// All mistakes in one, if there are any.
    pub(crate) fn finish(self) -> syn::Result<()> {
        self.found.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
impl Errors {
    /// The messages, in order.
    pub(crate) fn messages(self) -> Vec<String> {
        self.found
            .into_iter()
            .flatten()
            .map(|mistake| mistake.to_string())
            .collect()
    }
}
