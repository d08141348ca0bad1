//! The directives, one a module: what each asks of its options, what it compiles to, what it resolves to.

mod array_path;
mod case;
mod condition;
mod exclude_when_null;
mod flatten;
mod json;
mod json_text;
mod liquid;
mod merge;
mod path;
mod replace;
mod substitution;
mod template;
mod text;
mod transform;

use serde_json::Value;
use waystation_json::{JsonObject, is_truthy};

use crate::check::Checker;
use crate::error::{At, ResolveError, ResolveProblem};
use crate::fault::Kind;
use crate::node::{Node, Resolution};
use crate::scope::Scope;

/// The names of the directives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectiveName {
    ArrayPath,
    Case,
    ExcludeWhenNull,
    Flatten,
    If,
    Json,
    Liquid,
    Literal,
    Merge,
    Path,
    Replace,
    Template,
    Transform,
}

impl DirectiveName {
    /// The directive a key names.
    pub(crate) fn parse(key: &str) -> Option<Self> {
        Some(match key {
            "@arrayPath" => Self::ArrayPath,
            "@case" => Self::Case,
            "@excludeWhenNull" => Self::ExcludeWhenNull,
            "@flatten" => Self::Flatten,
            "@if" => Self::If,
            "@json" => Self::Json,
            "@liquid" => Self::Liquid,
            "@literal" => Self::Literal,
            "@merge" => Self::Merge,
            "@path" => Self::Path,
            "@replace" => Self::Replace,
            "@template" => Self::Template,
            "@transform" => Self::Transform,
            _ => return None,
        })
    }

    /// Checks what is written under the directive's key.
    pub(crate) fn check(self, checker: &mut Checker, body: &Value) {
        match self {
            Self::ArrayPath => array_path::check(checker, body),
            Self::Case => case::check(checker, body),
            Self::ExcludeWhenNull | Self::Literal => checker.directive_or_literal(body),
            Self::Flatten => flatten::check(checker, body),
            Self::If => condition::check(checker, body),
            Self::Json => json::check(checker, body),
            Self::Liquid => liquid::check(checker, body),
            Self::Merge => merge::check(checker, body),
            Self::Path | Self::Template => checker.text_or_directive(body),
            Self::Replace => replace::check(checker, body),
            Self::Transform => transform::check(checker, body),
        }
    }
}

/// A compiled directive.
#[derive(Debug)]
pub(crate) enum Directive {
    ArrayPath(array_path::ArrayPath),
    Case(case::Case),
    ExcludeWhenNull(Box<Node>),
    Flatten(flatten::Flatten),
    If(condition::If),
    Json(json::Json),
    Liquid(liquid::Liquid),
    Literal(Box<Node>),
    Merge(merge::Merge),
    Path(path::PathDirective),
    Replace(replace::Replace),
    Template(template::TemplateDirective),
    Transform(transform::Transform),
    /// A directive that fails whenever it is resolved.
    Broken {
        name: String,
        problem: ResolveProblem,
    },
}

impl Directive {
    /// Compiles the directive that `key` names with what is written under the key.
    pub(crate) fn compile(key: &str, body: &Value) -> Self {
        let compiled = match DirectiveName::parse(key) {
            Some(name) => Self::compile_known(name, body),
            None => Err(ResolveProblem::UnknownDirective { name: key.to_owned() }),
        };
        compiled.unwrap_or_else(|problem| Self::Broken {
            name: key.to_owned(),
            problem,
        })
    }

