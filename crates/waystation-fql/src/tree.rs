//! The condition tree: what a subscription says, in types.

use waystation_json::{number::f64_text, parse_number};

use crate::path::Path;

/// Conditions on one level, joined by one conjunction.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// How the conditions are joined.
    pub conjunction: Conjunction,
    /// The conditions, in their order.
    pub conditions: Vec<Condition>,
}

/// How the conditions of a level are joined. A level has one conjunction: the last one written on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conjunction {
    /// All of them must hold.
    And,
    /// One of them must hold.
    Or,
}

/// A condition that holds for an event or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A question to one field.
    Test(Subject, Test),
    /// A level of its own, in parentheses.
    Group(Group),
    /// Holds when the other one does not.
    Not(Box<Condition>),
    /// Parentheses with no condition in them: never holds.
    Empty,
}

/// The field of an event that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `type`
    Type,
    /// `event`
    Event,
    /// `name`
    Name,
    /// `userId`
    UserId,
    /// `properties.…`
    Property(Path),
    /// `traits.…`
    Trait(Path),
    /// `context.…`
    Context(Path),
}

/// What is asked of the field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The field is there and not null.
    Exists,
    /// The field is missing or null.
    NotExists,
    /// The field is `true`.
    IsTrue,
    /// The field is `false`.
    IsFalse,
    /// The field as a text.
    Text {
        /// How it relates to the operand.
        relation: TextRelation,
        /// Whether it must *not* relate so.
        negated: bool,
        /// What it is compared with.
        operand: Literal,
    },
    /// The field as a number; false for anything but a number, whatever the relation.
    Number {
        /// How it relates to the operand.
        relation: NumberRelation,
        /// What it is compared with.
        operand: Literal,
    },
    /// An operator that the language does not have: never holds.
    Unknown {
        /// The word that stands in place of an operator.
        operator: String,
        /// What stands behind it.
        operand: Literal,
    },
}

/// How a text relates to another. Upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRelation {
    /// The same text. Negated, this holds for missing fields and for everything that is no text.
    Equals,
    /// Contains it. This and the following, also when negated, are false for anything but a text.
    Contains,
    /// Begins with it.
    StartsWith,
    /// Ends with it.
    EndsWith,
}

/// How a number relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberRelation {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The value on the right of an operator, read once both as a text and as a number.
#[derive(Debug, Clone)]
pub struct Literal {
    spelling: Spelling,
    text: Box<str>,
    number: f64,
}

/// How a literal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// A text, quoted or not.
    Text,
    /// A number without quotes.
    Number,
    /// `true` or `false` without quotes.
    Bool,
    /// Not at all; only trees that were built elsewhere lack a value.
    Absent,
}

impl Literal {
    /// A text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let number = parse_number(text).unwrap_or(f64::NAN);
        Self {
            spelling: Spelling::Text,
            text: text.into(),
            number,
        }
    }

    /// A number; NaN is a number that could not be read and equals nothing.
    #[must_use]
    pub fn from_number(number: f64) -> Self {
        // There is one zero: JSON texts of ours never say -0.
        let number = if number == 0.0 { 0.0 } else { number };
        Self {
            spelling: Spelling::Number,
            text: f64_text(number).into(),
            number,
        }
    }

    /// A truth value.
    #[must_use]
    pub fn from_bool(truth: bool) -> Self {
        let text = if truth { "true" } else { "false" };
        Self {
            spelling: Spelling::Bool,
            text: text.into(),
            number: f64::from(u8::from(truth)),
        }
    }

    /// No value.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            spelling: Spelling::Absent,
            text: "undefined".into(),
            number: f64::NAN,
        }
    }

    /// How it was written.
    #[must_use]
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// What a text is compared with.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a number is compared with; NaN when the literal is no number.
    #[must_use]
    pub fn number(&self) -> f64 {
        self.number
    }
}

/// The text decides: it stands for the number too, and NaN is spelled the same as itself.
impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.spelling == other.spelling && self.text == other.text
    }
}

impl Test {
    /// The test of this name, as recorded trees spell it; all but these name an unknown operator.
    pub(crate) fn named(operator: &str, operand: Literal) -> Self {
        use NumberRelation as Number;
        use TextRelation as Text;
        let text = |relation, negated| Self::Text {
            relation,
            negated,
            operand: operand.clone(),
        };
        let number = |relation| Self::Number {
            relation,
            operand: operand.clone(),
        };
        match operator {
            "exists" => Self::Exists,
            "not_exists" => Self::NotExists,
            "is_true" => Self::IsTrue,
            "is_false" => Self::IsFalse,
            "=" => text(Text::Equals, false),
            "!=" => text(Text::Equals, true),
            "contains" => text(Text::Contains, false),
            "not_contains" => text(Text::Contains, true),
            "starts_with" => text(Text::StartsWith, false),
            "not_starts_with" => text(Text::StartsWith, true),
            "ends_with" => text(Text::EndsWith, false),
            "not_ends_with" => text(Text::EndsWith, true),
            "number_equals" => number(Number::Equal),
            "number_not_equals" => number(Number::NotEqual),
            "<" => number(Number::Less),
            "<=" => number(Number::LessOrEqual),
            ">" => number(Number::Greater),
            ">=" => number(Number::GreaterOrEqual),
            unknown => Self::Unknown {
                operator: unknown.to_owned(),
                operand,
            },
        }
    }

    /// The name of this test in recorded trees.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Exists => "exists",
            Self::NotExists => "not_exists",
            Self::IsTrue => "is_true",
            Self::IsFalse => "is_false",
            Self::Text {
                relation, negated, ..
            } => relation.name(*negated),
            Self::Number { relation, .. } => relation.name(),
            Self::Unknown { operator, .. } => operator,
        }
    }

    /// The value on the right, if this test has one.
    #[must_use]
    pub fn operand(&self) -> Option<&Literal> {
        match self {
            Self::Exists | Self::NotExists | Self::IsTrue | Self::IsFalse => None,
            Self::Text { operand, .. } | Self::Number { operand, .. } | Self::Unknown { operand, .. } => {
                Some(operand)
            }
        }
    }
}

impl TextRelation {
    fn name(self, negated: bool) -> &'static str {
        match (self, negated) {
            (Self::Equals, false) => "=",
            (Self::Equals, true) => "!=",
            (Self::Contains, false) => "contains",
            (Self::Contains, true) => "not_contains",
            (Self::StartsWith, false) => "starts_with",
            (Self::StartsWith, true) => "not_starts_with",
            (Self::EndsWith, false) => "ends_with",
            (Self::EndsWith, true) => "not_ends_with",
        }
    }
}

impl NumberRelation {
    fn name(self) -> &'static str {
        match self {
            Self::Equal => "number_equals",
            Self::NotEqual => "number_not_equals",
            ordering => ordering.symbol(),
        }
    }

    /// How it is written between its two sides.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Conjunction {
    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}
