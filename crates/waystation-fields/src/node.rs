//! The compiled schema: what each value of a payload is checked against.

use std::sync::Arc;

use waystation_json::JsonObject;

use crate::choices::Choices;
use crate::coerce::{MainType, Types};
use crate::error::JsonType;
use crate::format::Format;
use crate::requirement::Requirement;

/// What a value must be.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) shape: Shape,
    /// The values allowed, if not all are.
    pub(crate) choices: Option<Choices>,
    /// What a text must look like, whatever the type: a text of the wrong type is told both.
    pub(crate) format: Option<Format>,
    pub(crate) limits: Limits,
}

/// The structure of a value.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A single value, or an object that is not looked into.
    Single(Types),
    /// An object with declared properties.
    Object(Box<ObjectNode>),
    /// A list.
    List(Box<Node>),
}

/// How great a number or how long a text may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Limits {
    #[default]
    None,
    /// Of a number.
    Value {
        minimum: Option<f64>,
        maximum: Option<f64>,
    },
    /// Of a text, in code points.
    Length {
        minimum: Option<usize>,
        maximum: Option<usize>,
    },
}

impl Node {
    /// Whether null is kept when empty values are removed.
    pub(crate) const fn allows_null(&self) -> bool {
        match &self.shape {
            Shape::Single(types) => types.allow_null(),
            Shape::Object(_) | Shape::List(_) => false,
        }
    }

    /// Whether the empty text is kept when empty values are removed.
    pub(crate) const fn allows_text(&self) -> bool {
        match &self.shape {
            Shape::Single(types) => types.allow_text(),
            Shape::Object(_) | Shape::List(_) => false,
        }
    }

    /// The names of the types allowed.
    pub(crate) const fn types(&self) -> &'static [JsonType] {
        match &self.shape {
            Shape::Single(types) => types.names(),
            Shape::Object(_) => Types {
                main: MainType::Object,
                nullable: false,
            }
            .names(),
            Shape::List(_) => &[JsonType::Array],
        }
    }
}

/// An object with declared properties.
#[derive(Debug)]
pub(crate) struct ObjectNode {
    /// In the order of the definition, which is the order of errors.
    properties: Vec<Property>,
    /// The indexes of the properties, sorted by key.
    by_key: Vec<usize>,
    /// The requirements that depend on other values.
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) keeps_undeclared: bool,
    required_count: usize,
}

/// A declared key of an object.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) key: Arc<str>,
    pub(crate) node: Node,
    /// Whether the key must be there unconditionally.
    pub(crate) required: bool,
}

impl ObjectNode {
    pub(crate) fn new(
        properties: Vec<Property>,
        requirements: Vec<Requirement>,
        keeps_undeclared: bool,
    ) -> Self {
        let mut by_key: Vec<usize> = (0..properties.len()).collect();
        by_key.sort_by(|&left, &right| properties[left].key.cmp(&properties[right].key));
        let required_count = properties.iter().filter(|property| property.required).count();
        Self {
            properties,
            by_key,
            requirements,
            keeps_undeclared,
            required_count,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }

    pub(crate) fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// The declared property of a key and its place. Mapped payloads have their keys in the order of the
    /// definition more often than not, so the caller's guess is tried first.
    #[inline]
    pub(crate) fn property(&self, key: &str, guess: usize) -> Option<(usize, &Property)> {
        if let Some(property) = self.properties.get(guess)
            && *property.key == *key
        {
            return Some((guess, property));
        }
        let place = self
            .by_key
            .binary_search_by(|&index| (*self.properties[index].key).cmp(key))
            .ok()?;
        let index = self.by_key[place];
        Some((index, &self.properties[index]))
    }

    /// The required keys that an object lacks, of which so many were seen.
    pub(crate) fn missing<'n>(&'n self, object: &JsonObject, seen: usize) -> Vec<&'n str> {
        if seen == self.required_count {
            return Vec::new();
        }
        let required = self.properties.iter().filter(|property| property.required);
        required
            .map(|property| &*property.key)
            .filter(|&key| !object.contains_key(key))
            .collect()
    }
}
