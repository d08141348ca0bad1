//! Values, operators and filters.

use super::MAX_DEPTH;
use super::literals::{take_number, unquote};
use crate::cursor::{Cursor, Span};
use crate::error::{CompileError, SyntaxProblem};
use crate::filters::Filter;
use crate::syntax::{
    Argument, Expression, FilterCall, FilteredExpression, Key, Operand, Operation, Operator, Path, PathRoot,
    PropertyPath, Special,
};

const SYMBOL_OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

const WORD_OPERATORS: [(&str, Operator); 4] = [
    ("contains", Operator::Contains),
    ("not", Operator::Not),
    ("and", Operator::And),
    ("or", Operator::Or),
];

/// The rest of an output or tag: a value and its filters.
pub(super) fn filtered_expression(cursor: &mut Cursor<'_>) -> Result<FilteredExpression, CompileError> {
    let mut parser = ExpressionParser { cursor, depth: 0 };
    Ok(FilteredExpression {
        initial: parser.expression()?,
        filters: parser.filters()?,
    })
}

/// The group and the values of a `cycle` tag.
pub(super) fn cycle_values(cursor: &mut Cursor<'_>) -> Result<(Option<Operand>, Vec<Operand>), CompileError> {
    let mut parser = ExpressionParser { cursor, depth: 0 };
    let mut candidates = Vec::new();
    let mut group = parser.value()?;
    parser.cursor.skip_blank();
    let has_group = group.is_some() && parser.cursor.take_if(":");
    if !has_group {
        candidates.extend(group.take());
    }
    while !parser.cursor.is_at_end() {
        candidates.extend(parser.value()?);
        parser.cursor.skip_past(',');
    }
    Ok((group, candidates))
}

/// A property of list items, as filters take it in a text: it cannot start with a literal.
pub(crate) fn property_path(text: &str) -> PropertyPath {
    let mut cursor = Cursor::new(
        text,
        Span {
            start: 0,
            end: text.len(),
        },
    );
    let mut parser = ExpressionParser {
        cursor: &mut cursor,
        depth: 0,
    };
    parser.cursor.skip_blank();
    parser.path().map_err(|error| error.problem)
}

struct ExpressionParser<'c, 's> {
    cursor: &'c mut Cursor<'s>,
    depth: usize,
}

