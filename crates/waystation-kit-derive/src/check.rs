//! Rules across attributes and across fields.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::errors::Errors;
use crate::field_attributes::FieldAttributes;
use crate::record::{Record, RecordField};

/// Checks a whole struct.
pub(crate) fn record(record: &Record<'_>, errors: &mut Errors) {
    let mut keys: HashMap<&str, &Ident> = HashMap::new();
    for field in record.own_fields() {
        bounds(&field.attributes, errors);
        objects(&field.attributes, errors);
        recursion(field, record.ident, errors);
        match keys.get(field.key.as_str()) {
            Some(other) => {
                let message = format!("`{other}` already has the key \"{}\"", field.key);
                match field.attributes.key.get() {
                    Some(written) => errors.at(written, message),
                    None => errors.at(field.ident, message),
                }
            }
            None => {
                keys.insert(&field.key, field.ident);
            }
        }
    }
}

/// A field that is left out has nothing else to say.
pub(crate) fn skipped(attributes: &FieldAttributes, errors: &mut Errors) {
    for key in attributes.keys() {
        errors.at(
            key,
            format_args!("`{key}` says something about a field that is skipped"),
        );
    }
}

/// A flattened field stands for others, which say it all themselves.
pub(crate) fn flattened(attributes: &FieldAttributes, errors: &mut Errors) {
    for key in attributes.keys() {
        errors.at(
            key,
            format_args!("`{key}` belongs to the fields inside: a flattened field is none itself"),
        );
    }
}

fn bounds(attributes: &FieldAttributes, errors: &mut Errors) {
    let (Some(minimum), Some(maximum)) = (attributes.minimum.get(), attributes.maximum.get()) else {
        return;
    };
    if let (Some(least), Some(greatest)) = (minimum.known(), maximum.known())
        && least > greatest
    {
        errors.at(
            minimum.written(),
            format_args!("the minimum {least} is above the maximum {greatest}"),
        );
    }
}

/// What only objects have.
fn objects(attributes: &FieldAttributes, errors: &mut Errors) {
    if attributes
        .field_type
        .get()
        .is_none_or(|field_type| field_type.is("object"))
    {
        return;
    }
    let of_objects = ["properties", "object_ui", "additional_properties"];
    for key in attributes
        .keys()
        .filter(|key| of_objects.iter().any(|of_object| *key == of_object))
    {
        errors.at(key, format_args!("`{key}` is for fields with `type = object`"));
    }
}

/// A struct that lists its own fields inside itself would never come to an end.
fn recursion(field: &RecordField<'_>, record: &Ident, errors: &mut Errors) {
    if field.attributes.properties.get().is_none() && names(field.field_type.to_token_stream(), record) {
        let message = format!("`{record}` contains itself: give this field `properties = ...` of its own");
        errors.at(field.field_type, message);
    }
}

/// Whether the name stands in the tokens, other than at the end of a longer path.
fn names(tokens: TokenStream, name: &Ident) -> bool {
    let mut after_colon = false;
    tokens.into_iter().any(|token| {
        let is_named = match &token {
            TokenTree::Ident(ident) => !after_colon && (ident == name || ident == "Self"),
            TokenTree::Group(group) => names(group.stream(), name),
            _ => false,
        };
        after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
        is_named
    })
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn names_are_found_inside_types() {
        let name: Ident = parse_quote!(Node);
        for own in ["Node", "Vec<Node>", "Option<Box<Self>>", "(u8, [Node; 2])"] {
            assert!(names(own.parse().unwrap(), &name), "{own}");
        }
        for other in ["Nodes", "tree::Node", "Vec<String>"] {
            assert!(!names(other.parse().unwrap(), &name), "{other}");
        }
    }
}
