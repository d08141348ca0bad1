//! From words to the condition tree.
//!
//! The grammar is the forgiving one of Segment's own parser: words that fit nowhere are left out (and
//! warned of), and each level takes its last conjunction. Where that parser turns a subscription into its
//! opposite, or into an error without need, this one reads what is written: groups may nest and may hold
//! functions, `!` and `not` negate whatever condition follows, conjunctions may be written in upper case or
//! directly before a parenthesis, and a carriage return is a space.

use std::ops::Range;

use crate::{
    error::{ParseError, Problem},
    position::Position,
    token::{Kind, Token, tokens},
    tree::{Condition, Conjunction, Group, Subject, Test},
    vocabulary::{Function, argument_field, compared_field, conjunction, is_negation},
    warning::{Suspicion, Warning},
};

/// The most groups and negations within each other.
pub(crate) const MAX_DEPTH: usize = 64;

/// The most bytes of a subscription.
const MAX_LENGTH: usize = 1 << 20;

/// Parses a text; the warnings tell what in it hardly means what it looks like.
pub(crate) fn parse(text: &str) -> Result<(Group, Vec<Warning>), ParseError> {
    if text.len() > MAX_LENGTH {
        let problem = Problem::TooLong {
            limit: MAX_LENGTH,
            found: text.len(),
        };
        return Err(ParseError::at(text, 0, problem));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        text,
        warnings: Vec::new(),
    };
    let condition = parser.level(&tokens, &Token::end(text.len()), 0)?;
    let group = match condition {
        Some(Condition::Group(group)) => group,
        Some(single) => Group {
            conjunction: Conjunction::And,
            conditions: vec![single],
        },
        None => return Err(ParseError::at(text, 0, Problem::NoCondition)),
    };
    Ok((group, parser.warnings))
}

struct Parser<'t> {
    text: &'t str,
    warnings: Vec<Warning>,
}

/// What begins with a word.
enum Part {
    Condition(Condition),
    /// A condition that cannot be asked, already warned of.
    Dropped,
    /// Nothing that the language knows.
    Unknown,
}

