//! From the condition tree back to text.
//!
//! What was parsed prints to a text that parses to the same tree, with one exception: an ordering against a
//! quoted number (`> "5"`) prints the number, which asks the same.

use std::fmt;

use waystation_json::number::f64_text;

use crate::{
    Subscription,
    token::is_in_name,
    tree::{Condition, Group, Literal, Spelling, Subject, Test, TextRelation},
};

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parentheses around everything are dropped when there are no others.
        if let [Condition::Group(inner)] = self.root().conditions.as_slice() {
            let text = inner.to_string();
            if !text.contains(['(', ')']) {
                return f.write_str(&text);
            }
        }
        self.root().fmt(f)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.conditions.iter().enumerate() {
            if index > 0 {
                write!(f, " {} ", self.conjunction.name())?;
            }
            condition.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(subject, test) => write_test(f, &field(subject), test),
            Self::Group(group) => write!(f, "({group})"),
            Self::Not(condition) => match &**condition {
                group @ Self::Group(_) => write!(f, "!{group}"),
                other => write!(f, "!({other})"),
            },
            Self::Empty => f.write_str("()"),
        }
    }
}

fn write_test(f: &mut fmt::Formatter<'_>, field: &str, test: &Test) -> fmt::Result {
    match test {
        Test::Exists => write!(f, "{field} != null"),
        Test::NotExists => write!(f, "{field} = null"),
        Test::IsTrue => write!(f, "{field} = true"),
        Test::IsFalse => write!(f, "{field} = false"),
        Test::Number { relation, operand } => write!(f, "{field} {} {}", relation.symbol(), number(operand)),
        Test::Unknown { operator, operand } => {
            write!(f, "{field} {} {}", operator_word(operator), value(operand))
        }
        Test::Text {
            relation,
            negated,
            operand,
        } => {
            let not = if *negated { "!" } else { "" };
            match relation {
                TextRelation::Equals => write!(f, "{field} {not}= {}", value(operand)),
                TextRelation::Contains => write!(f, "{not}contains({field}, {})", value(operand)),
                TextRelation::StartsWith => write!(f, "{not}match({field}, \"{}*\")", operand.text()),
                TextRelation::EndsWith => write!(f, "{not}match({field}, {})", ending(operand.text())),
            }
        }
    }
}

/// The pattern for an ending. Where a star at its end, or its emptiness, would turn it into a beginning, the
/// pattern is written without quotes or without its star.
fn ending(text: &str) -> String {
    let pattern = format!("*{text}");
    if text.is_empty() {
        "\"\"".to_owned()
    } else if text.ends_with('*') {
        name(&pattern)
    } else {
        quoted(&pattern)
    }
}

fn value(literal: &Literal) -> String {
    match literal.spelling() {
        Spelling::Number => number(literal),
        Spelling::Bool => literal.text().to_owned(),
        Spelling::Text | Spelling::Absent => quoted(literal.text()),
    }
}

/// Digits without an exponent, which the language does not have.
fn number(literal: &Literal) -> String {
    let number = literal.number();
    match literal.spelling() {
        // How a number that cannot be read is written.
        Spelling::Number if number.is_nan() => "-".to_owned(),
        _ if number.is_finite() => (number + 0.0).to_string(),
        _ => f64_text(number),
    }
}

/// A text in quotes. One that holds a double quote is written so that it keeps its meaning: in the single
/// quotes that belong to it, or as a name.
fn quoted(text: &str) -> String {
    let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    if !text.contains('"') {
        format!("\"{text}\"")
    } else if inner.is_some_and(|inner| !inner.contains('\'')) {
        text.to_owned()
    } else {
        name(text)
    }
}

/// A word in place of an operator, as it was or as a name.
fn operator_word(operator: &str) -> String {
    let is_text = |quote: char| {
        let inner = operator
            .strip_prefix(quote)
            .and_then(|text| text.strip_suffix(quote));
        inner.is_some_and(|inner| !inner.contains(quote))
    };
    let is_number = operator.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-'))
        && operator[1..].chars().all(|c| c.is_ascii_digit() || c == '.');
    if matches!(operator, "." | "[" | "]" | ",") || is_number || is_text('"') || is_text('\'') {
        operator.to_owned()
    } else {
        name(operator)
    }
}

