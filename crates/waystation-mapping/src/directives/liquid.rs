//! `@liquid`: a Liquid template.

use serde_json::Value;
use waystation_liquid::Template;

use crate::check::Checker;
use crate::error::ResolveProblem;
use crate::fault::Kind;
use crate::node::Resolution;
use crate::resolved::Resolved;
use crate::scope::Scope;

/// A compiled `@liquid`.
#[derive(Debug)]
pub(crate) struct Liquid(Template);

pub(super) fn check(checker: &mut Checker, body: &Value) {
    // A template that cannot be read is no fault of the mapping: it fails the events that reach it.
    checker.text(body);
}

pub(super) fn compile(body: &Value) -> Result<Liquid, ResolveProblem> {
    let source = body.as_str().ok_or(ResolveProblem::LiquidNotText {
        found: Kind::of_mapping(body),
    })?;
    Template::compile(source)
        .map(Liquid)
        .map_err(ResolveProblem::LiquidTemplate)
}

impl Liquid {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let text = scope.render(&self.0).map_err(ResolveProblem::LiquidRender)?;
        Ok(Resolved::text(text))
    }
}
