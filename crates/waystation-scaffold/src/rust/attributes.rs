//! The attributes of fields.

use serde_json::Value;
use waystation_kit::fields::{
    Category, Choice, DisplayMode, FieldDefinition, Format, InputMethod, ObjectEditor, Required,
};

use super::literal;
use crate::names;

/// How wide a line may be, less the indentation.
const WIDTH: usize = 106;

/// What the attribute has to say because the type does not.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) says_required: bool,
    pub(crate) states_type: Option<&'static str>,
    pub(crate) has_no_properties: bool,
    pub(crate) choices: Option<String>,
}

/// The attribute of a field, with its indentation and line break.
pub(crate) fn of_field(written: &Written, field: &FieldDefinition) -> String {
    let mut said = vec![format!("label = {}", literal::text(&field.label))];
    said.extend(written.states_type.map(|stated| format!("type = {stated}")));
    match &field.required {
        Required::Always if written.says_required => said.push("required".to_owned()),
        Required::When(conditions) => {
            said.push(format!(
                "required = Required::When({})",
                literal::conditions(conditions)
            ));
        }
        _ => {}
    }
    said.extend(
        written
            .choices
            .as_ref()
            .map(|choices| format!("choices = {choices}")),
    );
    if written.has_no_properties {
        said.push("properties = Fields::new()".to_owned());
    }
    said.extend(
        field
            .default
            .as_ref()
            .map(|default| format!("default = {}", literal::default(default, 8))),
    );
    said.extend(field.format.map(|known| format!("format = {}", format(known))));
    said.extend(
        field
            .minimum
            .map(|limit| format!("minimum = {}", literal::limit(limit))),
    );
    said.extend(
        field
            .maximum
            .map(|limit| format!("maximum = {}", literal::limit(limit))),
    );
    for (flag, is_set) in [
        ("allow_null", field.allow_null),
        ("additional_properties", field.additional_properties),
        ("dynamic", field.dynamic),
        ("hidden", field.hidden),
        ("read_only", field.read_only),
    ] {
        said.extend(is_set.then(|| flag.to_owned()));
    }
    said.extend(
        field
            .category
            .map(|known| format!("category = {}", category(known))),
    );
    said.extend(
        field
            .depends_on
            .as_ref()
            .map(|known| format!("depends_on = {}", literal::conditions(known))),
    );
    said.extend(
        field
            .default_object_ui
            .map(|known| format!("object_ui = {}", editor(known))),
    );
    said.extend(
        field
            .display_mode
            .map(|known| format!("display_mode = {}", display_mode(known))),
    );
    if !field.disabled_input_methods.is_empty() {
        let methods: Vec<&str> = field
            .disabled_input_methods
            .iter()
            .map(|method| input_method(*method))
            .collect();
        said.push(format!("disabled_input_methods = [{}]", methods.join(", ")));
    }
    laid_out(&said)
}

fn laid_out(said: &[String]) -> String {
    let line = format!("#[field({})]", said.join(", "));
    if line.len() <= WIDTH && !line.contains('\n') {
        return format!("    {line}\n");
    }
    let lines: String = said.iter().map(|one| format!("        {one},\n")).collect();
    // A trailing comma is no mistake, and is what hands write.
    format!("    #[field(\n{lines}    )]\n")
}

/// Choices that are no enum, in the attribute.
pub(crate) fn listed_choices(choices: &[Choice]) -> String {
    let values: Vec<&Value> = choices.iter().map(|choice| &choice.value).collect();
    let is_repeated = values
        .iter()
        .enumerate()
        .any(|(place, value)| values[..place].contains(value));
    let written = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) | Value::Null => {
            format!(
                "Choice::new({:?}, {})",
                value.to_string(),
                literal::json_value(value, 8)
            )
        }
        Value::Number(number)
            if number
                .as_i64()
                .is_none_or(|whole| whole < 0 || i32::try_from(whole).is_err()) =>
        {
            format!("({:?}, {})", value.to_string(), literal::value(value, 8))
        }
        _ => literal::value(value, 8),
    };
    if is_repeated {
        let all = values.iter().map(|value| {
            format!(
                "Choice::new({:?}, {})",
                names::label(&value.to_string()),
                literal::value(value, 8)
            )
        });
        return format!("vec![{}]", all.collect::<Vec<_>>().join(", "));
    }
    let all: Vec<String> = values.into_iter().map(written).collect();
    format!("[{}]", all.join(", "))
}

const fn format(format: Format) -> &'static str {
    match format {
        Format::Date => "date",
        Format::Time => "time",
        Format::DateTime => "date_time",
        Format::DateLike => "date_like",
        Format::Uri => "uri",
        Format::UriReference => "uri_reference",
        Format::UriTemplate => "uri_template",
        Format::Email => "email",
        Format::Hostname => "hostname",
        Format::Ipv4 => "ipv4",
        Format::Ipv6 => "ipv6",
        Format::Regex => "regex",
        Format::Uuid => "uuid",
        Format::JsonPointer => "json_pointer",
        Format::Password => "password",
        Format::Text => "text",
    }
}

const fn category(category: Category) -> &'static str {
    match category {
        Category::Identifier => "identifier",
        Category::Data => "data",
        Category::Internal => "internal",
        Category::Config => "config",
        Category::Sync => "sync",
        Category::HashedPii => "hashed_pii",
    }
}

const fn editor(editor: ObjectEditor) -> &'static str {
    match editor {
        ObjectEditor::KeyValue => "key_value",
        ObjectEditor::Object => "object",
        ObjectEditor::KeyValueOnly => "key_value_only",
        ObjectEditor::ObjectOnly => "object_only",
        ObjectEditor::List => "list",
    }
}

const fn display_mode(mode: DisplayMode) -> &'static str {
    match mode {
        DisplayMode::Expanded => "expanded",
        DisplayMode::Normal => "normal",
        DisplayMode::Collapsed => "collapsed",
    }
}

const fn input_method(method: InputMethod) -> &'static str {
    match method {
        InputMethod::Literal => "literal",
        InputMethod::Variable => "variable",
        InputMethod::Function => "function",
        InputMethod::Enrichment => "enrichment",
        InputMethod::Freeform => "freeform",
    }
}
