//! Names in other spellings: serde's renaming rules, and titles for people.

/// A value of serde's `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    /// The rule that serde knows under this name. Serde itself reports the others.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// Renames a field, which is taken to be in snake case.
    pub(crate) fn apply_to_field(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => field.split('_').map(capitalised).collect(),
            Self::Camel => uncapitalised(&Self::Pascal.apply_to_field(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// Renames a variant, which is taken to be in Pascal case.
    pub(crate) fn apply_to_variant(self, variant: &str) -> String {
        match self {
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Pascal => variant.to_owned(),
            Self::Camel => uncapitalised(variant),
            Self::Snake => snake_case(variant),
            Self::ScreamingSnake => snake_case(variant).to_ascii_uppercase(),
            Self::Kebab => snake_case(variant).replace('_', "-"),
            Self::ScreamingKebab => snake_case(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn snake_case(variant: &str) -> String {
    let mut snake = String::with_capacity(variant.len() + 4);
    for (position, letter) in variant.char_indices() {
        if position > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn uncapitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Words that people write in capitals.
const INITIALISMS: [&str; 11] = [
    "api", "html", "id", "ip", "json", "os", "sms", "url", "utm", "uuid", "zip",
];

/// A key as a title: `user_id` and `userId` both become `User ID`.
pub(crate) fn title_case(key: &str) -> String {
    let titles: Vec<String> = words(key)
        .into_iter()
        .map(|word| match word.to_lowercase() {
            lower if INITIALISMS.contains(&lower.as_str()) => lower.to_uppercase(),
            _ => capitalised(&word),
        })
        .collect();
    titles.join(" ")
}

/// The words of a key: cut where something other than a letter or digit stands, where a capital follows a
/// small letter, and before the last capital of several when a small letter follows.
fn words(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut words = vec![String::new()];
    for (position, &letter) in letters.iter().enumerate() {
        let follows_small = position > 0 && !letters[position - 1].is_uppercase();
        let precedes_small = letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = letter.is_uppercase() && (follows_small || precedes_small);
        if starts_word || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants_are_renamed_as_serde_does() {
        for (rule, field, variant) in [
            ("lowercase", "home_phone2", "homephone2"),
            ("UPPERCASE", "HOME_PHONE2", "HOMEPHONE2"),
            ("PascalCase", "HomePhone2", "HomePhone2"),
            ("camelCase", "homePhone2", "homePhone2"),
            ("snake_case", "home_phone2", "home_phone2"),
            ("SCREAMING_SNAKE_CASE", "HOME_PHONE2", "HOME_PHONE2"),
            ("kebab-case", "home-phone2", "home-phone2"),
            ("SCREAMING-KEBAB-CASE", "HOME-PHONE2", "HOME-PHONE2"),
        ] {
            let parsed = RenameRule::from_name(rule).unwrap();
            assert_eq!(parsed.apply_to_field("home_phone2"), field, "{rule}");
            assert_eq!(parsed.apply_to_variant("HomePhone2"), variant, "{rule}");
        }
        assert_eq!(RenameRule::from_name("Title Case"), None);
    }

    #[test]
    fn titles() {
        for (key, title) in [
            ("name", "Name"),
            ("user_id", "User ID"),
            ("userId", "User ID"),
            ("email-address", "Email Address"),
            ("HTTPServer", "HTTP Server"),
            ("imageURL", "Image URL"),
            ("line1", "Line1"),
            ("__internal__", "Internal"),
            ("$set", "Set"),
        ] {
            assert_eq!(title_case(key), title, "{key}");
        }
    }
}
