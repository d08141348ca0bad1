//! The check of a mapping before any event is looked at.
//!
//! The check follows directives and raw objects. Lists, and raw values inside `@literal` and
//! `@excludeWhenNull`, are not looked into: what is wrong there shows when an event is resolved.

use serde_json::Value;
use waystation_json::{JsonObject, utf16_len};

use crate::directives::DirectiveName;
use crate::fault::{Expected, Fault, Kind, Problem};
use crate::pointer;

/// Checks a whole mapping and gives every fault in it.
pub(crate) fn check(mapping: &Value) -> Vec<Fault> {
    let mut checker = Checker::default();
    checker.mapping(mapping);
    checker.faults
}

/// Collects faults while it goes through a mapping.
#[derive(Default)]
pub(crate) struct Checker {
    pointer: String,
    faults: Vec<Fault>,
}

/// What a directive asks of one of its options.
pub(crate) struct OptionRule {
    name: &'static str,
    required: bool,
    check: fn(&mut Checker, &Value),
}

/// An option that must be given.
pub(crate) const fn required(name: &'static str, check: fn(&mut Checker, &Value)) -> OptionRule {
    OptionRule {
        name,
        required: true,
        check,
    }
}

/// An option that may be left out.
pub(crate) const fn optional(name: &'static str, check: fn(&mut Checker, &Value)) -> OptionRule {
    OptionRule {
        name,
        required: false,
        check,
    }
}

impl Checker {
    /// Notes a fault at the current place.
    pub(crate) fn fault(&mut self, problem: Problem) {
        self.faults.push(Fault {
            path: pointer::shown(&self.pointer),
            problem,
        });
    }

    /// Runs a check one step further down.
    pub(crate) fn within(&mut self, key: &str, check: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        pointer::push(&mut self.pointer, key);
        check(self);
        self.pointer.truncate(length);
    }

    /// Any mapping value: a directive, a raw object whose members are mapping values, or a raw value.
    pub(crate) fn mapping(&mut self, value: &Value) {
        if let Value::Object(members) = value {
            if Kind::of_mapping(value) == Kind::Directive {
                self.directive(members);
            } else {
                self.members(members);
            }
        }
    }

    /// A directive, or a raw value that is not looked into.
    pub(crate) fn directive_or_literal(&mut self, value: &Value) {
        if Kind::of_mapping(value) == Kind::Directive {
            self.mapping(value);
        }
    }

    /// A text, or a directive that resolves to one.
    pub(crate) fn text_or_directive(&mut self, value: &Value) {
        match Kind::of_mapping(value) {
            Kind::Directive => self.mapping(value),
            Kind::Text => {}
            found => self.fault(Problem::WrongType {
                expected: Expected::TextOrDirective,
                found,
            }),
        }
    }

    /// A raw object, or a directive that resolves to one.
    pub(crate) fn object_or_directive(&mut self, value: &Value) {
        match Kind::of_mapping(value) {
            Kind::Directive | Kind::Object => self.mapping(value),
            found => self.fault(Problem::WrongType {
                expected: Expected::ObjectOrDirective,
                found,
            }),
        }
    }

    /// A text written in the mapping; `None` is a fault that has been noted.
    pub(crate) fn text<'v>(&mut self, value: &'v Value) -> Option<&'v str> {
        if let Value::String(text) = value {
            return Some(text);
        }
        self.wrong_type(Expected::Text, value);
        None
    }

    /// A text of at most `limit` UTF-16 units; `None` is a fault that has been noted.
    pub(crate) fn short_text<'v>(&mut self, value: &'v Value, limit: usize) -> Option<&'v str> {
        let text = self.text(value)?;
        if utf16_len(text) > limit {
            self.fault(Problem::TextTooLong { limit });
            return None;
        }
        Some(text)
    }

    /// One of the words allowed, in any letter case.
    pub(crate) fn one_of(&mut self, value: &Value, allowed: &'static [&'static str]) {
        let Some(text) = self.text(value) else { return };
        let lower = text.to_lowercase();
        if !allowed.contains(&lower.as_str()) {
            self.fault(Problem::NotOneOf {
                allowed,
                found: text.to_owned(),
            });
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, value: &Value) {
        if !value.is_boolean() {
            self.wrong_type(Expected::Boolean, value);
        }
    }

    /// A list; `None` is a fault that has been noted.
    pub(crate) fn array<'v>(&mut self, value: &'v Value) -> Option<&'v [Value]> {
        if let Value::Array(items) = value {
            return Some(items);
        }
        self.wrong_type(Expected::Array, value);
        None
    }

    /// The options of a directive: known ones by their rules, the others as mapping values.
    pub(crate) fn options(&mut self, body: &Value, rules: &[OptionRule]) {
        let (Value::Object(options), Kind::Object) = (body, Kind::of_mapping(body)) else {
            self.wrong_type(Expected::Object, body);
            return;
        };
        for (name, value) in options {
            let rule = rules.iter().find(|rule| rule.name == name);
            let check = rule.map_or(Self::mapping as fn(&mut Self, &Value), |rule| rule.check);
            self.within(name, |checker| check(checker, value));
        }
        for rule in rules
            .iter()
            .filter(|rule| rule.required && !options.contains_key(rule.name))
        {
            self.fault(Problem::MissingOption { name: rule.name });
        }
    }

    fn wrong_type(&mut self, expected: Expected, value: &Value) {
        self.fault(Problem::WrongType {
            expected,
            found: Kind::of_mapping(value),
        });
    }

    fn members(&mut self, members: &JsonObject) {
        for (key, value) in members {
            self.within(key, |checker| checker.mapping(value));
        }
    }

    fn directive(&mut self, members: &JsonObject) {
        let mut names = members.keys().filter(|key| key.starts_with('@'));
        let (Some(name), None) = (names.next(), names.next()) else {
            self.fault(Problem::DirectiveNotAlone { keys: members.len() });
            return;
        };
        if members.keys().any(|key| key != name && key != "_metadata") {
            self.fault(Problem::DirectiveNotAlone { keys: members.len() });
            return;
        }
        match DirectiveName::parse(name) {
            Some(directive) => self.within(name, |checker| directive.check(checker, &members[name])),
            None => self.fault(Problem::UnknownDirective { name: name.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(mapping: &Value) -> Vec<String> {
        check(mapping).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let mapping = json!({
            "a": {"@path": 1},
            "b": {"c": {"@replace": {"pattern": "", "global": 1}}},
            "d": {"@path": "$.x", "other": true},
            "e": {"@shrug": {}},
        });
        assert_eq!(
            faults(&mapping),
            [
                "/a/@path must be a string or a directive, but is a number",
                "/b/c/@replace/pattern must not be empty",
                "/b/c/@replace/global must be a boolean, but is a number",
                "/b/c/@replace must have the option \"value\"",
                "/d must have a single key starting with @, with nothing beside it but _metadata; it has 2 keys",
                "/e names an unknown directive: @shrug",
            ]
        );
    }

    #[test]
    fn lists_and_literals_are_not_looked_into() {
        let mapping = json!({"a": [{"@shrug": 1}], "b": {"@literal": {"c": {"@path": 5}}}});
        assert_eq!(faults(&mapping), Vec::<String>::new());
    }

    #[test]
    fn options_a_directive_does_not_know_are_mapping_values() {
        let mapping = json!({"a": {"@if": {"exists": 1, "extra": {"@shrug": 1}}}});
        assert_eq!(
            faults(&mapping),
            ["/a/@if/extra names an unknown directive: @shrug"]
        );
    }
}
