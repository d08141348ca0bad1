//! Tables of settings, each defined once.
//!
//! A [`Section`] describes its settings to a [`Visitor`]: one reads them, one writes the JSON schema, one the reference,
//! one what the admin API shows. [`settings!`] makes a section of a struct, [`describes!`] of a struct of elsewhere.

use serde_json::{Map, Value, json};
use waystation_runtime::registry::nearest;

use super::findings::Findings;
use super::form::{Definitions, Form, wrong_type};
use super::spot::Spot;
use super::tables::ENABLED;
use super::tree::{Entry, Kind, Tree};
use crate::fault::Problem;

/// What is said about a setting.
pub(crate) struct Setting {
    /// Its key in the file.
    pub(crate) key: &'static str,
    /// What it means, for schema and reference; lines of a comment.
    pub(crate) about: &'static str,
    /// What to write, where there is no default.
    pub(crate) example: Option<&'static str>,
}

/// A table of settings. Its default has the default of every setting.
pub(crate) trait Section: Default {
    /// What the table is called in schemas.
    const NAME: &'static str;
    /// What the table is for; lines of a comment.
    const ABOUT: &'static str;
    /// The keys that must be there.
    const REQUIRED: &'static [&'static str] = &[];

    /// Tells of every setting.
    fn describe(visitor: &mut impl Visitor<Self>);
}

/// Is told of every setting of a section.
pub(crate) trait Visitor<S> {
    /// A setting, the form in which it is written, and where its value is.
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, get: fn(&S) -> &T, get_mut: fn(&mut S) -> &mut T);
}

/// The lines of a comment as one.
pub(crate) fn one_line(about: &str) -> String {
    let words: Vec<&str> = about.split_whitespace().collect();
    words.join(" ")
}

/// Reads a table that may be written in several layers, from the general to the particular. `others` are keys that
/// somebody else reads.
pub(crate) fn read_table<S: Section>(
    section: &mut S,
    layers: &[&Tree],
    others: &[&'static str],
    findings: &mut Findings<'_>,
) {
    let is_table = |tree: &&&Tree| matches!(tree.kind, Kind::Table(_));
    for other in layers.iter().filter(|tree| !is_table(tree)) {
        wrong_type::<()>(other, "a table", findings);
    }
    let layers: Vec<&Tree> = layers.iter().filter(is_table).copied().collect();
    let mut reader = Reader {
        section,
        layers: &layers,
        known: others.to_vec(),
        findings,
    };
    S::describe(&mut reader);
    let known = reader.known;
    for entry in layers.iter().flat_map(|layer| layer.entries()) {
        tell_if_unknown(entry, &known, findings);
    }
}

fn tell_if_unknown(entry: &Entry, known: &[&'static str], findings: &mut Findings<'_>) {
    let key = entry.key.value.as_str();
    if !known.contains(&key) {
        let problem = Problem::UnknownKey {
            nearest: nearest(key, known.iter().copied()).map(str::to_owned),
            known: known.iter().map(|key| (*key).to_owned()).collect(),
        };
        findings.add(&entry.key.spot, problem);
    }
}

struct Reader<'r, 's, S> {
    section: &'r mut S,
    layers: &'r [&'r Tree],
    known: Vec<&'static str>,
    findings: &'r mut Findings<'s>,
}

impl<S> Visitor<S> for Reader<'_, '_, S> {
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, _: fn(&S) -> &T, get_mut: fn(&mut S) -> &mut T) {
        self.known.push(setting.key);
        let written: Vec<&Tree> = self
            .layers
            .iter()
            .filter_map(|layer| layer.get(setting.key))
            .collect();
        F::read(get_mut(self.section), &written, self.findings);
    }
}

/// A reference to the schema of a section, which is among the definitions afterwards.
pub(crate) fn schema_of<S: Section>(is_switched: bool, definitions: &mut Definitions) -> Value {
    if !definitions.contains_key(S::NAME) {
        // So that it is not described within itself.
        definitions.insert(S::NAME.to_owned(), Value::Null);
        let schema = object_schema::<S>(is_switched, definitions);
        definitions.insert(S::NAME.to_owned(), schema);
    }
    json!({"$ref": format!("#/$defs/{}", S::NAME)})
}

/// The schema of a section.
pub(crate) fn object_schema<S: Section>(is_switched: bool, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    if is_switched {
        let about = "Whether this is switched on; what is written is, unless it says `false`.";
        properties.insert(
            ENABLED.to_owned(),
            json!({"type": "boolean", "description": about}),
        );
    }
    let mut writer = SchemaWriter {
        defaults: S::default(),
        properties,
        definitions,
    };
    S::describe(&mut writer);
    let mut schema = json!({
        "type": "object",
        "description": one_line(S::ABOUT),
        "properties": writer.properties,
        "additionalProperties": false,
    });
    if !S::REQUIRED.is_empty() {
        schema["required"] = json!(S::REQUIRED);
    }
    schema
}

struct SchemaWriter<'d, S> {
    defaults: S,
    properties: Map<String, Value>,
    definitions: &'d mut Definitions,
}

impl<S> Visitor<S> for SchemaWriter<'_, S> {
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, get: fn(&S) -> &T, _: fn(&mut S) -> &mut T) {
        let mut schema = F::schema(self.definitions);
        schema["description"] = one_line(setting.about).into();
        if let Some(default) = F::written(get(&self.defaults)) {
            schema["default"] = default;
        }
        self.properties.insert(setting.key.to_owned(), schema);
    }
}