impl Parser<'_> {
    /// The conditions of a level; `None` if there is none.
    fn level(
        &mut self,
        tokens: &[Token],
        end: &Token,
        depth: usize,
    ) -> Result<Option<Condition>, ParseError> {
        let mut words = Words { tokens, end, next: 0 };
        let mut level = Level::default();
        while let Some(token) = words.take() {
            if let Some(conjunction) = conjunction(token) {
                self.warn_of_left_out(&mut level);
                level.join(conjunction);
                continue;
            }
            match self.part(token, &mut words, depth)? {
                Part::Condition(condition) => {
                    self.warn_of_left_out(&mut level);
                    level.conditions.push(condition);
                }
                Part::Dropped => self.warn_of_left_out(&mut level),
                Part::Unknown if matches!(token.kind, Kind::Comma | Kind::End) => {}
                Part::Unknown => level.leave_out(token.span.clone()),
            }
        }
        self.warn_of_left_out(&mut level);
        self.warn_of_mixture(&level, tokens);
        Ok(level.into_condition())
    }

    fn part(&mut self, token: &Token, words: &mut Words<'_>, depth: usize) -> Result<Part, ParseError> {
        if token.kind == Kind::Open {
            return self.group(token, words, depth).map(Part::Condition);
        }
        if is_negation(token) {
            return self.negation(words, depth);
        }
        if let Some(function) = Function::of(token) {
            return self.call(function, false, words);
        }
        match compared_field(token) {
            Some(field) => self.comparison(field, words).map(Part::Condition),
            None => Ok(Part::Unknown),
        }
    }

    fn group(&mut self, open: &Token, words: &mut Words<'_>, depth: usize) -> Result<Condition, ParseError> {
        self.check_depth(open, depth)?;
        let Some((tokens, close)) = words.take_group() else {
            return Err(self.error(open, Problem::UnclosedGroup));
        };
        let condition = self.level(tokens, &Token::end(close.span.start), depth + 1)?;
        if condition.is_none() {
            self.warn(open, Suspicion::EmptyGroup);
        }
        Ok(condition.unwrap_or(Condition::Empty))
    }

    /// What follows a negation: a function has its own, everything else is negated as a whole.
    fn negation(&mut self, words: &mut Words<'_>, depth: usize) -> Result<Part, ParseError> {
        let token = words.peek();
        self.check_depth(token, depth)?;
        if let Some(function) = Function::of(token) {
            words.take();
            return self.call(function, true, words);
        }
        if token.kind != Kind::Open && !is_negation(token) && compared_field(token).is_none() {
            return Ok(Part::Unknown);
        }
        words.take();
        Ok(match self.part(token, words, depth + 1)? {
            // Nothing is asked in an empty group, so there is nothing to negate.
            Part::Condition(asked) if asked != Condition::Empty => {
                Part::Condition(Condition::Not(Box::new(asked)))
            }
            other => other,
        })
    }

    fn comparison(&mut self, field: Subject, words: &mut Words<'_>) -> Result<Condition, ParseError> {
        let operator = self.expect(words, "an operator")?;
        if matches!(operator.kind, Kind::Open | Kind::Close | Kind::End) || operator.text == "!" {
            return Err(self.unexpected("an operator", operator));
        }
        let value = self.expect(words, "a value")?;
        let Some(test) = field.test(operator, value) else {
            return Err(self.unexpected("an operator", operator));
        };
        self.warn_of_comparison(&test, operator, value);
        Ok(Condition::Test(field, test))
    }

    /// A call, word by word: parenthesis, field, comma, text, parenthesis. The field and the text are
    /// needed, whatever stands between them.
    fn call(&mut self, function: Function, negated: bool, words: &mut Words<'_>) -> Result<Part, ParseError> {
        self.skip(words, Kind::Open);
        let field = self.expect(words, "a field as the first argument")?;
        self.skip(words, Kind::Comma);
        let value = self.expect(words, "a text as the second argument")?;
        self.skip(words, Kind::Close);
        let Some(subject) = argument_field(field) else {
            self.warn(
                field,
                Suspicion::NoField {
                    found: field.described(),
                },
            );
            return Ok(Part::Dropped);
        };
        self.warn_of_value(value);
        if !function.understands(value) {
            self.warn(
                value,
                Suspicion::Pattern {
                    found: value.described(),
                },
            );
        }
        Ok(Part::Condition(Condition::Test(
            subject,
            function.test(value, negated),
        )))
    }

    /// Skips one word of a call, whatever it is.
    fn skip(&mut self, words: &mut Words<'_>, expected: Kind) {
        if let Some(found) = words.take().filter(|token| token.kind != expected) {
            self.warn(
                found,
                Suspicion::MalformedCall {
                    found: found.described(),
                },
            );
        }
    }

    fn expect<'t>(&self, words: &mut Words<'t>, expected: &'static str) -> Result<&'t Token, ParseError> {
        words.take().ok_or_else(|| self.unexpected(expected, words.end))
    }

    fn check_depth(&self, token: &Token, depth: usize) -> Result<(), ParseError> {
        if depth < MAX_DEPTH {
            return Ok(());
        }
        Err(self.error(token, Problem::TooDeep { limit: MAX_DEPTH }))
    }

    fn unexpected(&self, expected: &'static str, found: &Token) -> ParseError {
        self.error(
            found,
            Problem::Unexpected {
                expected,
                found: found.described(),
            },
        )
    }

    fn error(&self, token: &Token, problem: Problem) -> ParseError {
        ParseError::at(self.text, token.span.start, problem)
    }

    fn warn(&mut self, token: &Token, suspicion: Suspicion) {
        self.warn_at(token.span.start, suspicion);
    }

    fn warn_at(&mut self, offset: usize, suspicion: Suspicion) {
        self.warnings.push(Warning {
            position: Position::of(self.text, offset),
            suspicion,
        });
    }

    fn warn_of_left_out(&mut self, level: &mut Level) {
        if let Some(span) = level.left_out.take() {
            let words = self.text.get(span.clone()).unwrap_or_default().to_owned();
            self.warn_at(span.start, Suspicion::LeftOut { words });
        }
    }

    fn warn_of_mixture(&mut self, level: &Level, tokens: &[Token]) {
        if let (true, Some(conjunction), Some(first)) = (level.is_mixed(), level.conjunction, tokens.first())
        {
            self.warn(
                first,
                Suspicion::MixedConjunctions {
                    used: conjunction.name(),
                },
            );
        }
    }

    fn warn_of_comparison(&mut self, test: &Test, operator: &Token, value: &Token) {
        match test {
            Test::Unknown { .. } => {
                self.warn(
                    operator,
                    Suspicion::UnknownOperator {
                        found: operator.described(),
                    },
                );
            }
            Test::Number { operand, .. } if operand.number().is_nan() => {
                self.warn(
                    value,
                    Suspicion::NoNumber {
                        found: value.described(),
                    },
                );
            }
            _ => self.warn_of_value(value),
        }
    }

    fn warn_of_value(&mut self, value: &Token) {
        match value.kind {
            Kind::Text if value.text.starts_with('\'') => self.warn(value, Suspicion::SingleQuotes),
            Kind::Name | Kind::Text | Kind::Number | Kind::Null => {}
            _ => self.warn(
                value,
                Suspicion::NoValue {
                    found: value.described(),
                },
            ),
        }
    }
}

