//! `@template`: a text with placeholders in double or triple braces.
//!
//! Triple braces are filled first, and the text with their values in it is searched for double braces.
//! Neither escapes anything.

use serde_json::Value;
use waystation_json::number::is_js_space;

use super::text::{FromText, text_of};
use crate::error::ResolveProblem;
use crate::node::Resolution;
use crate::path::Path;
use crate::resolved::Resolved;
use crate::scope::Scope;

/// Room to reserve for the value of one placeholder, in bytes.
const USUAL_VALUE_LENGTH: usize = 24;

/// A compiled `@template`.
#[derive(Debug)]
pub(crate) struct TemplateDirective(FromText<Template>);

pub(super) fn compile(body: &Value) -> TemplateDirective {
    TemplateDirective(FromText::compile(body, Template::parse))
}

impl TemplateDirective {
    pub(super) fn resolve<'a>(&'a self, scope: &Scope<'a>) -> Resolution<'a> {
        let text = match &self.0 {
            FromText::Known(template) => template.fill(scope)?,
            FromText::Resolved(node) => {
                let template = node.resolve(scope)?;
                Template::parse(text_of(&template)?).fill(scope)?
            }
        };
        Ok(Resolved::text(text))
    }
}

/// A text cut at its placeholders.
#[derive(Debug, PartialEq)]
struct Template {
    pieces: Vec<Piece>,
    /// Whether the placeholders had triple braces, so that the filled text may hold double ones.
    holds_triple: bool,
}

#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    Placeholder(Path),
}

impl Template {
    fn parse(source: &str) -> Self {
        let pieces = cut(source, "{{{", "}}}");
        if pieces.iter().any(|piece| matches!(piece, Piece::Placeholder(_))) {
            return Self {
                pieces,
                holds_triple: true,
            };
        }
        Self {
            pieces: cut(source, "{{", "}}"),
            holds_triple: false,
        }
    }

    fn fill(&self, scope: &Scope<'_>) -> Result<String, ResolveProblem> {
        let text = fill(&self.pieces, scope)?;
        if self.holds_triple && text.contains("{{") {
            return fill(&cut(&text, "{{", "}}"), scope);
        }
        Ok(text)
    }
}

fn fill(pieces: &[Piece], scope: &Scope<'_>) -> Result<String, ResolveProblem> {
    let length = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Placeholder(_) => USUAL_VALUE_LENGTH,
    });
    let mut filled = String::with_capacity(length.sum());
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Placeholder(path) => {
                let start = filled.len();
                scope.find(path).push_text(&mut filled);
                scope.allowance().charge(filled.len() - start)?;
            }
        }
    }
    Ok(filled)
}

/// Cuts a text at placeholders between `open` and `close`: one or more characters, none of them `}`.
fn cut(source: &str, open: &str, close: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text_start = 0;
    let mut position = 0;
    while let Some(start) = find_from(source, open, position) {
        let inner = start + open.len();
        let Some(end) = find_from(source, "}", inner) else {
            break;
        };
        if end == inner || !source[end..].starts_with(close) {
            // Every opening before this brace would end at it and fail the same way.
            position = end + 1;
            continue;
        }
        push_text(&mut pieces, &source[text_start..start]);
        pieces.push(Piece::Placeholder(Path::parse(
            source[inner..end].trim_matches(is_js_space),
        )));
        position = end + close.len();
        text_start = position;
    }
    push_text(&mut pieces, &source[text_start..]);
    pieces
}

fn find_from(source: &str, pattern: &str, start: usize) -> Option<usize> {
    source[start..].find(pattern).map(|offset| start + offset)
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::allowance::Allowance;
    use crate::scope::Data;

    fn filled(source: &str, data: &Value) -> String {
        let allowance = Allowance::default();
        Template::parse(source)
            .fill(&Scope::new(Data::Json(data), &allowance))
            .unwrap()
    }

    #[test]
    fn placeholders_need_their_braces_closed_and_something_inside() {
        let data = json!({"a": "x", "a{b": "y", "{a": "z"});
        for (source, expected) in [
            ("<{{a}}|{{ a }}>", "<x|x>"),
            ("{{}} {{a}", "{{}} {{a}"),
            ("{{a}b}} {{a}}", "{{a}b}} x"),
            ("{{a{b}}", "y"),
            ("{{a}}}", "x}"),
            ("{{{a}}", "z"),
            ("x{{{}}}y", "x}y"),
            ("{{missing}}", ""),
        ] {
            assert_eq!(filled(source, &data), expected, "{source}");
        }
    }

    #[test]
    fn what_triple_braces_bring_in_is_filled_again() {
        let data = json!({"a": "{{b}}", "b": "c"});
        assert_eq!(filled("{{{a}}} {{b}}", &data), "c c");
        assert_eq!(filled("{{a}}", &data), "{{b}}");
    }
}
