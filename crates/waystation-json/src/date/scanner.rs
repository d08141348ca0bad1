//! The tokens of V8's date texts.

use crate::number::is_js_space;

/// Digits that count towards a number, leading zeros apart; later ones are read and ignored.
const SIGNIFICANT_DIGITS: usize = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Number(Numeral),
    /// One of `:`, `-`, `+`, `.` and `)`.
    Symbol(u8),
    Word(Word),
    Space,
    /// Anything else, a comment in parentheses included.
    Other,
    End,
}

/// A run of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    /// Made of the first nine digits after the leading zeros.
    pub(super) value: i32,
    /// Count of all digits, leading zeros included.
    pub(super) digits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// 1 to 12.
    Month(i32),
    /// Hours that `am` or `pm` adds.
    Meridiem(i32),
    /// Offset from UTC in hours.
    Zone(i32),
    /// The single letter `Z`.
    Zulu,
    /// The single letter `T`.
    TimeSeparator,
    Unknown,
}

impl Numeral {
    /// The value when there are exactly so many digits.
    pub(super) fn of_length(self, digits: usize) -> Option<i32> {
        (self.digits == digits).then_some(self.value)
    }

    /// The digits read as a decimal fraction of a second, cut to milliseconds.
    pub(super) fn as_milliseconds(self) -> i32 {
        match self.digits {
            0..=3 => self.value * [1000, 100, 10, 1][self.digits],
            digits => {
                let surplus = digits.min(SIGNIFICANT_DIGITS) - 3;
                (0..surplus).fold(self.value, |value, _| value / 10)
            }
        }
    }
}

impl Token {
    pub(super) fn as_number(self) -> Option<Numeral> {
        match self {
            Self::Number(numeral) => Some(numeral),
            _ => None,
        }
    }

    /// The value of a number with exactly so many digits.
    pub(super) fn as_fixed_number(self, digits: usize) -> Option<i32> {
        self.as_number()?.of_length(digits)
    }

    /// 1 for `+`, -1 for `-`.
    pub(super) fn as_sign(self) -> Option<i32> {
        match self {
            Self::Symbol(b'+') => Some(1),
            Self::Symbol(b'-') => Some(-1),
            _ => None,
        }
    }
}

/// Reads tokens with one of look-ahead.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    next: Token,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut scanner = Self {
            rest: text,
            next: Token::End,
        };
        scanner.next = scanner.scan();
        scanner
    }

    pub(super) fn peek(&self) -> Token {
        self.next
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.next;
        self.next = self.scan();
        token
    }

    pub(super) fn skip_symbol(&mut self, symbol: u8) -> bool {
        let found = self.next == Token::Symbol(symbol);
        if found {
            self.next();
        }
        found
    }

    fn scan(&mut self) -> Token {
        let Some(first) = self.rest.chars().next() else {
            return Token::End;
        };
        match first {
            // V8 marks the end of the text with a NUL, so a NUL inside ends it too.
            '\0' => Token::End,
            '0'..='9' => self.scan_number(),
            ':' => self.one(first, Token::Symbol(b':')),
            '-' => self.one(first, Token::Symbol(b'-')),
            '+' => self.one(first, Token::Symbol(b'+')),
            '.' => self.one(first, Token::Symbol(b'.')),
            ')' => self.one(first, Token::Symbol(b')')),
            '(' => self.scan_comment(),
            _ if is_word_character(first) => Token::Word(recognise(self.take_while(is_word_character))),
            _ if is_js_space(first) => self.one(first, Token::Space),
            _ => self.one(first, Token::Other),
        }
    }

    fn one(&mut self, character: char, token: Token) -> Token {
        self.take(character.len_utf8());
        token
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.take(length)
    }

    fn scan_number(&mut self) -> Token {
        let digits = self.take_while(|c| c.is_ascii_digit());
        let significant = digits.trim_start_matches('0').bytes().take(SIGNIFICANT_DIGITS);
        let value = significant.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        Token::Number(Numeral {
            value,
            digits: digits.len(),
        })
    }

    /// Comments nest; one that is not closed reaches to the end of the text.
    fn scan_comment(&mut self) -> Token {
        let mut depth = 0_usize;
        for (position, character) in self.rest.char_indices() {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\0' => {
                    self.take(position);
                    return Token::Other;
                }
                _ => {}
            }
            if depth == 0 {
                self.take(position + 1);
                return Token::Other;
            }
        }
        self.rest = "";
        Token::Other
    }
}

/// V8 takes every character from `A` up as part of a word, except white space; the separators of lines
/// and paragraphs are not white space to it.
fn is_word_character(character: char) -> bool {
    character >= 'A' && (!is_js_space(character) || matches!(character, '\u{2028}' | '\u{2029}'))
}

/// Months may be written out; of every other word there is one spelling.
fn recognise(word: &str) -> Word {
    const MONTHS: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
    ];
    let mut start = [0_u8; 3];
    for (lower, byte) in start.iter_mut().zip(word.bytes()) {
        *lower = byte.to_ascii_lowercase();
    }
    if let Some(month) = MONTHS.iter().position(|name| **name == start) {
        return Word::Month(i32::try_from(month).unwrap_or(0) + 1);
    }
    if word.len() > start.len() {
        return Word::Unknown;
    }
    match &start {
        b"am\0" => Word::Meridiem(0),
        b"pm\0" => Word::Meridiem(12),
        b"z\0\0" => Word::Zulu,
        b"t\0\0" => Word::TimeSeparator,
        b"ut\0" | b"utc" | b"gmt" => Word::Zone(0),
        b"edt" => Word::Zone(-4),
        b"est" | b"cdt" => Word::Zone(-5),
        b"cst" | b"mdt" => Word::Zone(-6),
        b"mst" | b"pdt" => Word::Zone(-7),
        b"pst" => Word::Zone(-8),
        _ => Word::Unknown,
    }
}
