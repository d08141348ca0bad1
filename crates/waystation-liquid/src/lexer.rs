//! Cuts a template into text, outputs and tags.

use crate::characters::is_blank;
use crate::cursor::{Cursor, Span, quoted_length};
use crate::error::{CompileError, Position, SyntaxProblem, snippet};

#[derive(Debug, Clone)]
pub(crate) enum Token<'s> {
    Text(TextToken<'s>),
    Output(OutputToken),
    Tag(TagToken<'s>),
}

#[derive(Debug, Clone)]
pub(crate) struct TextToken<'s> {
    /// As written.
    pub(crate) whole: &'s str,
    /// Without the white space that a neighbour's `-` takes away.
    pub(crate) trimmed: &'s str,
}

/// `{{ content }}`
#[derive(Debug, Clone)]
pub(crate) struct OutputToken {
    pub(crate) content: Span,
    /// Byte offset of its start.
    pub(crate) offset: usize,
}

/// `{% name arguments %}`, or a line of a `liquid` tag.
#[derive(Debug, Clone)]
pub(crate) struct TagToken<'s> {
    pub(crate) name: &'s str,
    /// What follows the name.
    pub(crate) arguments: Span,
    /// As written, delimiters included.
    pub(crate) whole: &'s str,
    /// Byte offset of its start.
    pub(crate) offset: usize,
}

impl<'s> TagToken<'s> {
    fn new(source: &'s str, whole: Span, content: Span) -> Result<Self, CompileError> {
        let content = content.trimmed(source);
        let mut cursor = Cursor::new(source, content);
        let name = cursor.tag_name();
        if name.is_empty() {
            let position = Position::of(source, content.start);
            return Err(CompileError {
                problem: SyntaxProblem::MissingTagName,
                position,
            });
        }
        cursor.skip_blank();
        let arguments = Span {
            start: cursor.offset(),
            end: content.end,
        };
        Ok(Self {
            name,
            arguments,
            whole: whole.text(source),
            offset: whole.start,
        })
    }
}

/// The tokens of a whole template.
pub(crate) fn template_tokens(source: &str) -> Result<Vec<Token<'_>>, CompileError> {
    let mut lexer = Lexer {
        source,
        position: 0,
        tokens: Vec::new(),
        trims_next_text: false,
    };
    while lexer.position < source.len() {
        lexer.read_token()?;
    }
    Ok(lexer.tokens)
}

/// The tokens of a `liquid` tag: every line is a tag.
pub(crate) fn line_tokens<'s>(source: &'s str, span: Span) -> Result<Vec<Token<'s>>, CompileError> {
    let mut tokens = Vec::new();
    let mut cursor = Cursor::new(source, span);
    loop {
        cursor.skip_blank();
        if cursor.is_at_end() {
            return Ok(tokens);
        }
        let start = cursor.offset();
        cursor.skip_past('\n');
        let line = Span {
            start,
            end: cursor.offset(),
        };
        tokens.push(Token::Tag(TagToken::new(source, line, line)?));
    }
}

struct Lexer<'s> {
    source: &'s str,
    position: usize,
    tokens: Vec<Token<'s>>,
    /// Whether the last tag or output ended in `-`.
    trims_next_text: bool,
}

impl<'s> Lexer<'s> {
    fn read_token(&mut self) -> Result<(), CompileError> {
        let rest = self.rest();
        if rest.starts_with("{%") {
            let tag = self.read_tag()?;
            let is_raw = tag.name == "raw";
            self.tokens.push(Token::Tag(tag));
            if is_raw { self.read_raw() } else { Ok(()) }
        } else if rest.starts_with("{{") {
            self.read_output()
        } else {
            self.read_text();
            Ok(())
        }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.position..).unwrap_or_default()
    }

    fn read_text(&mut self) {
        let rest = self.rest();
        let length = [rest.find("{%"), rest.find("{{")]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(rest.len());
        let whole = rest.get(..length).unwrap_or(rest);
        let trimmed = if self.trims_next_text {
            whole.trim_start_matches(is_blank)
        } else {
            whole
        };
        self.trims_next_text = false;
        self.position += whole.len();
        self.tokens.push(Token::Text(TextToken { whole, trimmed }));
    }

    fn read_tag(&mut self) -> Result<TagToken<'s>, CompileError> {
        // The closing delimiter may share the `%` of the opening one; the name is missing then.
        let length = self.rest().get(1..).and_then(|rest| rest.find("%}"));
        let Some(length) = length else {
            return Err(self.not_closed());
        };
        let whole = Span {
            start: self.position,
            end: self.position + length + 3,
        };
        let content = self.delimit(whole);
        TagToken::new(self.source, whole, content)
    }

    fn read_output(&mut self) -> Result<(), CompileError> {
        let Some(end) = self.end_of_output() else {
            return Err(self.not_closed());
        };
        let offset = self.position;
        let content = self.delimit(Span { start: offset, end }).trimmed(self.source);
        self.tokens.push(Token::Output(OutputToken { content, offset }));
        Ok(())
    }

    /// Delimiters inside quotes do not count.
    fn end_of_output(&self) -> Option<usize> {
        let mut position = self.position + "{{".len();
        loop {
            let rest = self.source.get(position..)?;
            let step = rest.find(['"', '\'', '}'])?;
            position += step;
            let rest = self.source.get(position..)?;
            if rest.starts_with("}}") {
                return Some(position + "}}".len());
            }
            position += quoted_length(rest).unwrap_or(1);
        }
    }

    /// Goes behind a tag or output and applies its `-` to the text around it. Gives what is between the
    /// delimiters.
    fn delimit(&mut self, whole: Span) -> Span {
        let content = Span {
            start: whole.start + 2,
            end: whole.end - 2,
        };
        let text = content.text(self.source);
        if text.starts_with('-')
            && let Some(Token::Text(before)) = self.tokens.last_mut()
        {
            before.trimmed = before.trimmed.trim_end_matches(is_blank);
        }
        self.trims_next_text = text.ends_with('-');
        self.position = whole.end;
        content
    }

    /// Everything up to `{% endraw` is text. Only the end tag without a `-` in front ends it.
    fn read_raw(&mut self) -> Result<(), CompileError> {
        let opening = self.tokens.last().cloned();
        let start = self.position;
        let Some((tag_start, tag_end)) = find_end_of_raw(self.source, start) else {
            let offset = match opening {
                Some(Token::Tag(tag)) => tag.offset,
                _ => start,
            };
            return Err(not_closed(self.source, offset));
        };
        let whole = self.source.get(start..tag_start).unwrap_or_default();
        if !whole.is_empty() {
            self.tokens.push(Token::Text(TextToken {
                whole,
                trimmed: whole,
            }));
        }
        let tag = Span {
            start: tag_start,
            end: tag_end,
        };
        let content = Span {
            start: tag.start + 2,
            end: tag.end - 2,
        };
        self.trims_next_text = content.text(self.source).ends_with('-');
        self.position = tag.end;
        self.tokens
            .push(Token::Tag(TagToken::new(self.source, tag, content)?));
        Ok(())
    }

    fn not_closed(&self) -> CompileError {
        not_closed(self.source, self.position)
    }
}

