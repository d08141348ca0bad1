//! What `#[field(...)]` says.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr};

use crate::attribute::{Entry, Slot, entries};
use crate::bounds::Bound;
use crate::choice_list::ChoiceList;
use crate::default_value::DefaultValue;
use crate::errors::Errors;
use crate::vocabulary::{
    CATEGORIES, DISPLAY_MODES, FIELD_TYPES, FORMATS, INPUT_METHODS, OBJECT_EDITORS, Vocabulary, Word,
};

/// What `#[field(...)]` says; what it leaves open follows from the field's type.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) label: Slot<LitStr>,
    pub(crate) key: Slot<LitStr>,
    pub(crate) field_type: Slot<Word>,
    pub(crate) requirement: Slot<Requirement>,
    pub(crate) is_multiple: Slot<bool>,
    pub(crate) choices: Slot<ChoiceList>,
    pub(crate) properties: Slot<Expr>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) minimum: Slot<Bound>,
    pub(crate) maximum: Slot<Bound>,
    pub(crate) skip: Slot<()>,
    /// The rest, which goes into the definition as it is.
    pub(crate) settings: Vec<Setting>,
}

/// Whether the field must be given.
pub(crate) enum Requirement {
    Always,
    Never,
    /// An expression of type `Required`.
    Computed(Expr),
}

/// A member of the definition, and what it is set to.
pub(crate) struct Setting {
    key: Ident,
    pub(crate) member: Ident,
    pub(crate) value: TokenStream,
}

/// How the value of a [`Setting`] is written.
enum Form {
    Flag,
    Text,
    Expression,
    Word(&'static Vocabulary),
    Words(&'static Vocabulary),
}

/// The keys that need no further thought: key, member of the definition, form.
static PLAIN_KEYS: [(&str, &str, Form); 12] = [
    ("format", "format", Form::Word(&FORMATS)),
    ("allow_null", "allow_null", Form::Flag),
    ("additional_properties", "additional_properties", Form::Flag),
    ("dynamic", "dynamic", Form::Flag),
    ("hidden", "hidden", Form::Flag),
    ("read_only", "read_only", Form::Flag),
    ("category", "category", Form::Word(&CATEGORIES)),
    ("depends_on", "depends_on", Form::Expression),
    ("placeholder", "placeholder", Form::Text),
    ("object_ui", "default_object_ui", Form::Word(&OBJECT_EDITORS)),
    ("display_mode", "display_mode", Form::Word(&DISPLAY_MODES)),
    (
        "disabled_input_methods",
        "disabled_input_methods",
        Form::Words(&INPUT_METHODS),
    ),
];

/// The keys that shape the field.
const SHAPING_KEYS: [&str; 13] = [
    "label",
    "key",
    "type",
    "required",
    "optional",
    "multiple",
    "single",
    "choices",
    "properties",
    "default",
    "minimum",
    "maximum",
    "skip",
];

impl FieldAttributes {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut field = Self::default();
        for entry in entries(attributes, "field", errors) {
            field.apply(&entry, errors);
        }
        field
    }

    fn apply(&mut self, entry: &Entry, errors: &mut Errors) {
        let key = &entry.key;
        match key.to_string().as_str() {
            "label" => self.label.set(key, entry.text(errors), errors),
            "key" => self.key.set(key, entry.text(errors), errors),
            "type" => self.field_type.set(key, entry.word(&FIELD_TYPES, errors), errors),
            "required" => self.requirement.set(key, Some(Requirement::read(entry)), errors),
            "optional" => {
                let never = entry.flag(errors).map(|()| Requirement::Never);
                self.requirement.set(key, never, errors);
            }
            "multiple" => self
                .is_multiple
                .set(key, entry.flag(errors).map(|()| true), errors),
            "single" => self
                .is_multiple
                .set(key, entry.flag(errors).map(|()| false), errors),
            "skip" => self.skip.set(key, entry.flag(errors), errors),
            _ => self.apply_value(entry, errors),
        }
    }

    fn apply_value(&mut self, entry: &Entry, errors: &mut Errors) {
        let key = &entry.key;
        let name = key.to_string();
        if let Some((_, member, form)) = PLAIN_KEYS.iter().find(|(plain, ..)| *plain == name) {
            return self.add_setting(entry, member, form, errors);
        }
        if !SHAPING_KEYS.contains(&name.as_str()) {
            let plain = PLAIN_KEYS.iter().map(|(plain, ..)| *plain);
            let known: Vec<&str> = SHAPING_KEYS.into_iter().chain(plain).collect();
            return entry.unknown("field", &known, errors);
        }
        let Some(value) = entry.expression(errors) else {
            return;
        };
        match name.as_str() {
            "choices" => self.choices.set(key, ChoiceList::read(value, errors), errors),
            "properties" => self.properties.set(key, Some(value.clone()), errors),
            "default" => self.default.set(key, DefaultValue::read(value, errors), errors),
            "minimum" => self.minimum.set(key, Some(Bound::read(value)), errors),
            _ => self.maximum.set(key, Some(Bound::read(value)), errors),
        }
    }

    fn add_setting(&mut self, entry: &Entry, member: &str, form: &Form, errors: &mut Errors) {
        if self.settings.iter().any(|setting| setting.key == entry.key) {
            return errors.at(&entry.key, format_args!("`{}` is given twice", entry.key));
        }
        if let Some(value) = form.read(entry, errors) {
            self.settings.push(Setting {
                key: entry.key.clone(),
                member: Ident::new(member, Span::call_site()),
                value,
            });
        }
    }

    /// The keys that were used, as the user wrote them.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Ident> {
        let shaping = [
            self.label.key(),
            self.key.key(),
            self.field_type.key(),
            self.requirement.key(),
            self.is_multiple.key(),
            self.choices.key(),
            self.properties.key(),
            self.default.key(),
            self.minimum.key(),
            self.maximum.key(),
        ];
        shaping
            .into_iter()
            .flatten()
            .chain(self.settings.iter().map(|setting| &setting.key))
    }
}

impl Requirement {
    fn read(entry: &Entry) -> Self {
        match entry.value() {
            None => Self::Always,
            Some(Expr::Lit(ExprLit {
                lit: Lit::Bool(always),
                ..
            })) => {
                if always.value {
                    Self::Always
                } else {
                    Self::Never
                }
            }
            Some(computed) => Self::Computed(computed.clone()),
        }
    }
}

impl Form {
    /// The value of the member; `None` after a mistake.
    fn read(&self, entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
        let some = |value: TokenStream| quote!(::std::option::Option::Some(#value));
        match self {
            Self::Flag => entry.flag(errors).map(|()| quote!(true)),
            Self::Text => entry
                .text(errors)
                .map(|text| some(quote!(::std::borrow::Cow::Borrowed(#text)))),
            Self::Expression => entry
                .expression(errors)
                .map(|value| some(value.to_token_stream())),
            Self::Word(vocabulary) => entry
                .word(vocabulary, errors)
                .map(|word| some(word.to_token_stream())),
            Self::Words(vocabulary) => words(entry, vocabulary, errors),
        }
    }
}

fn words(entry: &Entry, vocabulary: &'static Vocabulary, errors: &mut Errors) -> Option<TokenStream> {
    let value = entry.expression(errors)?;
    let Expr::Array(list) = value else {
        errors.at(
            value,
            format_args!("`{}` is a list: `{} = [...]`", entry.key, entry.key),
        );
        return None;
    };
    let words: Vec<Word> = list
        .elems
        .iter()
        .filter_map(|word| vocabulary.read(word, errors))
        .collect();
    Some(quote!(::std::vec![#(#words),*]))
}
