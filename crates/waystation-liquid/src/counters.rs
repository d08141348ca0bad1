//! What `{% increment %}` and `{% decrement %}` write.

use serde_json::Value;
use waystation_json::number_from_f64;

/// Numbers that templates count up and down.
///
/// They stand beside the event and hide its fields of the same name, for the template itself and for all
/// that is resolved after it.
///
/// ```
/// # use waystation_liquid::{Budget, Counters, Template};
/// let template = Template::compile("{% increment n %}").unwrap();
/// let (event, mut counters) = (serde_json::json!({ "n": 5 }), Counters::default());
/// assert_eq!(template.render(&event, &mut counters, &mut Budget::default()).unwrap(), "5");
/// assert_eq!(template.render(&event, &mut counters, &mut Budget::default()).unwrap(), "6");
/// assert_eq!(counters.iter().collect::<Vec<_>>(), [("n", serde_json::json!(7))]);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counters {
    numbers: Vec<(String, f64)>,
}

impl Counters {
    /// Names and numbers, in the order in which they were first written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        self.numbers
            .iter()
            .map(|(name, number)| (name.as_str(), number_from_f64(*number)))
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        self.numbers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, number)| *number)
    }

    pub(crate) fn set(&mut self, name: &str, number: f64) {
        match self.numbers.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = number,
            None => self.numbers.push((name.to_owned(), number)),
        }
    }
}
