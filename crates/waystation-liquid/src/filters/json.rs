//! `JSON.stringify`.

use waystation_json::number::f64_text;

use super::{Arguments, Filtered, to_index};
use crate::error::Failure;
use crate::value::{MAX_NESTING, TextBuilder, Value, utf16_slice};

/// Indentation is cut to so many characters.
const MAX_INDENT: usize = 10;

/// The value as JSON; undefined when it is.
pub(super) fn apply<'a>(input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    if matches!(input, Value::Undefined) {
        return Ok(Value::Undefined);
    }
    let indent = match arguments.get(0) {
        Value::Number(width) => " ".repeat(to_index(width).min(MAX_INDENT)),
        Value::Text(text) => utf16_slice(&text, 0..MAX_INDENT).into_owned(),
        _ => String::new(),
    };
    let mut writer = JsonWriter {
        out: arguments.builder(),
        indent: &indent,
        depth: 0,
    };
    writer.value(input)?;
    Ok(Value::from(writer.out.finish()))
}

struct JsonWriter<'w> {
    out: TextBuilder<'w>,
    /// What a level is moved in by; empty for everything on one line.
    indent: &'w str,
    depth: usize,
}

impl JsonWriter<'_> {
    fn value(&mut self, value: &Value<'_>) -> Result<(), Failure> {
        match value {
            Value::Undefined | Value::Null => self.out.push_str("null")?,
            Value::Bool(true) => self.out.push_str("true")?,
            Value::Bool(false) => self.out.push_str("false")?,
            Value::Number(number) if number.is_finite() => self.out.push_str(&f64_text(*number))?,
            Value::Number(_) => self.out.push_str("null")?,
            Value::Text(text) => self.text(text)?,
            // A special literal is an object without properties there.
            Value::Special(_) => self.out.push_str("{}")?,
            Value::List(list) => {
                let items = list.items(self.out.budget)?;
                self.members(['[', ']'], items, |writer, item| writer.value(&item))?;
            }
            Value::Object(object) => {
                self.out.budget.spend_items(object.len())?;
                self.members(['{', '}'], object.iter(), |writer, (name, member)| {
                    writer.text(name)?;
                    writer
                        .out
                        .push_str(if writer.indent.is_empty() { ":" } else { ": " })?;
                    writer.value(&Value::from(member))
                })?;
            }
        }
        Ok(())
    }

    fn members<T>(
        &mut self,
        [opening, closing]: [char; 2],
        members: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.depth >= MAX_NESTING {
            return Err(Failure::TooDeep { limit: MAX_NESTING });
        }
        self.out.push(opening)?;
        self.depth += 1;
        let mut is_empty = true;
        for member in members {
            if !is_empty {
                self.out.push(',')?;
            }
            is_empty = false;
            self.break_line()?;
            write(self, member)?;
        }
        self.depth -= 1;
        if !is_empty {
            self.break_line()?;
        }
        self.out.push(closing)?;
        Ok(())
    }

    fn break_line(&mut self) -> Result<(), Failure> {
        if self.indent.is_empty() {
            return Ok(());
        }
        self.out.push('\n')?;
        for _ in 0..self.depth {
            self.out.push_str(self.indent)?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.out.push('"')?;
        let mut rest = text;
        while let Some(place) = rest.find(|c: char| c < ' ' || matches!(c, '"' | '\\')) {
            let (plain, special) = rest.split_at(place);
            self.out.push_str(plain)?;
            let mut characters = special.chars();
            if let Some(character) = characters.next() {
                self.escape(character)?;
            }
            rest = characters.as_str();
        }
        self.out.push_str(rest)?;
        self.out.push('"')?;
        Ok(())
    }

    fn escape(&mut self, character: char) -> Result<(), Failure> {
        match character {
            '\u{8}' => self.out.push_str("\\b")?,
            '\u{c}' => self.out.push_str("\\f")?,
            '\n' => self.out.push_str("\\n")?,
            '\r' => self.out.push_str("\\r")?,
            '\t' => self.out.push_str("\\t")?,
            '"' => self.out.push_str("\\\"")?,
            '\\' => self.out.push_str("\\\\")?,
            _ => self.out.push_str(&format!("\\u{:04x}", u32::from(character)))?,
        }
        Ok(())
    }
}