/// The words of one level. Behind the last one comes the end, once.
struct Words<'t> {
    tokens: &'t [Token],
    end: &'t Token,
    next: usize,
}

impl<'t> Words<'t> {
    fn take(&mut self) -> Option<&'t Token> {
        let taken = self.next;
        self.next += 1;
        if taken == self.tokens.len() {
            Some(self.end)
        } else {
            self.tokens.get(taken)
        }
    }

    fn peek(&self) -> &'t Token {
        self.tokens.get(self.next).unwrap_or(self.end)
    }

    /// The words up to the parenthesis that closes the group they are in, and that parenthesis.
    fn take_group(&mut self) -> Option<(&'t [Token], &'t Token)> {
        let rest = self.tokens.get(self.next..)?;
        let mut open_groups = 0_usize;
        for (index, token) in rest.iter().enumerate() {
            match token.kind {
                Kind::Open => open_groups += 1,
                Kind::Close if open_groups == 0 => {
                    self.next += index + 1;
                    return Some((&rest[..index], token));
                }
                Kind::Close => open_groups -= 1,
                _ => {}
            }
        }
        None
    }
}

/// What a level holds so far.
#[derive(Default)]
struct Level {
    conditions: Vec<Condition>,
    conjunction: Option<Conjunction>,
    has_both_conjunctions: bool,
    /// Words since the last condition that were left out.
    left_out: Option<Range<usize>>,
}

impl Level {
    fn join(&mut self, conjunction: Conjunction) {
        self.has_both_conjunctions |= self.conjunction.is_some_and(|earlier| earlier != conjunction);
        self.conjunction = Some(conjunction);
    }

    fn leave_out(&mut self, span: Range<usize>) {
        let start = self.left_out.as_ref().map_or(span.start, |earlier| earlier.start);
        self.left_out = Some(start..span.end);
    }

    fn is_mixed(&self) -> bool {
        self.has_both_conjunctions && self.conditions.len() > 1
    }

    /// A lone condition stands for itself.
    fn into_condition(mut self) -> Option<Condition> {
        if self.conditions.len() < 2 {
            return self
                .conditions
                .pop()
                .filter(|condition| *condition != Condition::Empty);
        }
        let conjunction = self.conjunction.unwrap_or(Conjunction::And);
        Some(Condition::Group(Group {
            conjunction,
            conditions: self.conditions,
        }))
    }
}

#[cfg(test)]
mod tests;
