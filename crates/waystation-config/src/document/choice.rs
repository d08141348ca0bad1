//! Values that are one of a few words.

use schemars::Schema;

use super::findings::Findings;
use super::read::text;
use super::tree::Tree;
use crate::fault::Problem;

/// One of a few words that each stand for a value.
pub(crate) trait Choice: Sized + Copy + 'static {
    /// The words, their meanings, and for each a sentence about it.
    const CHOICES: &'static [(&'static str, Self, &'static str)];
}

pub(crate) fn read_choice<T: Choice>(tree: &Tree, findings: &mut Findings<'_>) -> Option<T> {
    let found = text(tree, "a text", findings)?;
    let known = T::CHOICES.iter().find(|(word, ..)| *word == found);
    if known.is_none() {
        let problem = Problem::NotOneOf {
            found: found.to_owned(),
            allowed: T::CHOICES.iter().map(|(word, ..)| (*word).to_owned()).collect(),
        };
        findings.add(&tree.spot, problem);
    }
    known.map(|(_, choice, _)| *choice)
}

pub(crate) fn choice_schema<T: Choice>() -> Schema {
    let choices = T::CHOICES
        .iter()
        .map(|(word, _, about)| serde_json::json!({"const": word, "description": about}));
    let choices: serde_json::Value = choices.collect();
    schemars::json_schema!({"oneOf": choices})
}

/// Gives an enum its words in the file.
macro_rules! choices {
    ($($type:ty: $name:literal { $($word:literal => $variant:expr, $about:literal;)* })*) => {$(
        impl $crate::document::Choice for $type {
            const CHOICES: &'static [(&'static str, Self, &'static str)] =
                &[$(($word, $variant, $about)),*];
        }

        impl $crate::document::Read for $type {
            fn read(
                tree: &$crate::document::Tree,
                findings: &mut $crate::document::Findings<'_>,
            ) -> Option<Self> {
                $crate::document::read_choice(tree, findings)
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::document::choice_schema::<Self>()
            }
        }
    )*};
}
pub(crate) use choices;
