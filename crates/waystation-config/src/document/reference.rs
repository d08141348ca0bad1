//! The reference: every setting with its default and what it means, written from the settings' own definitions.

use serde_json::Value;

use super::form::Form;
use super::section::{Section, Setting, Visitor, one_line};
use super::tables::ENABLED;

/// The longest line of a comment, in characters.
const WIDTH: usize = 118;

/// The reference being written.
pub(crate) struct Reference {
    text: String,
    /// The keys that lead to the table at hand.
    path: Vec<String>,
    /// Whether what is written is only what could be.
    is_commented: bool,
    /// Whether the tables at hand are items of a list.
    is_listed: bool,
    /// The name of the table at hand, if it has one.
    name: Option<String>,
}

impl Reference {
    /// Writes the reference of a whole file, whose values are shown in place of the defaults, which `word` explains.
    pub(crate) fn of<S: Section>(file: &S, word: &str) -> String {
        let mut reference = Self {
            text: String::new(),
            path: Vec::new(),
            is_commented: false,
            is_listed: false,
            name: None,
        };
        reference.comment(S::ABOUT);
        reference.text.push_str(word);
        reference.settings(file);
        reference.text
    }

    /// Whether what is written is only what could be.
    pub(crate) fn is_commented(&self) -> bool {
        self.is_commented
    }

    /// Whether the table at hand is part of another.
    pub(crate) fn is_nested(&self) -> bool {
        !self.path.is_empty()
    }

    /// Writes what could be written.
    pub(crate) fn commented(&mut self, write: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.is_commented, true);
        write(self);
        self.is_commented = before;
    }

    /// Writes tables that are items of a list.
    pub(crate) fn listed(&mut self, write: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.is_listed, true);
        write(self);
        self.is_listed = before;
    }

    /// Writes a table under this name.
    pub(crate) fn named(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.name = Some(name.to_owned());
        write(self);
        self.name = None;
    }

    /// Writes a setting with its value, or with its example if it has none.
    pub(crate) fn setting(&mut self, setting: &Setting, value: Option<Value>) {
        self.comment(setting.about);
        match (value, setting.example) {
            (Some(value), _) => self.line(&format!("{} = {}", setting.key, toml(&value))),
            (None, Some(example)) => {
                self.commented(|reference| reference.line(&format!("{} = {example}", setting.key)));
            }
            (None, None) => {}
        }
    }

    /// Writes a table with all of its settings. A switched one says whether it is on.
    pub(crate) fn table<S: Section>(&mut self, section: &S, setting: &Setting, switched_on: Option<bool>) {
        let depth = self.path.len();
        let is_listed = std::mem::take(&mut self.is_listed);
        self.begin_table(setting);
        let path = self.path.join(".");
        self.line(&match is_listed {
            true => format!("[[{path}]]"),
            false => format!("[{path}]"),
        });
        if let Some(on) = switched_on {
            self.line(&format!("{ENABLED} = {on}"));
        }
        self.settings(section);
        self.path.truncate(depth);
    }

    /// Says that there may be a table, which is explained elsewhere.
    pub(crate) fn mention(&mut self, setting: &Setting) {
        let depth = self.path.len();
        self.commented(|reference| {
            reference.begin_table(setting);
            let path = reference.path.join(".");
            reference.line(&format!("[{path}]"));
        });
        self.path.truncate(depth);
    }

    fn begin_table(&mut self, setting: &Setting) {
        self.text
            .push_str(if self.path.is_empty() { "\n\n" } else { "\n" });
        self.path.push(setting.key.to_owned());
        self.path.extend(self.name.take());
        self.comment(setting.about);
    }

    /// What is no table first, for whatever follows a table's header belongs to it.
    fn settings<S: Section>(&mut self, section: &S) {
        for tables in [false, true] {
            S::describe(&mut Writer {
                section,
                tables,
                reference: self,
            });
        }
    }

    fn comment(&mut self, about: &str) {
        let mut line = String::new();
        for word in one_line(about).split(' ') {
            if line.chars().count() + word.chars().count() > WIDTH {
                self.line(&line);
                line.clear();
            }
            line.push_str(if line.is_empty() { "# " } else { " " });
            line.push_str(word);
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        let mark = if self.is_commented { "# " } else { "" };
        self.text.push_str(mark);
        self.text.push_str(line);
        self.text.push('\n');
    }
}

struct Writer<'w, S> {
    section: &'w S,
    tables: bool,
    reference: &'w mut Reference,
}

impl<S> Visitor<S> for Writer<'_, S> {
    fn setting<T, F: Form<T>>(&mut self, setting: Setting, get: fn(&S) -> &T, _: fn(&mut S) -> &mut T) {
        if F::IS_TABLE == self.tables {
            F::reference(get(self.section), &setting, self.reference);
        }
    }
}

/// A value in TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(toml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Number(number) if number.is_u64() => grouped(&number.to_string()),
        other => other.to_string(),
    }
}

/// Digits in groups of three: `10_000`.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}
