//! Parts of the file as JSON.

use serde_json::{Number, Value};

use super::findings::Findings;
use super::tree::{Kind, Tree};
use crate::fault::Problem;

/// The JSON of a value. Dates and times become texts; infinite numbers are told, for JSON has none.
pub(crate) fn to_json(tree: &Tree, findings: &mut Findings<'_>) -> Value {
    match &tree.kind {
        Kind::Text(text) | Kind::Datetime(text) => Value::String(text.clone()),
        Kind::Integer(number) => Value::from(*number),
        Kind::Boolean(flag) => Value::Bool(*flag),
        Kind::Float(number) => match Number::from_f64(*number) {
            Some(number) => Value::Number(number),
            None => {
                let reason = "is infinite or no number, which JSON cannot hold".to_owned();
                findings.add(&tree.spot, Problem::Unusable { reason });
                Value::Null
            }
        },
        Kind::List(items) => items.iter().map(|item| to_json(item, findings)).collect(),
        Kind::Table(entries) => entries
            .iter()
            .map(|entry| (entry.key.value.clone(), to_json(&entry.value, findings)))
            .collect(),
    }
}

impl Tree {
    /// The value that a JSON pointer leads to, or what of the way there is: the innermost value that is.
    pub(crate) fn find_pointer(&self, pointer: &str) -> &Self {
        let steps = pointer.split('/').filter(|step| !step.is_empty());
        steps
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .try_fold(self, |tree, step| tree.step(&step).ok_or(tree))
            .unwrap_or_else(|innermost| innermost)
    }

    /// The value that a path such as `$.headers[0].name` leads to; `None` for `$`.
    pub(crate) fn find_path(&self, path: &str) -> Option<&Self> {
        let mut steps = path
            .split(['.', '[', ']'])
            .filter(|step| !step.is_empty() && *step != "$")
            .peekable();
        steps.peek()?;
        steps.try_fold(self, |tree, step| tree.step(step))
    }

    fn step(&self, step: &str) -> Option<&Self> {
        self.get(step).or_else(|| self.item(step.parse().ok()?))
    }
}
