//! The compiled mapping as its users see it.

use serde_json::Value;
use waystation_json::JsonObject;

use crate::allowance::Allowance;
use crate::error::{At, ResolveError, ResolveProblem};
use crate::fault::{Fault, InvalidMapping, Kind};
use crate::node::Node;
use crate::scope::{Data, Scope};
use crate::{check, depth, root};

/// A compiled mapping.
///
/// Compile a mapping once and resolve any number of events with it, from any number of threads: resolving
/// parses nothing and leaves event and mapping as they are.
///
/// ```
/// use serde_json::json;
/// use waystation_mapping::Mapping;
///
/// let mapping = Mapping::compile(&json!({
///     "id": {"@path": "$.userId"},
///     "greeting": {"@template": "Hello {{traits.name}}"},
///     "source": "web",
/// }))?;
/// let event = json!({"userId": "u1", "traits": {"name": "Ada"}});
/// let payload = mapping.resolve(&event)?;
/// assert_eq!(payload, Some(json!({"id": "u1", "greeting": "Hello Ada", "source": "web"})));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Mapping {
    root: Node,
}

impl Mapping {
    /// Checks and compiles a mapping.
    ///
    /// # Errors
    /// [`InvalidMapping`] with every fault found. Lists, and raw values inside `@literal` and
    /// `@excludeWhenNull`, are not checked: what is wrong there fails the events that reach it, and so does a
    /// Liquid template that cannot be read.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use waystation_mapping::Mapping;
    /// let error = Mapping::compile(&json!({"a": {"@path": 5}, "b": {"@shrug": 1}})).unwrap_err();
    /// assert_eq!(error.faults[0].path, "/a/@path");
    /// assert_eq!(error.faults[1].to_string(), "/b names an unknown directive: @shrug");
    /// ```
    pub fn compile(source: &Value) -> Result<Self, InvalidMapping> {
        let single = |fault: Fault| InvalidMapping { faults: vec![fault] };
        depth::check(source).map_err(single)?;
        let mapping = root::fold(source).map_err(single)?;
        let faults = check::check(&mapping);
        if !faults.is_empty() {
            return Err(InvalidMapping { faults });
        }
        Ok(Self {
            root: Node::compile(&mapping),
        })
    }

    /// Resolves one event to a payload; `None` when the mapping as a whole resolves to nothing, as a lone
    /// `@path` that leads nowhere does.
    ///
    /// # Errors
    /// [`ResolveError`] when the event is no object, or a part of the mapping fails on it.
    pub fn resolve(&self, event: &Value) -> Result<Option<Value>, ResolveError> {
        if !event.is_object() {
            return Err(ResolveProblem::DataNotAnObject {
                found: Kind::of_json(event),
            }
            .into());
        }
        self.resolve_any(event)
    }

    /// Resolves a batch, one payload an event and in their order. Events that are no objects are taken as
    /// they are: they have no members.
    ///
    /// # Errors
    /// [`ResolveError`] for the first event that fails; nothing of the batch is kept then.
    pub fn resolve_batch(&self, events: &[Value]) -> Result<Vec<Option<Value>>, ResolveError> {
        self.resolve_batch_within(events, usize::MAX)
    }

    /// The same for payloads that are no larger than these bytes in all.
    ///
    /// # Errors
    /// As [`Mapping::resolve_batch`]; also for the first event with which they are larger.
    pub fn resolve_batch_within(
        &self,
        events: &[Value],
        most_bytes: usize,
    ) -> Result<Vec<Option<Value>>, ResolveError> {
        let mut left = most_bytes;
        let events = events.iter().enumerate();
        events
            .map(|(index, event)| self.resolve_item(index, event, &mut left))
            .collect()
    }

    /// Resolves the event at this place of a batch to a payload of no more bytes than are left, and takes it off them.
    ///
    /// # Errors
    /// As [`Mapping::resolve_batch_within`].
    pub fn resolve_item(
        &self,
        index: usize,
        event: &Value,
        bytes_left: &mut usize,
    ) -> Result<Option<Value>, ResolveError> {
        let allowance = Allowance::of(*bytes_left);
        let payload = self.root.resolve_json(&Scope::new(Data::Json(event), &allowance));
        *bytes_left = bytes_left.saturating_sub(allowance.copied());
        payload.map_err(|error| ResolveError {
            event: Some(index),
            ..error
        })
    }

    /// Whether the members of these names are the same for every event.
    #[must_use]
    pub fn is_constant(&self, names: &[String]) -> bool {
        match &self.root {
            Node::Constant(_) => true,
            Node::Object(members) => {
                let mut wanted = members.iter().filter(|(key, _)| names.contains(key));
                wanted.all(|(_, node)| matches!(node, Node::Constant(_)))
            }
            Node::List(_) | Node::Directive(_) => false,
        }
    }

    /// Resolves the members of these names, and others only where one directive makes them all.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use waystation_mapping::Mapping;
    /// let mapping = Mapping::compile(&json!({"list": {"@path": "$.list"}, "id": {"@path": "$.userId"}}))?;
    /// let names = ["list".to_owned()];
    /// let event = json!({"list": "l-1", "userId": "u-1"});
    /// assert_eq!(mapping.resolve_only(&names, &event)?, Some(json!({"list": "l-1"})));
    /// assert!(!mapping.is_constant(&names));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ResolveError`] when one of them fails on the event.
    pub fn resolve_only(&self, names: &[String], event: &Value) -> Result<Option<Value>, ResolveError> {
        let allowance = Allowance::default();
        let scope = Scope::new(Data::Json(event), &allowance);
        match &self.root {
            Node::Constant(Value::Object(members)) => {
                let wanted = members.iter().filter(|(key, _)| names.contains(key));
                let wanted = wanted.map(|(key, value)| (key.clone(), value.clone()));
                Ok(Some(Value::Object(wanted.collect())))
            }
            Node::Object(nodes) => {
                let mut members = JsonObject::new();
                for (key, node) in nodes.iter().filter(|(key, _)| names.contains(key)) {
                    if let Some(value) = node.resolve_json(&scope).at(key)? {
                        members.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(members)))
            }
            root => root.resolve_json(&scope),
        }
    }

    fn resolve_any(&self, event: &Value) -> Result<Option<Value>, ResolveError> {
        let allowance = Allowance::default();
        self.root.resolve_json(&Scope::new(Data::Json(event), &allowance))
    }
}
