//! Regular expressions of ECMAScript, without the flags `u` and `v`: only whether they are well formed.
//!
//! The grammar is that of browsers (annex B of the standard), in which most stray characters stand for
//! themselves. Groups are counted on a stack of our own, so depth costs no recursion.

/// Whether `new RegExp(text)` succeeds. The anchor `\Z` of other languages counts as a mistake.
pub(super) fn is_regex(text: &str) -> bool {
    !has_foreign_anchor(text) && Parser::new(text).parse().is_some()
}

/// `\Z` after a character that is not a backslash.
fn has_foreign_anchor(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|window| window[0] != b'\\' && window[1..] == *b"\\Z")
}

/// A group that is open.
#[derive(Clone, Copy)]
enum Group {
    /// May be repeated as a whole.
    Repeatable,
    /// Looks behind, which cannot be repeated.
    LookBehind,
}

/// An atom of a character class.
enum ClassAtom {
    /// A single UTF-16 unit, which may begin or end a range.
    Unit(u16),
    /// A set such as `\d`, for which a hyphen beside it is only a hyphen.
    Set,
}

/// Reads a pattern by UTF-16 units, as ECMAScript does. Methods return `None` for a syntax error.
struct Parser {
    units: Vec<u16>,
    position: usize,
    groups: Vec<Group>,
    names: Vec<Vec<u16>>,
    /// The names that `\k` refers to; `None` for a `\k` without a name.
    references: Vec<Option<Vec<u16>>>,
}

impl Parser {
    fn new(text: &str) -> Self {
        Self {
            units: text.encode_utf16().collect(),
            position: 0,
            groups: Vec::new(),
            names: Vec::new(),
            references: Vec::new(),
        }
    }

    fn parse(mut self) -> Option<()> {
        let mut repeatable = false;
        while let Some(unit) = self.next() {
            repeatable = match ascii(unit) {
                b'^' | b'$' | b'|' => false,
                b'(' => self.open_group()?,
                b')' => matches!(self.groups.pop()?, Group::Repeatable),
                b'[' => self.class()?,
                b'\\' => self.escape()?,
                b'*' | b'+' | b'?' => self.quantified(repeatable)?,
                b'{' => match self.bounds()? {
                    true => self.quantified(repeatable)?,
                    false => true,
                },
                _ => true,
            };
        }
        (self.groups.is_empty() && self.references_are_known()).then_some(())
    }

    fn peek(&self) -> u8 {
        self.units.get(self.position).map_or(0, |&unit| ascii(unit))
    }

    fn next(&mut self) -> Option<u16> {
        let unit = self.units.get(self.position).copied()?;
        self.position += 1;
        Some(unit)
    }

    /// Takes an ASCII text if it comes next.
    fn take(&mut self, text: &str) -> bool {
        let next = self.units[self.position..].iter().copied().take(text.len());
        let found = next.eq(text.bytes().map(u16::from));
        if found {
            self.position += text.len();
        }
        found
    }

    /// After a quantifier: it needs something to repeat, and cannot itself be repeated.
    fn quantified(&mut self, repeatable: bool) -> Option<bool> {
        self.take("?");
        repeatable.then_some(false)
    }

    /// After `{`: whether bounds such as `2}`, `2,}` or `2,3}` follow; else the brace stands for itself.
    fn bounds(&mut self) -> Option<bool> {
        let start = self.position;
        let least = self.number();
        let most = if self.take(",") {
            self.number().or(Some(u64::MAX))
        } else {
            least
        };
        match (least, most) {
            (Some(least), Some(most)) if self.take("}") => (least <= most).then_some(true),
            _ => {
                self.position = start;
                Some(false)
            }
        }
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = None;
        while self.peek().is_ascii_digit() {
            let digit = u64::from(self.peek() - b'0');
            number = Some(number.unwrap_or(0_u64).saturating_mul(10).saturating_add(digit));
            self.position += 1;
        }
        number
    }

    fn open_group(&mut self) -> Option<bool> {
        let group = if !self.take("?") || self.take(":") || self.take("=") || self.take("!") {
            Group::Repeatable
        } else if self.take("<=") || self.take("<!") {
            Group::LookBehind
        } else {
            let name = self.name()?;
            if self.names.contains(&name) {
                return None;
            }
            self.names.push(name);
            Group::Repeatable
        };
        self.groups.push(group);
        Some(false)
    }

    /// `<name>`.
    fn name(&mut self) -> Option<Vec<u16>> {
        if !self.take("<") {
            return None;
        }
        let start = self.position;
        while is_name_unit(self.peek()) {
            self.position += 1;
        }
        let name = self.units[start..self.position].to_vec();
        let starts_well = name.first().is_some_and(|&unit| !ascii(unit).is_ascii_digit());
        (starts_well && self.take(">")).then_some(name)
    }

