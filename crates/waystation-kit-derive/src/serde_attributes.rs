//! What serde's attributes say about reading: names, defaults, and what is left out.
//!
//! Serde reports its own mistakes; whatever is not understood here is passed over.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr, Token, parenthesized};

use crate::case::RenameRule;

/// Serde's attributes of a struct, an enum, a field or a variant.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SerdeAttributes {
    /// The name to read by.
    pub(crate) rename: Option<String>,
    /// Other names that are read as well.
    pub(crate) aliases: Vec<String>,
    /// How the names inside are spelt.
    pub(crate) rename_all: Option<RenameRule>,
    /// Whether it may be missing.
    pub(crate) has_default: bool,
    /// Whether it is never read.
    pub(crate) is_skipped: bool,
    /// Whether the fields inside take its place.
    pub(crate) is_flattened: bool,
    /// Whether it stands for every name that is not known.
    pub(crate) is_catch_all: bool,
}

impl SerdeAttributes {
    pub(crate) fn read(attributes: &[Attribute]) -> Self {
        let mut serde = Self::default();
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"))
        {
            // An attribute that cannot be read to its end is serde's to report.
            let _ = attribute.parse_nested_meta(|meta| serde.apply(&meta));
        }
        serde
    }

    fn apply(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let Some(key) = meta.path.get_ident().map(ToString::to_string) else {
            return pass_over(meta);
        };
        match key.as_str() {
            "rename" => self.rename = name(meta)?.or(self.rename.take()),
            "rename_all" => {
                let rule = name(meta)?.as_deref().and_then(RenameRule::from_name);
                self.rename_all = rule.or(self.rename_all);
            }
            "alias" => self.aliases.extend(name(meta)?),
            "skip" | "skip_deserializing" => self.is_skipped = true,
            "flatten" => self.is_flattened = true,
            "other" => self.is_catch_all = true,
            "default" => {
                self.has_default = true;
                pass_over(meta)?;
            }
            _ => pass_over(meta)?,
        }
        Ok(())
    }

    /// The name of a field or variant that is read by it.
    pub(crate) fn name_or(&self, otherwise: impl FnOnce() -> String) -> String {
        self.rename.clone().unwrap_or_else(otherwise)
    }
}

/// `= "name"`, or `(deserialize = "name")` in a list.
fn name(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<String>> {
    if meta.input.peek(Token![=]) {
        return Ok(Some(meta.value()?.parse::<LitStr>()?.value()));
    }
    let mut read_by = None;
    meta.parse_nested_meta(|direction| {
        let name = direction.value()?.parse::<LitStr>()?.value();
        if direction.path.is_ident("deserialize") {
            read_by = Some(name);
        }
        Ok(())
    })?;
    Ok(read_by)
}

fn pass_over(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn names_are_those_that_are_read() {
        let serde = SerdeAttributes::read(&[
            parse_quote!(#[serde(bound(deserialize = "T: Default"), default = "none", rename = "a")]),
            parse_quote!(#[serde(rename_all(serialize = "UPPERCASE", deserialize = "camelCase"))]),
        ]);
        assert_eq!(serde.rename.as_deref(), Some("a"));
        assert_eq!(serde.rename_all, Some(RenameRule::Camel));
        assert!(serde.has_default);
        let written = SerdeAttributes::read(&[parse_quote!(#[serde(rename(serialize = "b"))])]);
        assert_eq!(written.rename, None);
    }

    #[test]
    fn what_is_left_out() {
        let serde = SerdeAttributes::read(&[parse_quote!(#[serde(with = "x", skip_deserializing)])]);
        assert!(serde.is_skipped && !serde.is_flattened);
        let serde = SerdeAttributes::read(&[parse_quote!(#[serde(flatten)]), parse_quote!(#[serde(other)])]);
        assert!(serde.is_flattened && serde.is_catch_all && !serde.is_skipped);
        let written = SerdeAttributes::read(&[parse_quote!(#[serde(skip_serializing_if = "x")])]);
        assert_eq!(written, SerdeAttributes::default());
    }
}
