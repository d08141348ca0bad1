//! Structs and enums for fields.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waystation_kit::fields::{FieldDefinition, FieldType, Fields, Required};

use super::attributes::{self, Written};
use super::items::Items;
use super::spelling::{self, Spelling};
use crate::names;

/// As many choices are still an enum; more are a list.
const MOST_VARIANTS: usize = 24;

/// What a struct is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// An action's payload, or an object in one.
    Payload,
    /// Settings, of which objects inside are payloads.
    Settings,
}

/// A struct to be written.
pub(crate) struct Record<'r> {
    pub(crate) name: &'r str,
    pub(crate) doc: String,
    pub(crate) role: Role,
    /// Whether it is sent as it is.
    pub(crate) is_serialized: bool,
    /// The function whose fields are appended.
    pub(crate) extend: Option<&'r str>,
    /// Whether keys that are not declared are kept.
    pub(crate) keeps_others: bool,
    pub(crate) fields: &'r Fields,
}

impl Record<'_> {
    /// The definition of the struct. What is nested in it goes into the items; their names are returned.
    pub(crate) fn write(&self, items: &mut Items) -> (String, BTreeSet<String>) {
        let mut mentions = BTreeSet::new();
        let keys: Vec<&str> = self.fields.iter().map(|(key, _)| key).collect();
        let members = spelling::members(&keys);
        let rule = spelling::rule_of_fields(&keys, &members);
        let mut body = String::new();
        for ((key, field), member) in self.fields.iter().zip(&members) {
            let (field_type, written) = self.field_type(key, field, items, &mut mentions);
            let _ = writeln!(body, "    /// {}", field.description);
            body.push_str(&attributes::of_field(&written, field));
            for attribute in self.serde_attributes(key, member, rule, &field_type) {
                let _ = writeln!(body, "    {attribute}");
            }
            let _ = writeln!(body, "    pub {}: {field_type},", names::identifier(member));
        }
        if self.keeps_others {
            let name = spelling::free("others", &members);
            let _ = writeln!(
                body,
                "    /// What else it holds.\n    #[serde(flatten)]\n    pub {name}: JsonObject,"
            );
        }
        (
            format!("{}pub struct {} {{\n{body}}}\n", self.head(rule), self.name),
            mentions,
        )
    }

    fn head(&self, rule: Option<Spelling>) -> String {
        let (role, attribute) = match self.role {
            Role::Payload => ("Payload", "payload"),
            Role::Settings => ("Settings", "settings"),
        };
        let serialize = if self.is_serialized { "Serialize, " } else { "" };
        let mut head = format!(
            "/// {}\n#[derive(Debug, {serialize}Deserialize, {role})]\n",
            self.doc
        );
        if let Some(rule) = rule {
            let _ = writeln!(head, "#[serde(rename_all = \"{}\")]", rule.name());
        }
        if let Some(function) = self.extend {
            let _ = writeln!(head, "#[{attribute}(extend = {function})]");
        }
        head
    }

    fn serde_attributes(
        &self,
        key: &str,
        member: &str,
        rule: Option<Spelling>,
        field_type: &str,
    ) -> Vec<String> {
        let mut said = Vec::new();
        if rule.map_or_else(|| member.to_owned(), |rule| rule.of_field(member)) != key {
            said.push(format!("rename = {key:?}"));
        }
        if self.is_serialized && field_type.starts_with("Option<") {
            said.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
        match said.is_empty() {
            true => Vec::new(),
            false => vec![format!("#[serde({})]", said.join(", "))],
        }
    }

    /// The Rust type of a field, and what its attribute has to say beyond it.
    fn field_type(
        &self,
        key: &str,
        field: &FieldDefinition,
        items: &mut Items,
        mentions: &mut BTreeSet<String>,
    ) -> (String, Written) {
        let mut written = Written::default();
        let plain = self.value_type(key, field, items, mentions, &mut written);
        let listed = if field.multiple {
            format!("Vec<{plain}>")
        } else {
            plain
        };
        let is_nullable = field.allow_null && !field.multiple;
        match field.required {
            Required::Always if !is_nullable => (listed, written),
            Required::Always => {
                written.says_required = true;
                (format!("Option<{listed}>"), written)
            }
            Required::Never | Required::When(_) => (format!("Option<{listed}>"), written),
        }
    }

    fn value_type(
        &self,
        key: &str,
        field: &FieldDefinition,
        items: &mut Items,
        mentions: &mut BTreeSet<String>,
        written: &mut Written,
    ) -> String {
        let one = if field.multiple {
            names::singular(key)
        } else {
            key.to_owned()
        };
        if let Some(name) = self.choices(&one, field, items, mentions, written) {
            return name;
        }
        match field.field_type {
            FieldType::String => "String".to_owned(),
            FieldType::Text => {
                written.states_type = Some("text");
                "String".to_owned()
            }
            FieldType::Number => "Number".to_owned(),
            FieldType::Integer => "i64".to_owned(),
            FieldType::Datetime => "Datetime".to_owned(),
            FieldType::Boolean => "bool".to_owned(),
            FieldType::Password => "Secret".to_owned(),
            FieldType::Object => match &field.properties {
                None => "JsonObject".to_owned(),
                Some(properties) if properties.is_empty() => {
                    written.has_no_properties = true;
                    "JsonObject".to_owned()
                }
                Some(properties) => {
                    let name = self.nested(&one, field, properties, items);
                    mentions.insert(name.clone());
                    name
                }
            },
        }
    }

    /// A struct for an object inside this one.
    fn nested(&self, key: &str, field: &FieldDefinition, properties: &Fields, items: &mut Items) -> String {
        let name = items.name(&names::pascal(key), self.name);
        let record = Record {
            name: &name,
            doc: field.description.clone().into_owned(),
            role: Role::Payload,
            is_serialized: self.is_serialized,
            extend: None,
            keeps_others: field.additional_properties,
            fields: properties,
        };
        let (code, mentions) = record.write(items);
        items.add(name.clone(), code, mentions);
        name
    }

    /// An enum for a closed set of texts; other choices are listed in the attribute.
    fn choices(
        &self,
        key: &str,
        field: &FieldDefinition,
        items: &mut Items,
        mentions: &mut BTreeSet<String>,
        written: &mut Written,
    ) -> Option<String> {
        if field.choices.is_empty() {
            return None;
        }
        let texts: Option<Vec<&str>> = field.choices.iter().map(|choice| choice.value.as_str()).collect();
        let texts = texts.filter(|texts| {
            let distinct: BTreeSet<&&str> = texts.iter().collect();
            field.field_type == FieldType::String && distinct.len() == texts.len()
        });
        match texts {
            Some(texts) if texts.len() <= MOST_VARIANTS => {
                let name = items.name(&names::pascal(key), self.name);
                let code = choice_enum(&name, &field.description, &texts, self.is_serialized);
                items.add(name.clone(), code, BTreeSet::new());
                mentions.insert(name.clone());
                Some(name)
            }
            Some(texts) => {
                let function = items.name(
                    &format!("{}_choices", names::snake(key)),
                    &names::snake(self.name),
                );
                items.add(
                    function.clone(),
                    choice_list(&function, key, &texts),
                    BTreeSet::new(),
                );
                mentions.insert(function.clone());
                written.choices = Some(format!("{function}()"));
                None
            }
            None => {
                written.choices = Some(attributes::listed_choices(&field.choices));
                None
            }
        }
    }
}