    fn compile_known(name: DirectiveName, body: &Value) -> Result<Self, ResolveProblem> {
        match name {
            DirectiveName::ArrayPath => array_path::compile(body).map(Self::ArrayPath),
            DirectiveName::Case => case::compile(body).map(Self::Case),
            DirectiveName::ExcludeWhenNull => Ok(Self::ExcludeWhenNull(compile_boxed(body))),
            DirectiveName::Flatten => flatten::compile(body).map(Self::Flatten),
            DirectiveName::If => condition::compile(body).map(Self::If),
            DirectiveName::Json => json::compile(body).map(Self::Json),
            DirectiveName::Liquid => liquid::compile(body).map(Self::Liquid),
            DirectiveName::Literal => Ok(Self::Literal(compile_boxed(body))),
            DirectiveName::Merge => merge::compile(body).map(Self::Merge),
            DirectiveName::Path => Ok(Self::Path(path::compile(body))),
            DirectiveName::Replace => replace::compile(body).map(Self::Replace),
            DirectiveName::Template => Ok(Self::Template(template::compile(body))),
            DirectiveName::Transform => transform::compile(body).map(Self::Transform),
        }
    }

    /// The name under which errors show the directive.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::ArrayPath(_) => "@arrayPath",
            Self::Case(_) => "@case",
            Self::ExcludeWhenNull(_) => "@excludeWhenNull",
            Self::Flatten(_) => "@flatten",
            Self::If(_) => "@if",
            Self::Json(_) => "@json",
            Self::Liquid(_) => "@liquid",
            Self::Literal(_) => "@literal",
            Self::Merge(_) => "@merge",
            Self::Path(_) => "@path",
            Self::Replace(_) => "@replace",
            Self::Template(_) => "@template",
            Self::Transform(_) => "@transform",
            Self::Broken { name, .. } => name,
        }
    }

    /// Resolves against the data of a scope.
    pub(crate) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        match self {
            Self::ArrayPath(directive) => directive.resolve(scope),
            Self::Case(directive) => directive.resolve(scope),
            Self::ExcludeWhenNull(value) => Ok(exclude_when_null::without_nulls(value.resolve(scope)?)),
            Self::Flatten(directive) => directive.resolve(scope),
            Self::If(directive) => directive.resolve(scope),
            Self::Json(directive) => directive.resolve(scope),
            Self::Liquid(directive) => directive.resolve(scope),
            Self::Literal(value) => value.resolve(scope),
            Self::Merge(directive) => directive.resolve(scope),
            Self::Path(directive) => directive.resolve(scope),
            Self::Replace(directive) => directive.resolve(scope),
            Self::Template(directive) => directive.resolve(scope),
            Self::Transform(directive) => directive.resolve(scope),
            Self::Broken { problem, .. } => Err(problem.clone().into()),
        }
    }

    /// Resolves to a finished value; directives that pass on what a part resolves to have it finished there.
    pub(crate) fn resolve_json(&self, scope: &Scope<'_>) -> Result<Option<Value>, ResolveError> {
        match self {
            Self::ArrayPath(directive) => directive.resolve_json(scope),
            Self::If(directive) => directive.resolve_json(scope),
            Self::Literal(value) => value.resolve_json(scope),
            Self::Transform(directive) => directive.resolve_json(scope),
            other => Ok(scope.allowance().finish(other.resolve(scope)?)?),
        }
    }
}

/// A part of a directive, compiled.
fn compile_boxed(source: &Value) -> Box<Node> {
    Box::new(Node::compile(source))
}

/// The options of a directive.
fn options(body: &Value) -> Result<&JsonObject, ResolveProblem> {
    body.as_object().ok_or_else(|| ResolveProblem::WrongArguments {
        expected: "an object of options",
        found: Kind::of_json(body),
    })
}

/// An option that counts as missing when it is written as null, false, 0 or an empty text.
fn truthy<'v>(options: &'v JsonObject, name: &str) -> Option<&'v Value> {
    options.get(name).filter(|value| is_truthy(value))
}

/// An option without which the directive fails.
fn required<'v>(options: &'v JsonObject, name: &'static str) -> Result<&'v Value, ResolveProblem> {
    truthy(options, name).ok_or(ResolveProblem::MissingOption { name })
}

/// Resolves an option; errors name it.
fn resolve_option<'a>(name: &str, node: &'a Node, scope: &Scope<'a>) -> Resolution<'a> {
    node.resolve(scope).at(name)
}