/// Start and end of the tag that closes a raw block.
///
/// A `{%` inside a started end tag starts the search for its name anew, while the tag keeps its first start.
fn find_end_of_raw(source: &str, from: usize) -> Option<(usize, usize)> {
    let mut tag_start = from + source.get(from..)?.find("{%")?;
    let mut position = tag_start + 2;
    loop {
        let mut cursor = Cursor::new(
            source,
            Span {
                start: position,
                end: source.len(),
            },
        );
        let is_end = cursor.identifier() == "endraw";
        position = cursor.offset();
        let rest = source.get(position..)?;
        let opening = rest.find("{%");
        if is_end {
            match (rest.find("%}"), opening) {
                (Some(closing), None) => return Some((tag_start, position + closing + 2)),
                (Some(closing), Some(opening)) if closing < opening => {
                    return Some((tag_start, position + closing + 2));
                }
                (_, Some(opening)) => position += opening + 2,
                (None, None) => return None,
            }
        } else {
            tag_start = position + opening?;
            position = tag_start + 2;
        }
    }
}

fn not_closed(source: &str, offset: usize) -> CompileError {
    let opening = snippet(source.get(offset..).unwrap_or_default());
    CompileError {
        problem: SyntaxProblem::NotClosed { opening },
        position: Position::of(source, offset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(source: &str) -> Vec<String> {
        let describe = |token: &Token<'_>| match token {
            Token::Text(text) => format!("text {:?}", text.trimmed),
            Token::Output(output) => format!("output {:?}", output.content.text(source)),
            Token::Tag(tag) => format!("tag {:?} {:?}", tag.name, tag.arguments.text(source)),
        };
        template_tokens(source)
            .expect("tokens")
            .iter()
            .map(describe)
            .collect()
    }

    #[test]
    fn white_space_control_trims_the_text_on_its_side() {
        assert_eq!(
            shape("a \n{{- b }} c"),
            ["text \"a\"", "output \"b\"", "text \" c\""]
        );
        assert_eq!(shape("{% if x -%}\u{3000} c"), ["tag \"if\" \"x\"", "text \"c\""]);
        assert_eq!(shape("  {{-1-}}  "), ["text \"\"", "output \"1\"", "text \"\""]);
    }

    #[test]
    fn quotes_hide_the_end_of_outputs_but_not_of_tags() {
        assert_eq!(shape("{{ '}}' }}"), ["output \"'}}'\""]);
        assert_eq!(shape("{% a '%}' %}"), ["tag \"a\" \"'\"", "text \"' %}\""]);
        assert_eq!(shape("{{ 'it\\'s }}' }}"), ["output \"'it\\\\'s }}'\""]);
    }

    #[test]
    fn raw_blocks_hold_text_until_their_end() {
        assert_eq!(
            shape("{% raw %}{{ a }{% end %}{%endraw -%} b"),
            [
                "tag \"raw\" \"\"",
                "text \"{{ a }{% end %}\"",
                "tag \"endraw\" \"\"",
                "text \"b\""
            ]
        );
        assert!(template_tokens("{% raw %}{%- endraw %}").is_err());
    }

    #[test]
    fn what_is_not_closed_is_refused() {
        for source in ["{{ a", "{{ 'a }}", "{% a", "{% a }}", "{%}", "{% raw %}"] {
            assert!(template_tokens(source).is_err(), "{source:?}");
        }
    }
}
