//! A compiled template.

use crate::error::{Position, SyntaxProblem};
use crate::filters::Filter;

/// A piece of a template.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) action: Action,
    pub(crate) position: Position,
}

#[derive(Debug)]
pub(crate) enum Action {
    Text(Box<str>),
    Output(FilteredExpression),
    Assign {
        name: Box<str>,
        value: FilteredExpression,
    },
    Capture {
        name: Box<str>,
        body: Vec<Node>,
    },
    Choose {
        branches: Vec<Branch>,
        otherwise: Vec<Node>,
    },
    Count {
        name: Box<str>,
        direction: Direction,
    },
    Cycle {
        group: Option<Operand>,
        candidates: Vec<Operand>,
    },
    /// The lines of a `liquid` tag.
    Lines(Vec<Node>),
    Block(Vec<Node>),
    /// `break` and `continue`: without loops, both end the template.
    Stop,
}

/// One arm of an `if` or `unless`.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) condition: FilteredExpression,
    /// The truth that the condition must have.
    pub(crate) wanted: bool,
    pub(crate) body: Vec<Node>,
    pub(crate) position: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// `value | filter: argument | ...`
#[derive(Debug)]
pub(crate) struct FilteredExpression {
    pub(crate) initial: Expression,
    pub(crate) filters: Vec<FilterCall>,
}

#[derive(Debug)]
pub(crate) struct FilterCall {
    pub(crate) filter: Filter,
    pub(crate) arguments: Vec<Argument>,
    /// The first argument read as a path, when the filter takes one and it is known beforehand.
    pub(crate) property: Option<PropertyPath>,
}

#[derive(Debug)]
pub(crate) enum Argument {
    Positional(Operand),
    /// A named argument reaches the filter as a list of its name and its value.
    Named(Box<str>, Option<Operand>),
}

/// A property of list items: nothing for the empty text, and an error that only counts when it is used.
pub(crate) type PropertyPath = Result<Option<Path>, SyntaxProblem>;

#[derive(Debug)]
pub(crate) enum Expression {
    /// What nearly every expression is.
    Single(Operand),
    /// Operands and operators in postfix order. Operands may be missing or left over.
    Postfix(Vec<Operation>),
}

#[derive(Debug)]
pub(crate) enum Operation {
    Operand(Operand),
    Operator(Operator),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    Not,
    And,
    Or,
}

impl Operator {
    /// Operators of a higher precedence are applied first; those of the same from right to left.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::And | Self::Or => 0,
            Self::Not => 1,
            _ => 2,
        }
    }
}

#[derive(Debug)]
pub(crate) enum Operand {
    Text(Box<str>),
    Number(f64),
    Bool(bool),
    Special(Special),
    Path(Path),
    Range(Box<(Operand, Operand)>),
}

/// The literals that are more than a value: they decide themselves what they equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    Nil,
    Empty,
    Blank,
}

#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) root: PathRoot,
    pub(crate) keys: Vec<Key>,
}

#[derive(Debug)]
pub(crate) enum PathRoot {
    /// A variable or a field of the event.
    Scope(Key),
    /// A literal, as in `"text".size`.
    Literal(Box<Operand>),
}

#[derive(Debug)]
pub(crate) enum Key {
    Name(Box<str>),
    Index(f64),
    Computed(Box<Operand>),
}
