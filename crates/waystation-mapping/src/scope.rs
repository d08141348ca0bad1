//! The data that a part of a mapping sees.

use std::borrow::Cow;
use std::cell::RefCell;

use serde_json::Value;
use waystation_liquid::{Counters, RenderError, Template};

use crate::allowance::Allowance;
use crate::fault::Kind;
use crate::path::{Path, Segment, list_length, walk, walk_computed};
use crate::resolved::Resolved;

/// Data to resolve against.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Data<'a> {
    /// No data at all.
    Nothing,
    /// An event, an item of a list in it, or another value without gaps.
    Json(&'a Value),
    /// What another part of the mapping resolved to, as within `@transform`.
    Parts(&'a Resolved<'a>),
}

impl<'a> Data<'a> {
    /// The data that a resolved value is.
    pub(crate) fn of(resolved: &'a Resolved<'a>) -> Self {
        match resolved {
            Resolved::Nothing => Self::Nothing,
            Resolved::Json(value) => Self::Json(value),
            parts => Self::Parts(parts),
        }
    }

    /// The type of the data.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Nothing => Kind::Nothing,
            Self::Json(value) => Kind::of_json(value),
            Self::Parts(parts) => parts.kind(),
        }
    }

    fn find(self, path: &Path) -> Resolved<'a> {
        match self {
            Self::Nothing => Resolved::Nothing,
            Self::Json(value) => found(walk(value, path.segments())),
            Self::Parts(parts) => walk_parts(parts, path.segments()),
        }
    }

    fn to_json(self) -> Cow<'a, Value> {
        match self {
            Self::Nothing => Cow::Owned(Value::Null),
            Self::Json(value) => Cow::Borrowed(value),
            Self::Parts(parts) => Cow::Owned(parts.reborrow().into_json().unwrap_or_default()),
        }
    }
}

/// The data, and the counters that Liquid templates change while one event is resolved.
///
/// A counter stands in front of the member of the same name: what comes later in the mapping sees it.
pub(crate) struct Scope<'a> {
    data: Data<'a>,
    counters: RefCell<Counters>,
    allowance: &'a Allowance,
}

impl<'a> Scope<'a> {
    /// A scope in which nothing has been counted yet.
    pub(crate) fn new(data: Data<'a>, allowance: &'a Allowance) -> Self {
        Self {
            data,
            counters: RefCell::new(Counters::default()),
            allowance,
        }
    }

    /// A scope with other data for the same event.
    pub(crate) fn with_data<'b>(&self, data: Data<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope::new(data, self.allowance)
    }

    /// The data without the counters.
    pub(crate) fn data(&self) -> Data<'a> {
        self.data
    }

    /// What may still be made from the event.
    pub(crate) fn allowance(&self) -> &'a Allowance {
        self.allowance
    }

    /// What a path leads to.
    pub(crate) fn find(&self, path: &Path) -> Resolved<'a> {
        if self.counters.borrow().is_empty() {
            return self.data.find(path);
        }
        self.find_counted(path)
    }

    /// Renders a Liquid template and keeps what it counted.
    pub(crate) fn render(&self, template: &Template) -> Result<String, RenderError> {
        let data = self.data.to_json();
        template.render(
            &data,
            &mut self.counters.borrow_mut(),
            &mut self.allowance.liquid(),
        )
    }

    fn find_counted(&self, path: &Path) -> Resolved<'a> {
        let counters = self.counters.borrow();
        let Some((first, rest)) = path.segments().split_first() else {
            return self.whole_with_counters();
        };
        match counters.iter().find(|(name, _)| *name == first.key) {
            Some((_, count)) => found(walk_computed(count, rest)),
            None => self.data.find(path),
        }
    }

    fn whole_with_counters(&self) -> Resolved<'a> {
        let mut whole = self.data.to_json().into_owned();
        if let Value::Object(members) = &mut whole {
            for (name, count) in self.counters.borrow().iter() {
                members.insert(name.to_owned(), count);
            }
        }
        Resolved::owned(whole)
    }
}

fn found(value: Option<Cow<'_, Value>>) -> Resolved<'_> {
    value.map_or(Resolved::Nothing, Resolved::Json)
}

fn walk_parts<'a>(parts: &'a Resolved<'a>, segments: &[Segment]) -> Resolved<'a> {
    let mut current = parts;
    for (position, segment) in segments.iter().enumerate() {
        let rest = &segments[position + 1..];
        let next = match current {
            Resolved::Nothing => None,
            Resolved::Json(value) => return found(walk(value, &segments[position..])),
            Resolved::Object(members) => members
                .iter()
                .find(|(key, _)| **key == *segment.key)
                .map(|(_, member)| member),
            Resolved::List(items) => match segment.index {
                Some(index) => items.get(index),
                None => {
                    let length = list_length(items.len(), segment);
                    return found(length.and_then(|length| walk_computed(length, rest)));
                }
            },
        };
        match next {
            Some(next) => current = next,
            None => return Resolved::Nothing,
        }
    }
    current.reborrow()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_parts_and_values() {
        let value = json!({"c": [1, 2]});
        let list = Resolved::List(vec![Resolved::Nothing, Resolved::borrowed(&value)]);
        let parts = Resolved::Object(vec![("a".into(), list)]);
        let allowance = Allowance::default();
        let scope = Scope::new(Data::of(&parts), &allowance);
        for (path, expected) in [
            ("a[1].c[0]", Some(json!(1))),
            ("a[0]", None),
            ("a[0].x", None),
            ("a.length", Some(json!(2))),
            ("a[9]", None),
            ("b", None),
            ("", Some(json!({"a": [null, {"c": [1, 2]}]}))),
        ] {
            assert_eq!(scope.find(&Path::parse(path)).into_json(), expected, "{path}");
        }
    }
}
