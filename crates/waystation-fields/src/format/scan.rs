//! What the matchers share: reading ASCII grammars byte by byte.

/// A text that is read from the front.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'t> {
    rest: &'t [u8],
}

impl<'t> Scanner<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    pub(super) const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the byte if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.take_if(|next| next == byte)
    }

    /// Takes the next byte if it is of the class.
    pub(super) fn take_if(&mut self, class: impl Fn(u8) -> bool) -> bool {
        match self.rest.split_first() {
            Some((&next, rest)) if class(next) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes bytes of the class as long as they come; returns how many.
    pub(super) fn take_while(&mut self, class: impl Fn(u8) -> bool) -> usize {
        let count = self.rest.iter().take_while(|&&byte| class(byte)).count();
        self.rest = &self.rest[count..];
        count
    }

    /// Takes characters of the class and escapes such as `%2F` as long as they come; returns whether
    /// there was any.
    pub(super) fn take_escaped(&mut self, class: impl Fn(u8) -> bool) -> bool {
        let before = self.rest.len();
        self.take_while(&class);
        while self.take_percent_escape() {
            self.take_while(&class);
        }
        self.rest.len() < before
    }

    /// Takes an escape such as `%2F`.
    pub(super) fn take_percent_escape(&mut self) -> bool {
        match self.rest {
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}
