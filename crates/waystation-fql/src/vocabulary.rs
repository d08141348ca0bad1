//! What single words of a subscription mean: fields, functions, operators, values.

use crate::{
    path::Path,
    token::{Kind, Token},
    tree::{Conjunction, Literal, Subject, Test, TextRelation},
};

/// A function of a field and a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Contains,
    Match,
}

impl Function {
    pub(crate) fn of(token: &Token) -> Option<Self> {
        match (token.kind, token.text.as_str()) {
            (Kind::Name, "contains") => Some(Self::Contains),
            (Kind::Name, "match") => Some(Self::Match),
            _ => None,
        }
    }

    /// What the second argument asks for. A pattern with a star at its end is a beginning; of every other
    /// one the first character, which should be a star, is dropped, and the rest is an ending.
    pub(crate) fn test(self, value: &Token, negated: bool) -> Test {
        let text = plain_text(value);
        let beginning = text.strip_suffix('*').filter(|_| is_double_quoted(value));
        let (relation, operand) = match (self, beginning) {
            (Self::Contains, _) => (TextRelation::Contains, text.as_str()),
            (Self::Match, Some(beginning)) => (TextRelation::StartsWith, beginning),
            (Self::Match, None) => (TextRelation::EndsWith, without_first(&text)),
        };
        Test::Text {
            relation,
            negated,
            operand: Literal::from_text(operand),
        }
    }

    /// Whether the second argument says what the function does with it: a pattern needs one star, at one
    /// of its ends.
    pub(crate) fn understands(self, value: &Token) -> bool {
        let text = plain_text(value);
        let inner = text.strip_prefix('*').or_else(|| text.strip_suffix('*'));
        self == Self::Contains
            || (is_double_quoted(value) && inner.is_some_and(|inner| !inner.contains(['*', '?', '['])))
    }
}

fn without_first(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}

/// `and` or `or`, in any letter case.
pub(crate) fn conjunction(token: &Token) -> Option<Conjunction> {
    let is_word = matches!(token.kind, Kind::Conjunction | Kind::Name);
    let conjunctions = [Conjunction::And, Conjunction::Or];
    conjunctions
        .into_iter()
        .find(|named| is_word && token.text.eq_ignore_ascii_case(named.name()))
}

/// `!` or `not`.
pub(crate) fn is_negation(token: &Token) -> bool {
    match token.kind {
        Kind::Operator => token.text == "!",
        Kind::Name => token.text.eq_ignore_ascii_case("not"),
        _ => false,
    }
}

/// The field that a word asks, on the left of an operator: its first part decides.
pub(crate) fn compared_field(token: &Token) -> Option<Subject> {
    if token.kind != Kind::Name {
        return None;
    }
    let name = token.text.as_str();
    match name.split('.').next()? {
        "type" => Some(Subject::Type),
        "event" => Some(Subject::Event),
        "name" => Some(Subject::Name),
        "userId" => Some(Subject::UserId),
        "properties" => Some(Subject::Property(path(name, "properties."))),
        "traits" => Some(Subject::Trait(path(name, "traits."))),
        "context" => Some(Subject::Context(path(name, "context."))),
        _ => None,
    }
}

/// The field that a word asks, as a function's argument: a whole name, or anything that begins with a root.
/// The type of an event cannot be asked this way.
pub(crate) fn argument_field(token: &Token) -> Option<Subject> {
    match token.text.as_str() {
        "event" => Some(Subject::Event),
        "name" => Some(Subject::Name),
        "userId" => Some(Subject::UserId),
        name if name.starts_with("properties") => Some(Subject::Property(path(name, "properties."))),
        name if name.starts_with("traits") => Some(Subject::Trait(path(name, "traits."))),
        name if name.starts_with("context") => Some(Subject::Context(path(name, "context."))),
        _ => None,
    }
}

fn path(name: &str, root: &str) -> Path {
    Path::new(name.strip_prefix(root).unwrap_or(name))
}

impl Subject {
    fn is_path(&self) -> bool {
        matches!(self, Self::Property(_) | Self::Trait(_) | Self::Context(_))
    }

    /// What an operator and a value ask of this field; `None` if the operator is a word that this field
    /// cannot be asked with.
    pub(crate) fn test(&self, operator: &Token, value: &Token) -> Option<Test> {
        self.special_test(&operator.text, value).or_else(|| {
            let literal = literal(value);
            let operand = if self.is_path() {
                literal
            } else {
                Literal::from_text(literal.text())
            };
            self.plain_test(&operator.text, operand)
        })
    }

    /// The values with a meaning of their own, on the fields where they have it.
    fn special_test(&self, operator: &str, value: &Token) -> Option<Test> {
        let negated = match operator {
            "=" => false,
            "!=" => true,
            _ => return None,
        };
        let can_be_missing = self.is_path() || matches!(self, Self::Name | Self::UserId);
        let can_be_bool = self.is_path() || *self == Self::UserId;
        match (value.text.as_str(), negated) {
            ("null", false) if can_be_missing => Some(Test::NotExists),
            ("null", true) if can_be_missing => Some(Test::Exists),
            ("true", false) if can_be_bool => Some(Test::IsTrue),
            ("false", false) if can_be_bool => Some(Test::IsFalse),
            _ if self.is_path() && value.kind == Kind::Number => {
                let name = if negated {
                    "number_not_equals"
                } else {
                    "number_equals"
                };
                Some(Test::named(name, literal(value)))
            }
            _ => None,
        }
    }

    /// An operator between its two sides: a symbol, an unknown word, or `contains` and the names that recorded
    /// trees have for the other functions, where the field can be a function's argument.
    fn plain_test(&self, operator: &str, operand: Literal) -> Option<Test> {
        let is_symbol = matches!(operator, "=" | "!=" | "<" | "<=" | ">" | ">=");
        match Test::named(operator, operand) {
            test @ Test::Unknown { .. } => Some(test),
            test if is_symbol => Some(test),
            Test::Text {
                relation,
                negated,
                operand,
            } if *self != Self::Type => Some(Test::Text {
                relation,
                negated,
                operand: Literal::from_text(operand.text()),
            }),
            _ => None,
        }
    }
}

fn literal(value: &Token) -> Literal {
    match (value.kind, value.text.as_str()) {
        // A sign without digits is a number that cannot be read.
        (Kind::Number, digits) => Literal::from_number(digits.parse().unwrap_or(f64::NAN)),
        (Kind::Name, "true") => Literal::from_bool(true),
        (Kind::Name, "false") => Literal::from_bool(false),
        _ => Literal::from_text(&plain_text(value)),
    }
}

/// A text without its double quotes; single ones belong to it. A number as JavaScript prints it.
fn plain_text(value: &Token) -> String {
    match value.kind {
        Kind::Number => literal(value).text().to_owned(),
        Kind::Text => value.text.trim_matches('"').to_owned(),
        _ => value.text.clone(),
    }
}

fn is_double_quoted(value: &Token) -> bool {
    value.kind == Kind::Text && value.text.starts_with('"')
}