impl ExpressionParser<'_, '_> {
    fn expression(&mut self) -> Result<Expression, CompileError> {
        let mut operations = Vec::new();
        let mut pending: Vec<Operator> = Vec::new();
        loop {
            if let Some(operator) = self.operator() {
                let binds_tighter = |other: &Operator| other.precedence() > operator.precedence();
                while let Some(other) = pending.pop_if(|other| binds_tighter(other)) {
                    operations.push(Operation::Operator(other));
                }
                pending.push(operator);
            } else if let Some(operand) = self.value()? {
                operations.push(Operation::Operand(operand));
            } else {
                break;
            }
        }
        operations.extend(pending.into_iter().rev().map(Operation::Operator));
        match operations.pop() {
            None => Err(self.cursor.expected("a value")),
            Some(Operation::Operand(operand)) if operations.is_empty() => Ok(Expression::Single(operand)),
            Some(last) => {
                operations.push(last);
                Ok(Expression::Postfix(operations))
            }
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        self.cursor.skip_blank();
        let symbols = SYMBOL_OPERATORS.into_iter();
        let words = WORD_OPERATORS.into_iter();
        let symbol = symbols
            .into_iter()
            .find(|(symbol, _)| self.cursor.take_if(symbol));
        symbol
            .or_else(|| words.into_iter().find(|(word, _)| self.cursor.take_word(word)))
            .map(|found| found.1)
    }

    /// A literal or a path; nothing when neither stands here.
    fn value(&mut self) -> Result<Option<Operand>, CompileError> {
        self.cursor.skip_blank();
        let Some(literal) = self.literal()? else {
            return Ok(self.path()?.map(Operand::Path));
        };
        let keys = self.keys()?;
        if keys.is_empty() {
            return Ok(Some(literal));
        }
        Ok(Some(Operand::Path(Path {
            root: PathRoot::Literal(Box::new(literal)),
            keys,
        })))
    }

    fn literal(&mut self) -> Result<Option<Operand>, CompileError> {
        let word = self.literal_word();
        if word.is_some() {
            return Ok(word);
        }
        if let Some(quoted) = self.cursor.quoted() {
            return Ok(Some(Operand::Text(unquote(quoted).into())));
        }
        if self.cursor.take_if("(") {
            return self.nested(Self::range).map(Some);
        }
        Ok(take_number(self.cursor).map(Operand::Number))
    }

    fn literal_word(&mut self) -> Option<Operand> {
        let words = [
            ("true", Operand::Bool(true)),
            ("false", Operand::Bool(false)),
            ("nil", Operand::Special(Special::Nil)),
            ("null", Operand::Special(Special::Nil)),
            ("empty", Operand::Special(Special::Empty)),
            ("blank", Operand::Special(Special::Blank)),
        ];
        words
            .into_iter()
            .find(|(word, _)| self.cursor.take_word(word))
            .map(|found| found.1)
    }

    /// `low..high)`
    fn range(&mut self) -> Result<Operand, CompileError> {
        let low = self.expect_value()?;
        self.cursor.expect("..", "`..` of a range")?;
        let high = self.expect_value()?;
        self.cursor.expect(")", "`)` of a range")?;
        Ok(Operand::Range(Box::new((low, high))))
    }

    fn expect_value(&mut self) -> Result<Operand, CompileError> {
        self.value()?.ok_or_else(|| self.cursor.expected("a value"))
    }

    /// A path that starts with a variable or a field of the event.
    fn path(&mut self) -> Result<Option<Path>, CompileError> {
        let root = match self.bracketed_key()? {
            Some(key) => key,
            None => match self.cursor.identifier() {
                "" if !self.cursor.is_at_dot() => return Ok(None),
                // A point in front of the first name is allowed.
                "" => match self.dotted_key() {
                    Some(key) => key,
                    None => return Ok(None),
                },
                name => Key::Name(name.into()),
            },
        };
        Ok(Some(Path {
            root: PathRoot::Scope(root),
            keys: self.keys()?,
        }))
    }

    fn keys(&mut self) -> Result<Vec<Key>, CompileError> {
        let mut keys = Vec::new();
        loop {
            let key = match self.bracketed_key()? {
                Some(key) => Some(key),
                None => self.dotted_key(),
            };
            match key {
                Some(key) => keys.push(key),
                None => return Ok(keys),
            }
        }
    }

    /// `.name`; a point without a name is taken and means nothing.
    fn dotted_key(&mut self) -> Option<Key> {
        if !self.cursor.is_at_dot() {
            return None;
        }
        self.cursor.take(1);
        match self.cursor.identifier() {
            "" => None,
            name => Some(Key::Name(name.into())),
        }
    }

    /// `[value]`; what stands between the value and the bracket is ignored.
    fn bracketed_key(&mut self) -> Result<Option<Key>, CompileError> {
        if !self.cursor.take_if("[") {
            return Ok(None);
        }
        let value = self.nested(Self::value)?;
        let inside = self.cursor.clone();
        if !self.cursor.skip_past(']') {
            return Err(inside.expected("`]`"));
        }
        Ok(Some(match value {
            None => Key::Name("".into()),
            Some(Operand::Text(name)) => Key::Name(name),
            Some(Operand::Number(index)) => Key::Index(index),
            Some(operand) => Key::Computed(Box::new(operand)),
        }))
    }

    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.cursor.error(SyntaxProblem::TooDeep { limit: MAX_DEPTH }));
        }
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    fn filters(&mut self) -> Result<Vec<FilterCall>, CompileError> {
        let mut filters = Vec::new();
        loop {
            self.cursor.skip_blank();
            if self.cursor.is_at_end() {
                return Ok(filters);
            }
            self.cursor.expect("|", "`|` before a filter")?;
            let name = self.cursor.identifier();
            match name {
                "" if self.cursor.is_at_end() => return Ok(filters),
                "" => return Err(self.cursor.expected("the name of a filter")),
                name => filters.push(FilterCall::new(Filter::named(name), self.arguments()?)),
            }
        }
    }

    fn arguments(&mut self) -> Result<Vec<Argument>, CompileError> {
        self.cursor.skip_blank();
        let mut arguments = Vec::new();
        if !self.cursor.rest().starts_with(['|', ':']) && !self.cursor.is_at_end() {
            return Err(self.cursor.expected("`:` after the name of a filter"));
        }
        let mut goes_on = self.cursor.take_if(":");
        while goes_on {
            arguments.extend(self.argument()?);
            self.cursor.skip_blank();
            goes_on = self.cursor.take_if(",");
            if !goes_on && !self.cursor.is_at_end() && !self.cursor.rest().starts_with('|') {
                return Err(self.cursor.expected("`,` or `|`"));
            }
        }
        Ok(arguments)
    }

    /// Nothing between two commas is no argument at all.
    fn argument(&mut self) -> Result<Option<Argument>, CompileError> {
        self.cursor.skip_blank();
        let start = self.cursor.offset();
        let Some(value) = self.value()? else {
            return Ok(None);
        };
        let text = self.cursor.text_since(start);
        self.cursor.skip_blank();
        if !self.cursor.take_if(":") {
            return Ok(Some(Argument::Positional(value)));
        }
        Ok(Some(Argument::Named(text.into(), self.value()?)))
    }
}

impl FilterCall {
    fn new(filter: Filter, arguments: Vec<Argument>) -> Self {
        let property = match arguments.first() {
            Some(Argument::Positional(Operand::Text(text))) if filter.takes_property() => {
                Some(property_path(text))
            }
            _ => None,
        };
        Self {
            filter,
            arguments,
            property,
        }
    }
}
