//! `@arrayPath`: a list from the event, its items brought into a shape.

use std::borrow::Cow;

use serde_json::Value;

use super::compile_boxed;
use crate::check::Checker;
use crate::error::{At, ResolveError, ResolveProblem};
use crate::fault::{Expected, Kind, Problem};
use crate::node::{Node, Resolution};
use crate::path::Path;
use crate::resolved::Resolved;
use crate::scope::{Data, Scope};

/// A compiled `@arrayPath`.
#[derive(Debug)]
pub(crate) struct ArrayPath {
    source: Source,
    shape: Option<Box<Node>>,
}

/// Where the list comes from.
#[derive(Debug)]
enum Source {
    Path(Path),
    Node(Box<Node>),
    /// There is no first argument.
    Nothing,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    let Some(arguments) = checker.array(body) else {
        return;
    };
    match arguments.first() {
        Some(source) => checker.within("0", |checker| checker.text_or_directive(source)),
        None => {
            checker.fault(Problem::WrongType {
                expected: Expected::TextOrDirective,
                found: Kind::Nothing,
            });
        }
    }
    if let Some(shape) = arguments.get(1) {
        checker.within("1", |checker| checker.mapping(shape));
    }
}

pub(super) fn compile(body: &Value) -> Result<ArrayPath, ResolveProblem> {
    let Value::Array(arguments) = body else {
        return Err(ResolveProblem::WrongArguments {
            expected: "an array",
            found: Kind::of_mapping(body),
        });
    };
    let source = match arguments.first() {
        Some(Value::String(path)) => Source::Path(Path::parse_with_root(path)),
        Some(node) => Source::Node(compile_boxed(node)),
        None => Source::Nothing,
    };
    let shape = arguments
        .get(1)
        .filter(|shape| shape.as_object().is_some_and(|shape| !shape.is_empty()));
    Ok(ArrayPath {
        source,
        shape: shape.map(compile_boxed),
    })
}

impl ArrayPath {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let root = self.root(scope)?;
        let Some(shape) = self.shape_for(&root) else {
            return Ok(root);
        };
        match root {
            Resolved::Json(Cow::Borrowed(root)) => shaped(items(Data::Json(root)), |item| {
                shape.resolve(&scope.with_data(item))
            })
            .map(Resolved::List),
            computed => {
                let shape_item = |item| Ok(scope.allowance().own(shape.resolve(&scope.with_data(item))?)?);
                shaped(items(Data::of(&computed)), shape_item).map(Resolved::List)
            }
        }
    }

    pub(super) fn resolve_json(&self, scope: &Scope<'_>) -> Result<Option<Value>, ResolveError> {
        let root = self.root(scope)?;
        let Some(shape) = self.shape_for(&root) else {
            return Ok(scope.allowance().finish(root)?);
        };
        let shape_item = |item| Ok(shape.resolve_json(&scope.with_data(item))?.unwrap_or_default());
        shaped(items(Data::of(&root)), shape_item).map(|items| Some(Value::Array(items)))
    }

    fn root<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match &self.source {
            Source::Path(path) => Ok(scope.find(path)),
            Source::Node(node) => {
                let list = node.resolve(scope).at_index(0)?;
                scope.allowance().charge_data(&list)?;
                Ok(list)
            }
            Source::Nothing => Ok(Resolved::Nothing),
        }
    }

    /// The shape, if there is one and the value has items to bring into it.
    fn shape_for(&self, root: &Resolved<'_>) -> Option<&Node> {
        self.shape
            .as_deref()
            .filter(|_| matches!(root.kind(), Kind::Array | Kind::Object))
    }
}

/// Brings every item into shape; a shape sees nothing but its item.
fn shaped<'a, T>(
    items: impl Iterator<Item = Data<'a>>,
    shape: impl Fn(Data<'a>) -> Result<T, ResolveError>,
) -> Result<Vec<T>, ResolveError> {
    let mut shaped = Vec::with_capacity(items.size_hint().0);
    for item in items {
        shaped.push(shape(item).at_index(1)?);
    }
    Ok(shaped)
}

/// The items of a list; a single object is a list of one.
fn items<'a>(root: Data<'a>) -> impl Iterator<Item = Data<'a>> {
    let (values, parts): (&[Value], &[Resolved<'a>]) = match root {
        Data::Json(Value::Array(items)) => (items, &[]),
        Data::Json(single) => (std::slice::from_ref(single), &[]),
        Data::Parts(Resolved::List(items)) => (&[], items),
        Data::Parts(single) => (&[], std::slice::from_ref(single)),
        Data::Nothing => (&[], &[]),
    };
    values.iter().map(Data::Json).chain(parts.iter().map(Data::of))
}
