//! `@flatten`: the members of nested objects and lists in one object, under joined keys.

use serde_json::Value;

use super::text::text_of;
use super::{compile_boxed, options, required, resolve_option, truthy};
use crate::check::{self, Checker, optional};
use crate::error::{At, ResolveProblem};
use crate::gathered::Gathered;
use crate::key_order::members_in_order;
use crate::node::{Node, Resolution};
use crate::resolved::Resolved;
use crate::scope::Scope;

/// A compiled `@flatten`.
#[derive(Debug)]
pub(crate) struct Flatten {
    separator: Box<Node>,
    value: Option<Box<Node>>,
    keep_lists: bool,
}

pub(super) fn check(checker: &mut Checker, body: &Value) {
    checker.options(
        body,
        &[
            optional("separator", |checker, value| {
                checker.text(value);
            }),
            check::required("value", Checker::mapping),
        ],
    );
}

pub(super) fn compile(body: &Value) -> Result<Flatten, ResolveProblem> {
    let options = options(body)?;
    Ok(Flatten {
        separator: compile_boxed(required(options, "separator")?),
        value: options.get("value").map(compile_boxed),
        keep_lists: truthy(options, "omitArrays").is_some(),
    })
}

impl Flatten {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let separator = resolve_option("separator", &self.separator, scope)?;
        let value = match &self.value {
            Some(value) => resolve_option("value", value, scope)?,
            None => Resolved::Nothing,
        };
        let mut flattener = Flattener {
            separator: text_of(&separator).at("separator")?,
            keep_lists: self.keep_lists,
            prefix: String::new(),
            flat: Gathered::new(scope.allowance()),
        };
        flattener.parts(&value)?;
        Ok(flattener.flat.into_resolved())
    }
}

/// A walk through a value; what is neither object nor list is a member under the keys so far.
struct Flattener<'s> {
    separator: &'s str,
    keep_lists: bool,
    /// The joined keys that lead to the current value.
    prefix: String,
    flat: Gathered<'s>,
}

impl Flattener<'_> {
    fn parts(&mut self, value: &Resolved<'_>) -> Result<(), ResolveProblem> {
        match value {
            Resolved::Json(json) => self.json(json),
            Resolved::List(items) if !self.keep_lists => {
                let mut items = items.iter().enumerate();
                items.try_for_each(|(index, item)| self.below(&index.to_string(), |below| below.parts(item)))
            }
            Resolved::Object(members) => members
                .iter()
                .try_for_each(|(key, member)| self.below(key, |below| below.parts(member))),
            leaf => self.flat.set_copy(self.prefix.clone(), leaf),
        }
    }

    fn json(&mut self, value: &Value) -> Result<(), ResolveProblem> {
        match value {
            Value::Object(members) => members_in_order(members)
                .try_for_each(|(key, member)| self.below(key, |below| below.json(member))),
            Value::Array(items) if !self.keep_lists => {
                let mut items = items.iter().enumerate();
                items.try_for_each(|(index, item)| self.below(&index.to_string(), |below| below.json(item)))
            }
            leaf => self.flat.set_copy(self.prefix.clone(), &Resolved::borrowed(leaf)),
        }
    }

    /// Goes on one key further down.
    fn below(
        &mut self,
        key: &str,
        visit: impl FnOnce(&mut Self) -> Result<(), ResolveProblem>,
    ) -> Result<(), ResolveProblem> {
        let length = self.prefix.len();
        if length > 0 {
            self.prefix.push_str(self.separator);
        }
        self.prefix.push_str(key);
        visit(self)?;
        self.prefix.truncate(length);
        Ok(())
    }
}
