//! The compiled mapping as its users see it.

use serde_json::Value;

use crate::allowance::Allowance;
use crate::error::{ResolveError, ResolveProblem};
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
        let mut payloads = Vec::with_capacity(events.len());
        let mut left = most_bytes;
        for (index, event) in events.iter().enumerate() {
            let allowance = Allowance::of(left);
            let payload = self.root.resolve_json(&Scope::new(Data::Json(event), &allowance));
            payloads.push(payload.map_err(|error| ResolveError {
                event: Some(index),
                ..error
            })?);
            left = left.saturating_sub(allowance.copied());
        }
        Ok(payloads)
    }

    fn resolve_any(&self, event: &Value) -> Result<Option<Value>, ResolveError> {
        let allowance = Allowance::default();
        self.root.resolve_json(&Scope::new(Data::Json(event), &allowance))
    }
}
