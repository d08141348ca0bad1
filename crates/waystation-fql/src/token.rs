//! The words of a subscription.

use std::ops::Range;

use crate::error::{ParseError, Problem};

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A field, a function or an unquoted value; fields include their dots: `properties.plan`.
    Name,
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, or `!` before a function or a group.
    Operator,
    /// `and`, `or`.
    Conjunction,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// `null`.
    Null,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `.`, `[` or `]` on its own.
    Punctuation,
    /// The end of the text or of a group.
    End,
}

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// What it says: names without their backslashes, texts with their quotes.
    pub(crate) text: String,
    /// Its bytes in the subscription.
    pub(crate) span: Range<usize>,
}

impl Token {
    /// The end of a level. It says `eos` because a condition without a value is recorded with that value.
    pub(crate) fn end(offset: usize) -> Self {
        Self {
            kind: Kind::End,
            text: "eos".to_owned(),
            span: offset..offset,
        }
    }

    /// The word as error messages name it.
    pub(crate) fn described(&self) -> String {
        match self.kind {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.text),
        }
    }
}

/// Cuts a subscription into its words; spaces, tabs and line ends separate them.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut scanner = Scanner {
        text,
        offset: 0,
        tokens: Vec::new(),
    };
    while scanner.scan_token()? {}
    Ok(scanner.tokens)
}

struct Scanner<'t> {
    text: &'t str,
    /// The bytes already read.
    offset: usize,
    tokens: Vec<Token>,
}

