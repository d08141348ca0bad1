//! How serde spells names, so that a struct says one rule instead of a name for each field.

use std::collections::BTreeSet;

use crate::names;

/// A rule of serde's `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
}

impl Spelling {
    const ALL: [Self; 7] = [
        Self::Camel,
        Self::Snake,
        Self::Lower,
        Self::Upper,
        Self::ScreamingSnake,
        Self::Kebab,
        Self::Pascal,
    ];

    /// The name that serde knows it by.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lowercase",
            Self::Upper => "UPPERCASE",
            Self::Pascal => "PascalCase",
            Self::Camel => "camelCase",
            Self::Snake => "snake_case",
            Self::ScreamingSnake => "SCREAMING_SNAKE_CASE",
            Self::Kebab => "kebab-case",
        }
    }

    /// What becomes of a member in snake case.
    pub(crate) fn of_field(self, member: &str) -> String {
        let pascal = || member.split('_').map(names::capitalised).collect::<String>();
        match self {
            Self::Lower | Self::Snake => member.to_owned(),
            Self::Upper | Self::ScreamingSnake => member.to_ascii_uppercase(),
            Self::Pascal => pascal(),
            Self::Camel => uncapitalised(&pascal()),
            Self::Kebab => member.replace('_', "-"),
        }
    }

    /// What becomes of a variant in Pascal case.
    pub(crate) fn of_variant(self, variant: &str) -> String {
        match self {
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Pascal => variant.to_owned(),
            Self::Camel => uncapitalised(variant),
            Self::Snake => snake(variant),
            Self::ScreamingSnake => snake(variant).to_ascii_uppercase(),
            Self::Kebab => snake(variant).replace('_', "-"),
        }
    }
}

fn uncapitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn snake(variant: &str) -> String {
    let mut snake = String::new();
    for (position, letter) in variant.char_indices() {
        if position > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// The rule by which most members come to their keys; `None` if no rule is better than none.
pub(crate) fn rule_of_fields(keys: &[&str], members: &[String]) -> Option<Spelling> {
    let fitting = |spelt: &dyn Fn(&str) -> String| {
        keys.iter()
            .zip(members)
            .filter(|(key, member)| spelt(member) == ***key)
            .count()
    };
    best(fitting(&str::to_owned), |rule| {
        fitting(&|member| rule.of_field(member))
    })
}

/// The rule by which most variants come to their texts; `None` if no rule is better than none.
pub(crate) fn rule_of_variants(texts: &[&str], variants: &[&str]) -> Option<Spelling> {
    let fitting = |spelt: &dyn Fn(&str) -> String| {
        texts
            .iter()
            .zip(variants)
            .filter(|(text, variant)| spelt(variant) == **text)
            .count()
    };
    best(fitting(&str::to_owned), |rule| {
        fitting(&|variant| rule.of_variant(variant))
    })
}

fn best(without: usize, fitting: impl Fn(Spelling) -> usize) -> Option<Spelling> {
    let mut chosen = (None, without);
    for rule in Spelling::ALL {
        let count = fitting(rule);
        if count > chosen.1 {
            chosen = (Some(rule), count);
        }
    }
    chosen.0
}

/// A member for each key, no two alike.
pub(crate) fn members(keys: &[&str]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for key in keys {
        let wanted = Some(names::snake(key))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "unnamed".to_owned());
        let name = free(&wanted, &taken);
        taken.push(name);
    }
    taken
}

/// The name that is wanted, with a number if it is taken.
pub(crate) fn free(wanted: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
    candidates.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// A variant for each text, no two alike, and whether its name tells people what the text says.
pub(crate) fn variants(texts: &[&str]) -> Vec<(String, bool)> {
    let mut taken = BTreeSet::new();
    let mut variants = Vec::new();
    for text in texts {
        let wanted = match names::pascal(text) {
            name if name.is_empty() && text.trim().is_empty() => "Empty".to_owned(),
            name if name.is_empty() => "Other".to_owned(),
            name => name,
        };
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        let name = candidates.find(|name| !taken.contains(name)).unwrap_or_default();
        taken.insert(name.clone());
        let is_telling = names::words(&name) == names::words(text);
        variants.push((name, is_telling));
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_that_fits_most_is_taken() {
        let keys = ["userId", "e_mail", "firstName"];
        let members = members(&keys);
        assert_eq!(members, ["user_id", "e_mail", "first_name"]);
        assert_eq!(rule_of_fields(&keys, &members), Some(Spelling::Camel));
        assert_eq!(
            rule_of_fields(&["a", "b_c"], &["a".to_owned(), "b_c".to_owned()]),
            None
        );
    }

    #[test]
    fn variants_have_names_whatever_the_texts_are() {
        let variants = variants(&["US", "us", "", "+", "1.0", "self"]);
        let names: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Us", "Us2", "Empty", "Other", "N10", "Itself"]);
        assert_eq!(
            rule_of_variants(&["US_WEST", "EU"], &["UsWest", "Eu"]),
            Some(Spelling::ScreamingSnake)
        );
    }

    #[test]
    fn members_that_would_be_alike_are_numbered() {
        assert_eq!(members(&["userId", "user_id"]), ["user_id", "user_id_2"]);
    }
}