/// The section as the admin API shows it.
pub(crate) fn shown<S: Section>(section: &S) -> Value {
    let mut shower = Shower {
        section,
        members: Map::new(),
    };
    S::describe(&mut shower);
    Value::Object(shower.members)
}

struct Shower<'s, S> {
    section: &'s S,
    members: Map<String, Value>,
}

impl<S> Visitor<S> for Shower<'_, S> {
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, get: fn(&S) -> &T, _: fn(&mut S) -> &mut T) {
        if let Some(value) = F::shown(get(self.section)) {
            self.members.insert(shown_key(setting.key, F::UNIT), value);
        }
    }
}

/// The JSON schema of what [`shown`] makes.
pub(crate) fn shown_schema<S: Section>() -> Value {
    let mut writer = ShownSchemaWriter {
        defaults: S::default(),
        properties: Map::new(),
        required: Vec::new(),
    };
    S::describe(&mut writer);
    json!({
        "type": "object",
        "description": one_line(S::ABOUT),
        "properties": writer.properties,
        "required": writer.required,
    })
}

struct ShownSchemaWriter<S> {
    defaults: S,
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl<S> Visitor<S> for ShownSchemaWriter<S> {
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, get: fn(&S) -> &T, _: fn(&mut S) -> &mut T) {
        let Some(mut schema) = F::shown_schema() else {
            return;
        };
        schema["description"] = one_line(setting.about).into();
        let key = shown_key(setting.key, F::UNIT);
        // What may be absent is a part that is off, or a value without default.
        if F::shown(get(&self.defaults)).is_some() && !F::MAY_BE_ABSENT {
            self.required.push(key.clone());
        }
        self.properties.insert(key, schema);
    }
}

/// `full_retry_after` and the unit `Ms` make `fullRetryAfterMs`.
fn shown_key(key: &str, unit: &str) -> String {
    let mut words = key.split('_');
    let mut shown = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        shown.push_str(&first.to_ascii_uppercase());
        shown.push_str(rest);
    }
    shown + unit
}

/// Defines structs whose fields are settings:
///
/// ```text
/// /// What the section is for.
/// pub struct Store as "Store" {
///     /// What the setting means.
///     pub max_size: u64 as Bytes = 10 << 30;
///     /// A setting without a default has an example.
///     pub name: Option<String> as Maybe<Text> = None, "\"example\"";
/// }
/// ```
///
/// `requires ["key"]` after the name tells what must be there. Settings that arrive in a struct of elsewhere follow
/// in `=> holding { field: Type; }` and `keys { key: Form => field.of.it; }`.
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident as $schema:literal $(requires $required:expr)? => {
            $(
                $(#[doc = $doc:literal])*
                $fvis:vis $key:ident: $type:ty as $form:ty = $default:expr $(, $example:literal)?;
            )*
        }
        $(=> holding {
            $($(#[doc = $held_doc:literal])* $hvis:vis $held:ident: $held_type:ty;)*
        }
        keys {
            $($(#[doc = $far_doc:literal])* $far_key:ident: $far_form:ty => $($path:ident).+ ;)*
        })?
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $($(#[doc = $doc])* $fvis $key: $type,)*
            $($($(#[doc = $held_doc])* $hvis $held: $held_type,)*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($key: $default,)*
                    $($($held: Default::default(),)*)?
                }
            }
        }

        $crate::document::describes! {
            $(#[doc = $about])*
            $name as $schema $(requires $required)? => {
                $($(#[doc = $doc])* $key: $form => $key $(, $example)?;)*
                $($($(#[doc = $far_doc])* $far_key: $far_form => $($path).+ ;)*)?
            }
        }
    )*};
}
pub(crate) use settings;

/// Describes the settings in a struct of elsewhere: `key: Form => field;`.
macro_rules! describes {
    ($(
        $(#[doc = $about:literal])*
        $type:ty as $schema:literal $(requires $required:expr)? => {
            $($(#[doc = $doc:literal])* $key:ident: $form:ty => $($path:ident).+ $(, $example:literal)?;)*
        }
    )*) => {$(
        impl $crate::document::Section for $type {
            const NAME: &'static str = $schema;
            const ABOUT: &'static str = concat!($($about, "\n"),*);
            $(const REQUIRED: &'static [&'static str] = &$required;)?

            fn describe(visitor: &mut impl $crate::document::Visitor<Self>) {
                $(visitor.setting::<_, $form>(
                    $crate::document::Setting {
                        key: stringify!($key),
                        about: concat!($($doc, "\n"),*),
                        example: [$($example,)? ""].first().copied().filter(|example| !example.is_empty()),
                    },
                    |section| &section.$($path).+,
                    |section| &mut section.$($path).+,
                );)*
            }
        }
    )*};
}
pub(crate) use describes;

/// A value that must be there; where it is not, that is told, unless it is there and cannot be read.
pub(crate) fn required<T>(
    value: Option<T>,
    key: &'static str,
    example: &'static str,
    spot: &Spot,
    findings: &mut Findings<'_>,
) -> Option<T> {
    if value.is_none() && !findings.is_told(spot, key) {
        findings.add(spot, Problem::MissingKey { key, example });
    }
    value
}
