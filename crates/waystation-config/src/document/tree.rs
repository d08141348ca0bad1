//! A parsed file in which every value knows its place.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, de::DeInteger};

use super::findings::Findings;
use super::source::Source;
use super::spot::{KeyPath, Located, Spot};
use crate::fault::Problem;

/// A value of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub(crate) kind: Kind,
    pub(crate) spot: Spot,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    List(Vec<Tree>),
    Table(Vec<Entry>),
}

/// A key of a table and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Located<String>,
    pub(crate) value: Tree,
}

impl Kind {
    /// What a person calls it, for the middle of a sentence.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Datetime(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Tree {
    /// The value under a key, if this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|entry| entry.key.value == key)
            .map(|entry| &entry.value)
    }

    /// The value that a path of keys such as `retry.budget` leads to.
    pub(crate) fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |tree, key| tree.get(key))
    }

    /// The keys and values, if this is a table.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The item at a place, if this is a list that has it.
    pub(crate) fn item(&self, index: usize) -> Option<&Self> {
        match &self.kind {
            Kind::List(items) => items.get(index),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What the parser says of a key or table that was there before.
const DUPLICATE: &str = "duplicate key";

/// Reads a file as far as it can be read; what cannot is told. `None` if the beginning of a table cannot be read,
/// for then nobody knows whose the keys after it are.
pub(crate) fn parse(source: &Source, findings: &mut Findings<'_>) -> Option<Tree> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut owners_known = true;
    for error in errors {
        let spot = Spot {
            span: error.span().unwrap_or_default(),
            key: KeyPath::default(),
        };
        let is_repetition = error.message() == DUPLICATE;
        owners_known &= is_repetition || !source.is_header(spot.span.start);
        findings.add(
            &spot,
            Problem::Syntax {
                message: error.message().to_owned(),
            },
        );
    }
    let spot = Spot::default();
    owners_known.then(|| Tree {
        kind: table_kind(table.get_ref(), &spot.key, findings),
        spot,
    })
}

fn tree(value: &Spanned<DeValue<'_>>, key: KeyPath, findings: &mut Findings<'_>) -> Tree {
    let spot = Spot {
        span: value.span(),
        key,
    };
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.clone().into_owned()),
        DeValue::Integer(number) => integer(number, &spot, findings),
        DeValue::Float(number) => Kind::Float(number.as_str().parse().unwrap_or_default()),
        DeValue::Boolean(flag) => Kind::Boolean(*flag),
        DeValue::Datetime(time) => Kind::Datetime(time.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| tree(item, spot.key.index(index), findings));
            Kind::List(items.collect())
        }
        DeValue::Table(table) => table_kind(table, &spot.key, findings),
    };
    Tree { kind, spot }
}

fn table_kind(table: &DeTable<'_>, path: &KeyPath, findings: &mut Findings<'_>) -> Kind {
    let entries = table.iter().map(|(key, value)| {
        let path = path.key(key.get_ref());
        let spot = Spot {
            span: key.span(),
            key: path.clone(),
        };
        Entry {
            key: Located::new(key.get_ref().clone().into_owned(), spot),
            value: tree(value, path, findings),
        }
    });
    Kind::Table(entries.collect())
}

fn integer(number: &DeInteger<'_>, spot: &Spot, findings: &mut Findings<'_>) -> Kind {
    match i64::from_str_radix(number.as_str(), number.radix()) {
        Ok(number) => Kind::Integer(number),
        Err(_) => {
            findings.add(
                spot,
                Problem::Unusable {
                    reason: "is a whole number beyond 64 bits".to_owned(),
                },
            );
            Kind::Integer(0)
        }
    }
}
