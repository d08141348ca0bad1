//! The tags.

use std::mem;

use waystation_json::number::is_js_space;

use super::Parser;
use super::expressions::{cycle_values, filtered_expression};
use super::literals::unquote;
use crate::error::{CompileError, Position, SyntaxProblem, snippet};
use crate::lexer::{TagToken, Token, line_tokens};
use crate::syntax::{Action, Branch, Direction};

/// Tags of Liquid that mappings may not use; they would loop or load other templates.
const DISABLED: [&str; 6] = ["case", "for", "include", "layout", "render", "tablerow"];

const IF_ENDS: [&str; 3] = ["elsif", "else", "endif"];
const UNLESS_ENDS: [&str; 3] = ["elsif", "else", "endunless"];

type ParsedTag = Result<Option<Action>, CompileError>;

impl<'s> Parser<'s> {
    /// Nothing for comments.
    pub(super) fn parse_tag(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        match tag.name {
            "assign" => self.parse_assign(tag),
            "block" => self.parse_block(tag),
            "break" | "continue" => Ok(Some(Action::Stop)),
            "capture" => self.parse_capture(tag),
            "comment" => self.skip_comment(tag),
            "cycle" => self.parse_cycle(tag),
            "decrement" => Ok(self.parse_count(tag, Direction::Down)),
            "echo" => self.parse_echo(tag),
            "if" => self.parse_if(tag),
            "increment" => Ok(self.parse_count(tag, Direction::Up)),
            "liquid" => self.parse_lines(tag),
            "raw" => self.parse_raw(tag),
            "unless" => self.parse_unless(tag),
            "#" => self.check_inline_comment(tag),
            name if DISABLED.contains(&name) => Err(self.problem(
                tag,
                SyntaxProblem::DisabledTag {
                    name: name.to_owned(),
                },
            )),
            name => Err(self.problem(
                tag,
                SyntaxProblem::UnknownTag {
                    name: name.to_owned(),
                },
            )),
        }
    }

    fn parse_assign(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let mut cursor = self.cursor(tag.arguments);
        let name = cursor.identifier();
        if name.is_empty() {
            return Err(cursor.expected("the name of a variable"));
        }
        cursor.expect("=", "`=`")?;
        let value = filtered_expression(&mut cursor)?;
        Ok(Some(Action::Assign {
            name: name.into(),
            value,
        }))
    }

    fn parse_block(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let (body, _) = self.parse_until(&["endblock"], tag)?;
        Ok(Some(Action::Block(body)))
    }

    fn parse_capture(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let mut cursor = self.cursor(tag.arguments);
        let name: Box<str> = match cursor.identifier() {
            "" => match cursor.quoted() {
                Some(quoted) => unquote(quoted).into(),
                None => return Err(cursor.expected("the name of a variable")),
            },
            name => name.into(),
        };
        let (body, _) = self.parse_until(&["endcapture"], tag)?;
        Ok(Some(Action::Capture { name, body }))
    }

    /// What is inside is cut into tokens but never read.
    fn skip_comment(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let is_end = |token: Token<'_>| matches!(token, Token::Tag(tag) if tag.name == "endcomment");
        if self.tokens.any(is_end) {
            Ok(None)
        } else {
            Err(self.not_closed(tag))
        }
    }

    fn check_inline_comment(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let text = tag.arguments.text(self.source);
        let is_comment = |line: &str| {
            let line = line.trim_start_matches(is_js_space);
            line.is_empty() || line.starts_with('#')
        };
        if text.split('\n').skip(1).all(is_comment) {
            Ok(None)
        } else {
            Err(self.problem(tag, SyntaxProblem::CommentLine))
        }
    }

    fn parse_count(&mut self, tag: &TagToken<'s>, direction: Direction) -> Option<Action> {
        self.changes_counters = true;
        let name = self.cursor(tag.arguments).identifier().into();
        Some(Action::Count { name, direction })
    }

