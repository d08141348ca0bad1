//! `@path`: the value a path leads to.

use serde_json::Value;

use super::text::{FromText, text_of};
use crate::node::Resolution;
use crate::path::Path;
use crate::scope::Scope;

/// A compiled `@path`.
#[derive(Debug)]
pub(crate) struct PathDirective(FromText<Path>);

pub(super) fn compile(body: &Value) -> PathDirective {
    PathDirective(FromText::compile(body, Path::parse_with_root))
}

impl PathDirective {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match &self.0 {
            FromText::Known(path) => Ok(scope.find(path)),
            FromText::Resolved(node) => {
                let path = node.resolve(scope)?;
                Ok(scope.find(&Path::parse_with_root(text_of(&path)?)))
            }
        }
    }
}
