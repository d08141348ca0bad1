//! The enum that choices are derived from.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, LitStr, Variant, Visibility};

use crate::attribute::{Slot, entries};
use crate::case::{RenameRule, title_case};
use crate::errors::Errors;
use crate::serde_attributes::SerdeAttributes;

/// An enum of plain variants.
pub(crate) struct ChoiceEnum<'input> {
    pub(crate) ident: &'input Ident,
    pub(crate) visibility: &'input Visibility,
    pub(crate) variants: Vec<ChoiceVariant<'input>>,
}

/// One variant.
pub(crate) struct ChoiceVariant<'input> {
    pub(crate) ident: &'input Ident,
    /// The name that serde reads it by.
    pub(crate) name: String,
    /// The name for people.
    pub(crate) label: String,
    /// Whether it may be chosen.
    pub(crate) is_offered: bool,
}

impl<'input> ChoiceEnum<'input> {
    /// Reads an enum; `None` if it is none. All mistakes are in `errors`.
    pub(crate) fn read(input: &'input DeriveInput, errors: &mut Errors) -> Option<Self> {
        let Data::Enum(data) = &input.data else {
            errors.at(&input.ident, "Choices can only be derived for enums");
            return None;
        };
        if !input.generics.params.is_empty() {
            errors.at(
                &input.generics,
                "Choices cannot be derived for a type with parameters",
            );
        }
        let rename_all = SerdeAttributes::read(&input.attrs).rename_all;
        let variants: Vec<_> = data
            .variants
            .iter()
            .map(|variant| ChoiceVariant::read(variant, rename_all, errors))
            .collect();
        if !variants.iter().any(|variant| variant.is_offered) {
            errors.at(&input.ident, "there is no variant to choose");
        }
        report_repetitions(&variants, errors);
        Some(Self {
            ident: &input.ident,
            visibility: &input.vis,
            variants,
        })
    }

    /// The variants that may be chosen.
    pub(crate) fn offered(&self) -> impl Iterator<Item = &ChoiceVariant<'input>> {
        self.variants.iter().filter(|variant| variant.is_offered)
    }
}

impl<'input> ChoiceVariant<'input> {
    fn read(variant: &'input Variant, rename_all: Option<RenameRule>, errors: &mut Errors) -> Self {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(&variant.fields, "a choice is a variant without fields");
        }
        let serde = SerdeAttributes::read(&variant.attrs);
        let rust_name = variant.ident.unraw().to_string();
        let label = label(variant, errors);
        Self {
            ident: &variant.ident,
            name: serde.name_or(|| {
                rename_all.map_or_else(|| rust_name.clone(), |rule| rule.apply_to_variant(&rust_name))
            }),
            label: label.get().map_or_else(|| title_case(&rust_name), LitStr::value),
            is_offered: !serde.is_skipped && !serde.is_catch_all,
        }
    }
}

fn label(variant: &Variant, errors: &mut Errors) -> Slot<LitStr> {
    let mut label = Slot::default();
    for entry in entries(&variant.attrs, "choice", errors) {
        if entry.key == "label" {
            label.set(&entry.key, entry.text(errors), errors);
        } else {
            entry.unknown("choice", &["label"], errors);
        }
    }
    label
}

fn report_repetitions(variants: &[ChoiceVariant<'_>], errors: &mut Errors) {
    for (position, variant) in variants.iter().enumerate() {
        if let Some(earlier) = variants[..position]
            .iter()
            .find(|earlier| earlier.name == variant.name)
        {
            errors.at(
                variant.ident,
                format_args!("`{}` already has the name \"{}\"", earlier.ident, variant.name),
            );
        }
    }
}
