//! The code that a derive writes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use crate::choices::ChoiceEnum;
use crate::field_attributes::{Requirement, Setting};
use crate::record::{Member, Record, RecordField, Role};

/// The implementations for a struct.
pub(crate) fn record(record: &Record<'_>, role: Role) -> TokenStream {
    let ident = record.ident;
    let (parameters, arguments, conditions) = record.generics.split_for_impl();
    // The expressions of the user must not see this variable: a function of theirs may have its name.
    let fields = Ident::new("fields", Span::mixed_site());
    let members = record.members.iter().map(|one| member(one, &fields));
    let extensions = &record.extensions;
    let role_trait = match role {
        Role::Payload => quote!(::waystation_kit::Payload),
        Role::Settings => quote!(::waystation_kit::Settings),
    };
    let nesting = (role == Role::Payload).then(|| {
        quote! {
            #[automatically_derived]
            impl #parameters ::waystation_kit::FieldValue for #ident #arguments #conditions {
                const TYPE: ::waystation_kit::fields::FieldType = ::waystation_kit::fields::FieldType::Object;

                fn properties() -> ::std::option::Option<::waystation_kit::fields::Fields> {
                    ::std::option::Option::Some(<Self as ::waystation_kit::Payload>::fields())
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #parameters #role_trait for #ident #arguments #conditions {
            #[allow(unused_mut, reason = "a struct may have no fields")]
            fn fields() -> ::waystation_kit::fields::Fields {
                let mut #fields = ::waystation_kit::fields::Fields::new();
                #(#members)*
                #(::waystation_kit::derived::append(&mut #fields, &#extensions());)*
                #fields
            }
        }
        #nesting
    }
}

fn member(member: &Member<'_>, fields: &Ident) -> TokenStream {
    match member {
        Member::Own(field) => {
            let (key, definition) = (&field.key, definition(field));
            quote!(#fields.insert(#key, #definition);)
        }
        Member::Flattened(field_type) => quote! {
            ::waystation_kit::derived::append_flattened::<#field_type>(&mut #fields);
        },
    }
}

fn definition(field: &RecordField<'_>) -> TokenStream {
    let (label, field_type) = (field.label(), field.field_type);
    let attributes = &field.attributes;
    let of_type = quote!(<#field_type as ::waystation_kit::FieldValue>);
    let stated_type = attributes
        .field_type
        .get()
        .map_or_else(|| quote!(#of_type::TYPE), |stated| quote!(#stated));
    let required = requirement(field);
    let is_multiple = attributes
        .is_multiple
        .get()
        .map_or_else(|| quote!(#of_type::MULTIPLE), |is_multiple| quote!(#is_multiple));
    let choices = attributes
        .choices
        .get()
        .map_or_else(|| quote!(#of_type::choices()), |choices| quote!(#choices));
    let properties = attributes.properties.get().map_or_else(
        || quote!(#of_type::properties()),
        |properties| quote!(::std::option::Option::Some(#properties)),
    );
    let settings = settings(field);
    quote! {
        ::waystation_kit::fields::FieldDefinition {
            required: #required,
            multiple: #is_multiple,
            choices: #choices,
            properties: #properties,
            #settings
            ..::waystation_kit::fields::FieldDefinition::new(#label, #stated_type)
        }
    }
}

/// Whether the field must be given. A type that serde cannot read from nothing must not be left out, which the
/// compiler checks.
fn requirement(field: &RecordField<'_>) -> TokenStream {
    let field_type = field.field_type;
    let stated = match field.attributes.requirement.get() {
        Some(Requirement::Always) => return quote!(::waystation_kit::fields::Required::Always),
        None if field.has_default => return quote!(::waystation_kit::fields::Required::Never),
        None => {
            return quote! {
                ::waystation_kit::derived::required(<#field_type as ::waystation_kit::FieldValue>::REQUIRED)
            };
        }
        Some(Requirement::Never) => quote!(::waystation_kit::fields::Required::Never),
        Some(Requirement::Computed(computed)) => quote!(#computed),
    };
    if field.has_default {
        return stated;
    }
    let message = format!(
        "`{}` may be missing, but its type has no value for that: make it an `Option` or add `#[serde(default)]`",
        field.ident
    );
    quote_spanned! {field_type.span()=> {
        const _: () = ::std::assert!(!<#field_type as ::waystation_kit::FieldValue>::REQUIRED, #message);
        #stated
    }}
}

/// The members that are not set without being told.
fn settings(field: &RecordField<'_>) -> TokenStream {
    let attributes = &field.attributes;
    let description = Some(&field.description)
        .filter(|description| !description.is_empty())
        .map(|description| quote!(description: ::std::borrow::Cow::Borrowed(#description),));
    let some =
        |member: TokenStream, value: TokenStream| quote!(#member: ::std::option::Option::Some(#value),);
    let default = attributes
        .default
        .get()
        .map(|default| some(quote!(default), quote!(#default)));
    let minimum = attributes
        .minimum
        .get()
        .map(|minimum| some(quote!(minimum), quote!(#minimum)));
    let maximum = attributes
        .maximum
        .get()
        .map(|maximum| some(quote!(maximum), quote!(#maximum)));
    let others = attributes
        .settings
        .iter()
        .map(|Setting { member, value, .. }| quote!(#member: #value,));
    quote!(#description #default #minimum #maximum #(#others)*)
}

/// Implementations without content, for an item that does not compile anyway: `None` is for choices.
pub(crate) fn stand_in(input: &DeriveInput, role: Option<Role>) -> TokenStream {
    if input.generics.lifetimes().next().is_some() {
        // What borrows cannot be read, and so be neither.
        return TokenStream::new();
    }
    let ident = &input.ident;
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    let role_trait = role.map(|role| match role {
        Role::Payload => quote!(::waystation_kit::Payload),
        Role::Settings => quote!(::waystation_kit::Settings),
    });
    let fields = role_trait.map(|role_trait| {
        quote! {
            #[automatically_derived]
            impl #parameters #role_trait for #ident #arguments #conditions {
                fn fields() -> ::waystation_kit::fields::Fields {
                    ::waystation_kit::fields::Fields::new()
                }
            }
        }
    });
    let value = (role != Some(Role::Settings)).then(|| {
        quote! {
            #[automatically_derived]
            impl #parameters ::waystation_kit::FieldValue for #ident #arguments #conditions {
                const TYPE: ::waystation_kit::fields::FieldType = ::waystation_kit::fields::FieldType::String;
            }
        }
    });
    let visibility = &input.vis;
    let name = role.is_none().then(|| {
        quote! {
            #[automatically_derived]
            impl #parameters #ident #arguments #conditions {
                #[allow(dead_code)]
                #visibility const fn name(&self) -> &'static str {
                    ""
                }
            }
        }
    });
    quote!(#fields #value #name)
}

/// The implementations for an enum.
pub(crate) fn choices(choices: &ChoiceEnum<'_>) -> TokenStream {
    let (ident, visibility) = (choices.ident, choices.visibility);
    let labels = choices.offered().map(|variant| &variant.label);
    let values = choices.offered().map(|variant| &variant.name);
    let variants = choices.variants.iter().map(|variant| variant.ident);
    let names = choices.variants.iter().map(|variant| &variant.name);
    quote! {
        #[automatically_derived]
        impl ::waystation_kit::FieldValue for #ident {
            const TYPE: ::waystation_kit::fields::FieldType = ::waystation_kit::fields::FieldType::String;

            fn choices() -> ::std::vec::Vec<::waystation_kit::fields::Choice> {
                ::std::vec![#(::waystation_kit::fields::Choice::new(#labels, #values)),*]
            }
        }

        #[automatically_derived]
        impl #ident {
            /// The name in payloads.
            #[must_use]
            #[allow(dead_code, reason = "not every action asks for it")]
            #visibility const fn name(&self) -> &'static str {
                match self {
                    #(Self::#variants => #names,)*
                }
            }
        }
    }
}