    fn parse_cycle(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let (group, candidates) = cycle_values(&mut self.cursor(tag.arguments))?;
        if candidates.is_empty() {
            return Err(self.problem(tag, SyntaxProblem::EmptyCycle));
        }
        Ok(Some(Action::Cycle { group, candidates }))
    }

    fn parse_echo(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let mut cursor = self.cursor(tag.arguments);
        if cursor.is_at_end() {
            return Ok(None);
        }
        Ok(Some(Action::Output(filtered_expression(&mut cursor)?)))
    }

    fn parse_lines(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let lines = line_tokens(self.source, tag.arguments)?.into_iter();
        let outer = mem::replace(&mut self.tokens, lines);
        let nodes = self.parse_all()?;
        self.tokens = outer;
        Ok(Some(Action::Lines(nodes)))
    }

    /// The text is kept as written, untouched by the `-` of its neighbours.
    fn parse_raw(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let mut text = String::new();
        for token in self.tokens.by_ref() {
            match token {
                Token::Tag(tag) if tag.name == "endraw" => return Ok(Some(Action::Text(text.into()))),
                Token::Tag(tag) => text.push_str(tag.whole),
                Token::Text(token) => text.push_str(token.whole),
                // The lexer makes no outputs inside raw blocks.
                Token::Output(_) => {}
            }
        }
        Err(self.not_closed(tag))
    }

    fn parse_if(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let (branches, mut end) = self.parse_branches(tag, &IF_ENDS, true)?;
        let mut otherwise = Vec::new();
        if end.name == "else" {
            self.expect_no_arguments(&end, "else")?;
            (otherwise, end) = self.parse_until(&IF_ENDS, tag)?;
            match end.name {
                "else" => return Err(self.problem(&end, SyntaxProblem::SecondElse)),
                "elsif" => return Err(self.problem(&end, SyntaxProblem::ElsifAfterElse)),
                _ => {}
            }
        }
        self.expect_no_arguments(&end, "endif")?;
        Ok(Some(Action::Choose { branches, otherwise }))
    }

    /// Only the first `else` counts; what stands in later ones, or in an `elsif` after it, is dropped.
    fn parse_unless(&mut self, tag: &TagToken<'s>) -> ParsedTag {
        let (branches, mut end) = self.parse_branches(tag, &UNLESS_ENDS, false)?;
        let mut otherwise = None;
        while end.name != "endunless" {
            let (body, next) = self.parse_until(&UNLESS_ENDS, tag)?;
            otherwise.get_or_insert(body);
            end = next;
        }
        Ok(Some(Action::Choose {
            branches,
            otherwise: otherwise.unwrap_or_default(),
        }))
    }

    /// The condition of the tag itself and those of all `elsif` after it, up to another tag.
    fn parse_branches(
        &mut self,
        tag: &TagToken<'s>,
        ends: &[&str],
        wanted: bool,
    ) -> Result<(Vec<Branch>, TagToken<'s>), CompileError> {
        let (first, mut end) = self.parse_branch(tag, tag, ends, wanted)?;
        let mut branches = vec![first];
        while end.name == "elsif" {
            let (branch, next) = self.parse_branch(tag, &end, ends, true)?;
            branches.push(branch);
            end = next;
        }
        Ok((branches, end))
    }

    fn parse_branch(
        &mut self,
        opening: &TagToken<'s>,
        tag: &TagToken<'s>,
        ends: &[&str],
        wanted: bool,
    ) -> Result<(Branch, TagToken<'s>), CompileError> {
        let condition = filtered_expression(&mut self.cursor(tag.arguments))?;
        let (body, end) = self.parse_until(ends, opening)?;
        let position = Position::of(self.source, tag.offset);
        Ok((
            Branch {
                condition,
                wanted,
                body,
                position,
            },
            end,
        ))
    }

    fn expect_no_arguments(&self, tag: &TagToken<'_>, name: &'static str) -> Result<(), CompileError> {
        let found = tag.arguments.text(self.source);
        if found.is_empty() {
            return Ok(());
        }
        Err(self.problem(
            tag,
            SyntaxProblem::UnexpectedArguments {
                tag: name,
                found: snippet(found),
            },
        ))
    }
}