impl Scanner<'_> {
    /// Reads the next word; false at the end.
    fn scan_token(&mut self) -> Result<bool, ParseError> {
        self.skip_while(is_space);
        let start = self.offset;
        let Some(first) = self.next() else {
            return Ok(false);
        };
        match first {
            '(' => self.push(Kind::Open, start),
            ')' => self.push(Kind::Close, start),
            ',' => self.push(Kind::Comma, start),
            '.' | '[' | ']' => self.push(Kind::Punctuation, start),
            '=' => self.push(Kind::Operator, start),
            '<' | '>' => {
                self.accept_word("=");
                self.push(Kind::Operator, start);
            }
            '!' => self.scan_exclamation(start)?,
            '"' | '\'' => self.scan_text(first, start)?,
            '+' | '-' | '0'..='9' => self.scan_number(start)?,
            'a' if self.accept_word("nd") => self.push(Kind::Conjunction, start),
            'o' if self.accept_word("r") => self.push(Kind::Conjunction, start),
            'n' if self.accept_word("ull") => self.push(Kind::Null, start),
            'a'..='z' | 'A'..='Z' | '_' | '\\' => self.scan_name(start)?,
            found => return Err(self.error(start, Problem::UnexpectedCharacter { found })),
        }
        Ok(true)
    }

    fn scan_exclamation(&mut self, start: usize) -> Result<(), ParseError> {
        let negates = self
            .peek()
            .is_some_and(|next| next.is_ascii_alphabetic() || next == '(');
        if !negates && !self.accept_word("=") {
            let found = match self.peek() {
                Some('=') => "`=` without a space behind it".to_owned(),
                Some(found) => format!("`{found}`"),
                None => "the end".to_owned(),
            };
            return Err(self.error(start, Problem::LoneExclamation { found }));
        }
        self.push(Kind::Operator, start);
        Ok(())
    }

    /// A text ends at the next quote of its kind. If that quote is not followed by the end of a word it
    /// opens another text, which is how the recorded parser reads it.
    fn scan_text(&mut self, quote: char, start: usize) -> Result<(), ParseError> {
        let Some(length) = self.rest().find(quote) else {
            return Err(self.error(start, Problem::UnclosedQuote { quote }));
        };
        self.offset += length + quote.len_utf8();
        self.push(Kind::Text, start);
        if !self.at_word_end() {
            self.offset -= quote.len_utf8();
        }
        Ok(())
    }

    fn scan_number(&mut self, start: usize) -> Result<(), ParseError> {
        let mut has_point = false;
        while let Some(next) = self.peek().filter(|next| next.is_ascii_digit() || *next == '.') {
            let here = self.offset;
            self.next();
            if next == '.' {
                // Without this, `1.price` would be the number `1.` and a name, and print as what cannot be read.
                if !self
                    .peek()
                    .is_some_and(|next| next.is_ascii_digit() || next == '.')
                {
                    return Err(self.error(here, Problem::NoDecimals));
                }
                if has_point {
                    return Err(self.error(here, Problem::SecondPoint));
                }
                has_point = true;
            }
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    fn scan_name(&mut self, start: usize) -> Result<(), ParseError> {
        self.offset = start;
        let mut name = String::new();
        while let Some(next) = self.peek().filter(|next| is_in_name(*next)) {
            self.next();
            match next {
                '\\' => name.push(self.escaped()?),
                plain => name.push(plain),
            }
        }
        match self.peek() {
            Some(found) if !(self.at_word_end() || matches!(found, '.' | '(' | '=' | '!')) => {
                Err(self.error(self.offset, Problem::BrokenName { found }))
            }
            _ => {
                self.push_name(name, start);
                Ok(())
            }
        }
    }

    /// The character behind a backslash, whatever it is.
    fn escaped(&mut self) -> Result<char, ParseError> {
        let end = self.offset;
        self.next()
            .ok_or_else(|| self.error(end, Problem::NothingToEscape))
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let span = start..self.offset;
        self.tokens.push(Token {
            kind,
            text: self.text[span.clone()].to_owned(),
            span,
        });
    }

    /// A name behind a name and a dot continues it.
    fn push_name(&mut self, name: String, start: usize) {
        if let [.., parent, dot] = self.tokens.as_mut_slice()
            && (parent.kind, dot.kind, dot.text.as_str()) == (Kind::Name, Kind::Punctuation, ".")
        {
            parent.text.push('.');
            parent.text.push_str(&name);
            parent.span.end = self.offset;
            self.tokens.pop();
            return;
        }
        self.tokens.push(Token {
            kind: Kind::Name,
            text: name,
            span: start..self.offset,
        });
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.offset += next.len_utf8();
        Some(next)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        &self.text[self.offset..]
    }

    fn skip_while(&mut self, skipped: impl Fn(char) -> bool) {
        self.offset = self.text.len() - self.rest().trim_start_matches(skipped).len();
    }

    /// Reads these characters if they come next and a word ends behind them.
    fn accept_word(&mut self, word: &str) -> bool {
        let before = self.offset;
        if self.rest().starts_with(word) {
            self.offset += word.len();
            if self.at_word_end() {
                return true;
            }
        }
        self.offset = before;
        false
    }

    fn at_word_end(&self) -> bool {
        self.peek()
            .is_none_or(|next| is_space(next) || matches!(next, ',' | ']' | ')'))
    }

    fn error(&self, offset: usize, problem: Problem) -> ParseError {
        ParseError::at(self.text, offset, problem)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether a name may go on with this character without, or with, escaping.
pub(crate) fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(Kind, String)> {
        tokens(text)
            .unwrap()
            .into_iter()
            .map(|token| (token.kind, token.text))
            .collect()
    }

    fn problem(text: &str) -> (usize, Problem) {
        let error = tokens(text).unwrap_err();
        (error.position.offset, error.problem)
    }

    #[test]
    fn names_take_in_dots_and_escapes() {
        assert_eq!(
            words(r"properties.product\ 1 . price"),
            [(Kind::Name, "properties.product 1.price".into())]
        );
        assert_eq!(tokens("a.b").unwrap()[0].span, 0..3);
    }

    #[test]
    fn keywords_are_whole_words() {
        let kinds = |text| words(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(
            kinds("and or null"),
            [Kind::Conjunction, Kind::Conjunction, Kind::Null]
        );
        assert_eq!(kinds("android order nullable AND"), [Kind::Name; 4]);
    }

    #[test]
    fn comparisons_need_a_word_end_to_take_in_their_equals() {
        let texts = |text| words(text).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(">= 3"), [">=", "3"]);
        assert_eq!(texts(">=3"), [">", "=", "3"]);
    }

    #[test]
    fn a_closing_quote_in_mid_word_opens_another_text() {
        let texts = words(r#""a"b""#);
        assert_eq!(
            texts,
            [(Kind::Text, r#""a""#.into()), (Kind::Text, r#""b""#.into())]
        );
    }

    #[test]
    fn problems_point_to_their_place() {
        assert_eq!(
            problem("type = {"),
            (7, Problem::UnexpectedCharacter { found: '{' })
        );
        assert_eq!(problem("rate% = 1"), (4, Problem::BrokenName { found: '%' }));
        assert_eq!(problem("x = \"abc"), (4, Problem::UnclosedQuote { quote: '"' }));
        assert_eq!(problem("x = 3. "), (5, Problem::NoDecimals));
        assert_eq!(problem("x = 1.2.3"), (7, Problem::SecondPoint));
        assert_eq!(problem("x\\"), (2, Problem::NothingToEscape));
        assert!(matches!(problem("x !=3"), (2, Problem::LoneExclamation { .. })));
    }
}