fn choice_enum(name: &str, doc: &str, texts: &[&str], is_serialized: bool) -> String {
    let variants = spelling::variants(texts);
    let idents: Vec<&str> = variants.iter().map(|(ident, _)| ident.as_str()).collect();
    let rule = spelling::rule_of_variants(texts, &idents);
    let serialize = if is_serialized { "Serialize, " } else { "" };
    let mut code =
        format!("/// {doc}\n#[derive(Debug, Clone, Copy, PartialEq, Eq, {serialize}Deserialize, Choices)]\n");
    if let Some(rule) = rule {
        let _ = writeln!(code, "#[serde(rename_all = \"{}\")]", rule.name());
    }
    let _ = writeln!(code, "pub enum {name} {{");
    for (text, (ident, is_telling)) in texts.iter().zip(&variants) {
        let shown = text.replace('`', "'");
        let doc = if shown.trim().is_empty() {
            "Nothing.".to_owned()
        } else {
            format!("`{}`.", shown.trim())
        };
        let _ = writeln!(code, "    /// {doc}");
        if !is_telling {
            let label = if shown.trim().is_empty() { "None" } else { text };
            let _ = writeln!(code, "    #[choice(label = {label:?})]");
        }
        if rule.map_or_else(|| ident.clone(), |rule| rule.of_variant(ident)) != *text {
            let _ = writeln!(code, "    #[serde(rename = {text:?})]");
        }
        let _ = writeln!(code, "    {ident},");
    }
    code.push_str("}\n");
    code
}

fn choice_list(function: &str, key: &str, texts: &[&str]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| super::literal::text(text)).collect();
    format!(
        "/// The choices of the {}.\nfn {function}() -> Vec<Choice> {{\n[{}].map(Choice::from).to_vec()\n}}\n",
        names::prose(key),
        texts.join(", ")
    )
}
