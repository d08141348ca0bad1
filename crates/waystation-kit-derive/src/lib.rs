//! Derives field definitions from typed payloads and settings.
//!
//! Authors meet these macros as `waystation_kit::{Payload, Settings, Choices}`, next to the traits of the
//! same names. A derive reads the item once into a description of it, reports every mistake it finds at
//! the token that made it, and writes the implementation only if there is none.
#![forbid(unsafe_code)]

mod attribute;
mod bounds;
mod case;
mod check;
mod choice_list;
mod choices;
mod default_value;
mod docs;
mod errors;
mod field_attributes;
mod generate;
mod record;
mod serde_attributes;
mod vocabulary;

use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use choices::ChoiceEnum;
use errors::Errors;
use record::{Record, Role};

/// Implements `Payload` and `FieldValue` for a struct, from its fields.
///
/// # On the struct: `#[payload(...)]`
///
/// | key | meaning |
/// | --- | --- |
/// | `extend = path::to::function` | appends the `Fields` that the function returns; may be repeated |
///
/// # On a field: `#[field(...)]`
///
/// Nothing is needed: what is not said follows from the field itself. The doc comment is the description,
/// the lines of a paragraph joined.
///
/// | key | meaning | otherwise |
/// | --- | --- | --- |
/// | `label = "..."` | the name for people | the key in title case |
/// | `key = "..."` | the key in payloads | serde's name of the field |
/// | `type = text` | `string`, `text`, `number`, `integer`, `datetime`, `boolean`, `password`, `object` | `FieldValue::TYPE` |
/// | `required`, `optional`, `required = Required::When(...)` | whether it must be given | `optional` if serde has a default, else `FieldValue::REQUIRED` |
/// | `multiple`, `single` | whether it is a list | `FieldValue::MULTIPLE` |
/// | `choices = ["a", ("Label", "b")]`, `choices = expression` | the only values allowed | `FieldValue::choices()` |
/// | `properties = expression` | the fields inside an object | `FieldValue::properties()` |
/// | `default = ...` | what a new mapping suggests, see below | nothing |
/// | `format = email` | what a text must look like: `date`, `time`, `date_time`, `date_like`, `uri`, `uri_reference`, `uri_template`, `email`, `hostname`, `ipv4`, `ipv6`, `regex`, `uuid`, `json_pointer`, `password`, `text` | anything |
/// | `minimum = 2`, `maximum = 100` | limits of a number, or of the length of a text | none |
/// | `allow_null`, `additional_properties`, `dynamic`, `hidden`, `read_only` | as in `FieldDefinition` | not so |
/// | `category = hashed_pii` | `identifier`, `data`, `internal`, `config`, `sync`, `hashed_pii` | none |
/// | `depends_on = Conditions::all([...])` | when user interfaces show it | always |
/// | `placeholder = "..."` | an example of what to enter | none |
/// | `object_ui = key_value` | `key_value`, `object`, `key_value_only`, `object_only`, `list` | none |
/// | `display_mode = collapsed` | `expanded`, `normal`, `collapsed` | none |
/// | `disabled_input_methods = [literal]` | `literal`, `variable`, `function`, `enrichment`, `freeform` | none |
/// | `skip` | there is no such field | – |
///
/// Defaults are `path("$.userId")`, `template("{{properties.name}}")`, `first_of("$.a", "$.b")` for the first
/// path that exists, or any expression that converts into a `serde_json::Value`.
///
/// # Siblings
///
/// A struct may have type parameters, so that actions that differ by little share one definition:
///
/// ```ignore
/// /// What tells the siblings apart.
/// pub trait Kind: Send + Sync + 'static {
///     const SLUG: &'static str;
///     fn items() -> Value;
/// }
///
/// #[derive(Debug, Deserialize, Payload)]
/// #[serde(bound = "")]
/// pub struct CartEvent<K: Kind> {
///     /// What is in the cart.
///     #[field(label = "Products", default = K::items())]
///     pub items: Vec<Item>,
///     #[serde(skip)]
///     kind: PhantomData<K>,
/// }
///
/// impl<K: Kind> ActionInfo<Acme> for CartEvent<K> {
///     const SLUG: &'static str = K::SLUG;
///     // ...
/// }
/// ```
///
/// A field with `#[serde(flatten)]` stands for the fields of its type, at its place. One that serde skips is no
/// field.
///
/// ```ignore
/// /// Tracks what a person did.
/// #[derive(Debug, Deserialize, Payload)]
/// #[payload(extend = crate::fields::batching)]
/// pub struct TrackEvent {
///     /// The person's identifier in your workspace.
///     #[field(label = "Person ID", default = path("$.userId"))]
///     pub id: Option<String>,
/// }
/// ```
#[proc_macro_derive(Payload, attributes(payload, field))]
pub fn derive_payload(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(
        |errors| derive_record(&input, Role::Payload, errors),
        || generate::stand_in(&input, Some(Role::Payload)),
    )
}

/// Implements `Settings` for a struct, from its fields, which are described as for `Payload`. What stands in
/// `#[payload(...)]` there stands in `#[settings(...)]` here.
#[proc_macro_derive(Settings, attributes(settings, field))]
pub fn derive_settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(
        |errors| derive_record(&input, Role::Settings, errors),
        || generate::stand_in(&input, Some(Role::Settings)),
    )
}

/// Implements `FieldValue` for an enum of plain variants: a text with one choice for each variant, under the
/// name that serde reads it by. `name()` gives that name.
///
/// The label of a choice is the variant in title case, or what `#[choice(label = "...")]` says. Variants that
/// serde skips, and the catch-all `#[serde(other)]`, are not offered.
#[proc_macro_derive(Choices, attributes(choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(
        |errors| Some(generate::choices(&ChoiceEnum::read(&input, errors)?)),
        || generate::stand_in(&input, None),
    )
}

fn derive_record(input: &DeriveInput, role: Role, errors: &mut Errors) -> Option<proc_macro2::TokenStream> {
    Some(generate::record(&Record::read(input, role, errors)?, role))
}

/// The code, in a scope of its own; or every mistake that was found on the way to it, with a stand-in for the code, so that
/// the compiler does not add that there is none.
fn expand(
    derive: impl FnOnce(&mut Errors) -> Option<proc_macro2::TokenStream>,
    stand_in: impl FnOnce() -> proc_macro2::TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let code = derive(&mut errors);
    match errors.finish() {
        Ok(()) => quote!(#[doc(hidden)] const _: () = { #code };).into(),
        Err(mistakes) => {
            let (mistakes, stand_in) = (mistakes.into_compile_error(), stand_in());
            quote!(#mistakes #[doc(hidden)] const _: () = { #stand_in };).into()
        }
    }
}
