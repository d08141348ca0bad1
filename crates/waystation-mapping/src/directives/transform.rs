//! `@transform`: resolves one mapping, and another against what the first gave.

use serde_json::Value;

use super::{compile_boxed, options, required, resolve_option};
use crate::check::{self, Checker};
use crate::error::{At, ResolveError, ResolveProblem};
use crate::fault::{InvalidMapping, Kind};
use crate::node::{Node, Resolution};
use crate::root;
use crate::scope::{Data, Scope};

/// A compiled `@transform`.
#[derive(Debug)]
pub(crate) struct Transform {
    apply: Box<Node>,
    mapping: Box<Node>,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            check::required("apply", Checker::object_or_directive),
            check::required("mapping", Checker::object_or_directive),
        ],
    );
}

pub(super) fn compile(body: &Value) -> Result<Transform, ResolveProblem> {
    let options = options(body)?;
    let mapping = required(options, "mapping")?;
    let apply = required(options, "apply")?;
    if !apply.is_object() {
        let found = Kind::of_json(apply);
        return Err(ResolveProblem::WrongArguments {
            expected: "an object as the option apply",
            found,
        });
    }
    Ok(Transform {
        apply: compile_apply(apply)?,
        mapping: compile_boxed(mapping),
    })
}

/// The mapping under `apply` is a whole mapping: it may have a root directive, and it is checked even
/// where the mapping around it is not.
fn compile_apply(apply: &Value) -> Result<Box<Node>, ResolveProblem> {
    let apply = root::fold(apply).map_err(|fault| vec![fault]);
    let apply = apply.and_then(|apply| match check::check(&apply) {
        faults if faults.is_empty() => Ok(compile_boxed(&apply)),
        faults => Err(faults),
    });
    apply.map_err(|faults| ResolveProblem::InvalidMapping(InvalidMapping { faults }))
}

impl Transform {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let data = self.applied(scope)?;
        let resolved = resolve_option("mapping", &self.mapping, &scope.with_data(Data::of(&data)))?;
        Ok(scope.allowance().own(resolved)?)
    }

    pub(super) fn resolve_json(&self, scope: &Scope<'_>) -> Result<Option<Value>, ResolveError> {
        let data = self.applied(scope)?;
        self.mapping
            .resolve_json(&scope.with_data(Data::of(&data)))
            .at("mapping")
    }

    /// The data for the mapping.
    fn applied<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match scope.data().kind() {
            // Missing data counts as an empty object.
            Kind::Object | Kind::Nothing => {}
            found => return Err(ResolveProblem::DataNotAnObject { found }.into()),
        }
        let applied = resolve_option("apply", &self.apply, scope)?.without_missing_members();
        scope.allowance().charge_data(&applied)?;
        Ok(applied)
    }
}