fn field(subject: &Subject) -> String {
    match subject {
        Subject::Type => "type".to_owned(),
        Subject::Event => "event".to_owned(),
        Subject::Name => "name".to_owned(),
        Subject::UserId => "userId".to_owned(),
        Subject::Property(path) => path_below("properties", path.text()),
        Subject::Trait(path) => path_below("traits", path.text()),
        Subject::Context(path) => path_below("context", path.text()),
    }
}

/// Dots are escaped only where nothing stands on one side of them.
fn path_below(root: &str, path: &str) -> String {
    let mut field = root.to_owned();
    let mut previous = root;
    for part in path.split('.') {
        let is_lone_dot = previous.is_empty() || part.is_empty();
        field.push_str(if is_lone_dot { "\\." } else { "." });
        field.push_str(&name(part));
        previous = part;
    }
    field
}

/// A text as one name: what names cannot hold is escaped, and the first character where the text would be
/// read as a number or a keyword.
fn name(text: &str) -> String {
    let is_keyword = matches!(text, "and" | "or" | "null");
    let mut name = String::with_capacity(text.len() + 2);
    for (index, c) in text.chars().enumerate() {
        let starts_other = index == 0 && (is_keyword || c.is_ascii_digit() || c == '-');
        if starts_other || c == '\\' || !is_in_name(c) {
            name.push('\\');
        }
        name.push(c);
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn printed(conditions: &Value) -> String {
        let tree = json!({"type": "group", "operator": "and", "children": conditions});
        Subscription::from_json(&tree).unwrap().to_string()
    }

    #[test]
    fn names_are_escaped_where_they_would_be_read_as_something_else() {
        for (path, text) in [
            ("product 1.price", r"properties.product\ 1.price"),
            ("items.0.id", r"properties.items.\0.id"),
            ("and", r"properties.\and"),
            ("a..b", r"properties.a\.\.b"),
            ("", r"properties\."),
            ("née", r"properties.n\ée"),
        ] {
            let leaf = json!([{"type": "event-property", "name": path, "operator": "exists"}]);
            assert_eq!(printed(&leaf), format!("{text} != null"));
            let parsed = Subscription::parse(&format!("{text} != null")).unwrap();
            assert_eq!(parsed.to_json()["children"][0]["name"], path);
        }
    }

    #[test]
    fn texts_that_no_quotes_can_hold_keep_their_meaning() {
        for (value, text) in [
            ("say \"a\"", r#"event = say\ \"a\""#),
            ("'say \"a\"'", r#"event = 'say "a"'"#),
            ("it's", r#"event = "it's""#),
        ] {
            let tree = json!([{"type": "event", "operator": "=", "value": value}]);
            assert_eq!(printed(&tree), text);
            assert_eq!(Subscription::parse(text).unwrap().to_json()["children"], tree);
        }
    }

    #[test]
    fn large_and_small_numbers_have_no_exponent() {
        let leaf =
            |value: f64| json!([{"type": "event-property", "name": "n", "operator": "<", "value": value}]);
        assert_eq!(printed(&leaf(1e21)), "properties.n < 1000000000000000000000");
        assert_eq!(printed(&leaf(-1.5e-7)), "properties.n < -0.00000015");
        assert_eq!(printed(&leaf(-0.0)), "properties.n < 0");
    }

    #[test]
    fn parentheses_around_everything_are_dropped_if_there_are_no_others() {
        let event = |value: &str| json!({"type": "event", "operator": "=", "value": value});
        let group = |value: &str| json!([{"type": "group", "operator": "or", "children": [event(value), event("b")]}]);
        assert_eq!(printed(&group("a")), r#"event = "a" or event = "b""#);
        assert_eq!(printed(&group("(a)")), r#"(event = "(a)" or event = "b")"#);
    }
}
