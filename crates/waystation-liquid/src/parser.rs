//! From tokens to a compiled template.

pub(crate) mod expressions;
mod literals;
mod tags;

use std::vec;

use crate::cursor::{Cursor, Span};
use crate::error::{CompileError, Position, SyntaxProblem, snippet};
use crate::lexer::{TagToken, Token, template_tokens};
use crate::syntax::{Action, Node};
use expressions::filtered_expression;

/// Blocks, ranges and brackets may stand inside one another up to this depth.
pub(crate) const MAX_DEPTH: usize = 100;

/// What a template's source compiles to.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) nodes: Vec<Node>,
    pub(crate) changes_counters: bool,
}

pub(crate) fn parse(source: &str) -> Result<Parsed, CompileError> {
    let tokens = template_tokens(source)?.into_iter();
    let mut parser = Parser {
        source,
        tokens,
        depth: 0,
        changes_counters: false,
    };
    let nodes = parser.parse_all()?;
    Ok(Parsed {
        nodes,
        changes_counters: parser.changes_counters,
    })
}

struct Parser<'s> {
    source: &'s str,
    tokens: vec::IntoIter<Token<'s>>,
    depth: usize,
    changes_counters: bool,
}

impl<'s> Parser<'s> {
    fn parse_all(&mut self) -> Result<Vec<Node>, CompileError> {
        let mut nodes = Vec::new();
        while let Some(token) = self.tokens.next() {
            nodes.extend(self.parse_token(token)?);
        }
        Ok(nodes)
    }

    /// Nodes up to a tag with one of these names, and that tag.
    fn parse_until(
        &mut self,
        ends: &[&str],
        opening: &TagToken<'s>,
    ) -> Result<(Vec<Node>, TagToken<'s>), CompileError> {
        let mut nodes = Vec::new();
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Tag(tag) if ends.contains(&tag.name) => return Ok((nodes, tag)),
                token => nodes.extend(self.parse_token(token)?),
            }
        }
        Err(self.not_closed(opening))
    }

    /// Nothing for text without a character and for comments.
    fn parse_token(&mut self, token: Token<'s>) -> Result<Option<Node>, CompileError> {
        match token {
            Token::Text(text) if text.trimmed.is_empty() => Ok(None),
            Token::Text(text) => Ok(Some(self.node(0, Action::Text(text.trimmed.into())))),
            Token::Output(output) => {
                let value = filtered_expression(&mut self.cursor(output.content))?;
                Ok(Some(self.node(output.offset, Action::Output(value))))
            }
            Token::Tag(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.problem(&tag, SyntaxProblem::TooDeep { limit: MAX_DEPTH }));
                }
                let action = self.parse_tag(&tag)?;
                self.depth -= 1;
                Ok(action.map(|action| self.node(tag.offset, action)))
            }
        }
    }

    fn node(&self, offset: usize, action: Action) -> Node {
        Node {
            action,
            position: Position::of(self.source, offset),
        }
    }

    fn cursor(&self, span: Span) -> Cursor<'s> {
        Cursor::new(self.source, span)
    }

    fn problem(&self, tag: &TagToken<'_>, problem: SyntaxProblem) -> CompileError {
        CompileError {
            problem,
            position: Position::of(self.source, tag.offset),
        }
    }

    fn not_closed(&self, tag: &TagToken<'_>) -> CompileError {
        self.problem(
            tag,
            SyntaxProblem::NotClosed {
                opening: snippet(tag.whole),
            },
        )
    }
}