    /// After a backslash outside a class; whether what it stands for may be repeated.
    fn escape(&mut self) -> Option<bool> {
        match ascii(self.next()?) {
            b'b' | b'B' => Some(false),
            b'k' => {
                let before = self.position;
                let name = self.name();
                if name.is_none() {
                    self.position = before;
                }
                self.references.push(name);
                Some(true)
            }
            _ => Some(true),
        }
    }

    /// `\k` refers to a group only in patterns that name one.
    fn references_are_known(&self) -> bool {
        self.names.is_empty()
            || self
                .references
                .iter()
                .all(|name| name.as_ref().is_some_and(|name| self.names.contains(name)))
    }

    /// After `[`.
    fn class(&mut self) -> Option<bool> {
        self.take("^");
        loop {
            if self.take("]") {
                return Some(true);
            }
            let first = self.class_atom()?;
            if self.peek() != b'-'
                || self
                    .units
                    .get(self.position + 1)
                    .is_none_or(|&unit| ascii(unit) == b']')
            {
                continue;
            }
            self.position += 1;
            if let (ClassAtom::Unit(first), ClassAtom::Unit(last)) = (first, self.class_atom()?)
                && first > last
            {
                return None;
            }
        }
    }

    fn class_atom(&mut self) -> Option<ClassAtom> {
        let unit = self.next()?;
        if ascii(unit) != b'\\' {
            return Some(ClassAtom::Unit(unit));
        }
        let escaped = self.next()?;
        Some(match ascii(escaped) {
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' => ClassAtom::Set,
            b'b' => ClassAtom::Unit(8),
            b't' => ClassAtom::Unit(9),
            b'n' => ClassAtom::Unit(10),
            b'v' => ClassAtom::Unit(11),
            b'f' => ClassAtom::Unit(12),
            b'r' => ClassAtom::Unit(13),
            b'x' => ClassAtom::Unit(self.digits(16, 2, true).unwrap_or(escaped)),
            b'u' => ClassAtom::Unit(self.digits(16, 4, true).unwrap_or(escaped)),
            b'0'..=b'7' => {
                self.position -= 1;
                ClassAtom::Unit(self.octal())
            }
            b'c' => ClassAtom::Unit(self.control_letter()),
            _ => ClassAtom::Unit(escaped),
        })
    }

    /// After `\c`: the control character, or else the backslash, and the `c` is read again.
    fn control_letter(&mut self) -> u16 {
        let letter = self.peek();
        if letter.is_ascii_alphanumeric() || letter == b'_' {
            self.position += 1;
            return u16::from(letter % 32);
        }
        self.position -= 1;
        u16::from(b'\\')
    }

    /// Up to three octal digits, up to 0o377.
    fn octal(&mut self) -> u16 {
        let most = if self.peek() <= b'3' { 3 } else { 2 };
        self.digits(8, most, false).unwrap_or(0)
    }

    /// The number that up to so many digits stand for, or exactly so many.
    fn digits(&mut self, radix: u32, most: usize, exactly: bool) -> Option<u16> {
        let digits: Vec<u32> = self.units[self.position..]
            .iter()
            .take(most)
            .map_while(|&unit| char::from(ascii(unit)).to_digit(radix))
            .collect();
        if exactly && digits.len() < most {
            return None;
        }
        self.position += digits.len();
        u16::try_from(digits.iter().fold(0, |number, digit| number * radix + digit)).ok()
    }
}

/// The unit as a byte, with one that means nothing in patterns for all beyond ASCII.
const fn ascii(unit: u16) -> u8 {
    if unit < 0x80 { unit as u8 } else { 0xFF }
}

fn is_name_unit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"$_\xFF".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_patterns() {
        for good in [
            "",
            "^a+$",
            "(?<n>x)\\k<n>",
            "\\k",
            "\\k<n>",
            "\\d{2,3}?",
            "a{,5}",
            "{",
            "}",
            "]",
            "a{1",
            "[]",
            "[^]",
            "[]a",
            "(?=a)*",
            "(?!a)",
            "(?<=a)b",
            "(?:a|b)+",
            "[\\d-z]",
            "[a-]",
            "[-a]",
            "\\x1",
            "\\u{1}",
            "[\\x41-\\x42]",
            "(((a)))",
            "x|",
            "\\\\Z",
            "[\\cA-\\cB]",
            "(?<é>x)",
            "[\\0-\\377]",
            "\\c",
        ] {
            assert!(is_regex(good), "{good}");
        }
    }

    #[test]
    fn malformed_patterns() {
        for bad in [
            "*",
            "+a",
            "a**",
            "a*??",
            "(",
            ")",
            "(?",
            "(?a)",
            "(?i:a)",
            "[a-z",
            "[z-a]",
            "a{2,1}",
            "{1}",
            "^*",
            "\\b+",
            "(?<=a)*",
            "\\",
            "[\\",
            "(?<n>a)(?<n>b)",
            "(?<n>a)\\k<m>",
            "(?<n>a)\\k",
            "(?<1>a)",
            "(?<n",
            "a\\Z",
            "|*",
            "[\\x42-\\x41]",
            "(*)",
        ] {
            assert!(!is_regex(bad), "{bad}");
        }
    }
}
