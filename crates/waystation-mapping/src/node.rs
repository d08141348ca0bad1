//! The compiled mapping: a tree of raw values and directives.

use serde_json::Value;
use waystation_json::JsonObject;

use crate::directives::Directive;
use crate::error::{At, ResolveError};
use crate::key_order;
use crate::resolved::Resolved;
use crate::scope::Scope;

/// The outcome of resolving a part of a mapping.
pub(crate) type Resolution<'a> = Result<Resolved<'a>, ResolveError>;

/// A part of a compiled mapping.
#[derive(Debug)]
pub(crate) enum Node {
    /// A raw value with no directive in it.
    Constant(Value),
    /// A raw list with a directive somewhere in it.
    List(Vec<Node>),
    /// A raw object with a directive somewhere in it, in JavaScript's order of keys.
    Object(Vec<(String, Node)>),
    /// A directive.
    Directive(Directive),
}

impl Node {
    /// Compiles any value. What is wrong with it becomes a directive that fails when it is resolved.
    pub(crate) fn compile(source: &Value) -> Self {
        match source {
            Value::Object(members) => match directive_name(members) {
                Some(name) => Self::compile_directive(name, &members[name]),
                None => Self::compile_object(members),
            },
            Value::Array(items) => Self::compile_list(items),
            scalar => Self::Constant(scalar.clone()),
        }
    }

    fn compile_directive(key: &str, body: &Value) -> Self {
        match Directive::compile(key, body) {
            Directive::Literal(inner) if inner.as_constant().is_some() => *inner,
            other => Self::Directive(other),
        }
    }

    fn compile_object(members: &JsonObject) -> Self {
        let mut nodes: Vec<(String, Self)> = members
            .iter()
            // In the language's JavaScript origin this key names the prototype and never becomes a member.
            .filter(|(key, _)| *key != "__proto__")
            .map(|(key, member)| (key.clone(), Self::compile(member)))
            .collect();
        key_order::sort_by_key(&mut nodes, |(key, _)| key);
        let constants = nodes
            .iter()
            .map(|(key, node)| Some((key.clone(), node.as_constant()?.clone())));
        match constants.collect() {
            Some(constants) => Self::Constant(Value::Object(constants)),
            None => Self::Object(nodes),
        }
    }

    fn compile_list(items: &[Value]) -> Self {
        let nodes: Vec<_> = items.iter().map(Self::compile).collect();
        match nodes.iter().map(|node| node.as_constant().cloned()).collect() {
            Some(constants) => Self::Constant(Value::Array(constants)),
            None => Self::List(nodes),
        }
    }

    /// The value, when it is known without an event.
    fn as_constant(&self) -> Option<&Value> {
        match self {
            Self::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Resolves against the data of a scope.
    pub(crate) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match self {
            Self::Constant(value) => Ok(Resolved::borrowed(value)),
            Self::Directive(directive) => directive.resolve(scope).at(directive.name()),
            Self::List(items) => {
                let mut parts = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    parts.push(item.resolve(scope).at_index(index)?);
                }
                Ok(Resolved::List(parts))
            }
            Self::Object(members) => {
                let mut parts = Vec::with_capacity(members.len());
                for (key, node) in members {
                    parts.push((key.as_str().into(), node.resolve(scope).at(key)?));
                }
                Ok(Resolved::Object(parts))
            }
        }
    }

    /// Resolves to a finished value. Objects and lists are built in place, without parts in between.
    pub(crate) fn resolve_json(&self, scope: &Scope<'_>) -> Result<Option<Value>, ResolveError> {
        match self {
            Self::Constant(value) => {
                scope.allowance().charge_copy(value)?;
                Ok(Some(value.clone()))
            }
            Self::Directive(directive) => directive.resolve_json(scope).at(directive.name()),
            Self::List(nodes) => {
                let mut items = Vec::with_capacity(nodes.len());
                for (index, node) in nodes.iter().enumerate() {
                    items.push(node.resolve_json(scope).at_index(index)?.unwrap_or_default());
                }
                Ok(Some(Value::Array(items)))
            }
            Self::Object(nodes) => {
                let mut members = JsonObject::with_capacity(nodes.len());
                for (key, node) in nodes {
                    if let Some(value) = node.resolve_json(scope).at(key)? {
                        members.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(members)))
            }
        }
    }
}

/// The directive's name when an object is one: only keys with `@`, and `_metadata` beside them. The first
/// of several names counts.
fn directive_name(members: &JsonObject) -> Option<&str> {
    let mut name = None;
    for key in members.keys() {
        if key.starts_with('@') {
            name = name.or(Some(key.as_str()));
        } else if key != "_metadata" {
            return None;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn raw_values_and_constant_literals_fold_into_one_constant() {
        let node = Node::compile(&json!({"a": [1, {"@literal": {"b": 2}}], "10": null, "9": {}}));
        let Node::Constant(value) = node else {
            panic!("not folded: {node:?}")
        };
        assert_eq!(value.to_string(), r#"{"9":{},"10":null,"a":[1,{"b":2}]}"#);
    }
}
