//! The struct that a payload or settings are derived from.

use std::fmt;

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Expr, Field, Fields, Generics, Path, Token, Type};

use crate::attribute::entries;
use crate::case::{RenameRule, title_case};
use crate::check;
use crate::docs;
use crate::errors::Errors;
use crate::field_attributes::FieldAttributes;
use crate::serde_attributes::SerdeAttributes;

/// What a struct is derived to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Payload,
    Settings,
}

impl Role {
    /// The attribute of the struct.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Settings => "settings",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Payload => "Payload",
            Self::Settings => "Settings",
        })
    }
}

/// A struct with named fields.
pub(crate) struct Record<'input> {
    pub(crate) ident: &'input Ident,
    pub(crate) generics: &'input Generics,
    pub(crate) members: Vec<Member<'input>>,
    /// Functions whose fields are appended.
    pub(crate) extensions: Vec<Path>,
}

/// What one field of the struct contributes.
pub(crate) enum Member<'input> {
    /// A field of its own.
    Own(Box<RecordField<'input>>),
    /// The fields of its type.
    Flattened(&'input Type),
}

/// A field of the struct that stands for a field of the payload.
pub(crate) struct RecordField<'input> {
    pub(crate) ident: &'input Ident,
    pub(crate) field_type: &'input Type,
    pub(crate) key: String,
    pub(crate) description: String,
    /// Whether serde reads a payload without it.
    pub(crate) has_default: bool,
    pub(crate) attributes: FieldAttributes,
}

impl<'input> Record<'input> {
    /// Reads a struct; `None` if it is none with named fields. All mistakes are in `errors`.
    pub(crate) fn read(input: &'input DeriveInput, role: Role, errors: &mut Errors) -> Option<Self> {
        if input.generics.lifetimes().next().is_some() {
            errors.at(
                &input.generics,
                format_args!("{role} cannot be derived for a type that borrows"),
            );
        }
        let extensions = extensions(input, role, errors);
        let Some(fields) = named_fields(input) else {
            errors.at(
                &input.ident,
                format_args!("{role} can only be derived for structs with named fields"),
            );
            return None;
        };
        let serde = SerdeAttributes::read(&input.attrs);
        let members = fields
            .iter()
            .filter_map(|field| Member::read(field, &serde, errors))
            .collect();
        let record = Self {
            ident: &input.ident,
            generics: &input.generics,
            members,
            extensions,
        };
        check::record(&record, errors);
        Some(record)
    }

    /// The fields that the struct has itself.
    pub(crate) fn own_fields(&self) -> impl Iterator<Item = &RecordField<'input>> {
        self.members.iter().filter_map(|member| match member {
            Member::Own(field) => Some(&**field),
            Member::Flattened(_) => None,
        })
    }
}

impl<'input> Member<'input> {
    /// `None` for what is no field at all.
    fn read(field: &'input Field, container: &SerdeAttributes, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let serde = SerdeAttributes::read(&field.attrs);
        let attributes = FieldAttributes::read(&field.attrs, errors);
        if attributes.skip.get().is_some() || serde.is_skipped {
            check::skipped(&attributes, errors);
            return None;
        }
        if serde.is_flattened {
            check::flattened(&attributes, errors);
            return Some(Self::Flattened(&field.ty));
        }
        Some(Self::Own(Box::new(RecordField {
            ident,
            field_type: &field.ty,
            key: key(ident, &serde, container.rename_all, &attributes, errors),
            description: docs::description(&field.attrs),
            has_default: serde.has_default || container.has_default,
            attributes,
        })))
    }
}

impl RecordField<'_> {
    /// The name for people.
    pub(crate) fn label(&self) -> String {
        self.attributes
            .label
            .get()
            .map_or_else(|| title_case(&self.key), syn::LitStr::value)
    }
}

fn key(
    ident: &Ident,
    serde: &SerdeAttributes,
    rename_all: Option<RenameRule>,
    attributes: &FieldAttributes,
    errors: &mut Errors,
) -> String {
    let read_by = serde.name_or(|| {
        let name = ident.unraw().to_string();
        rename_all.map_or_else(|| name.clone(), |rule| rule.apply_to_field(&name))
    });
    let Some(key) = attributes.key.get() else {
        return read_by;
    };
    let stated = key.value();
    if stated != read_by && !serde.aliases.contains(&stated) {
        errors.at(
            key,
            format_args!(
                "serde reads this field as \"{read_by}\", so no payload would fit: write \
                 `#[serde(rename = \"{stated}\")]`, which is the key as well"
            ),
        );
    }
    stated
}

fn named_fields(input: &DeriveInput) -> Option<&Punctuated<Field, Token![,]>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            _ => None,
        },
        _ => None,
    }
}

/// The paths of `#[payload(extend = ...)]`.
fn extensions(input: &DeriveInput, role: Role, errors: &mut Errors) -> Vec<Path> {
    let mut extensions = Vec::new();
    for entry in entries(&input.attrs, role.attribute(), errors) {
        if entry.key != "extend" {
            entry.unknown(role.attribute(), &["extend"], errors);
            continue;
        }
        match entry.expression(errors) {
            Some(Expr::Path(function)) => extensions.push(function.path.clone()),
            Some(other) => errors.at(
                other,
                "`extend` is the path of a function: `extend = crate::fields::batching`",
            ),
            None => {}
        }
    }
    extensions
}
