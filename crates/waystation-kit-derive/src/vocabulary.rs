//! The closed sets of words that attributes are written with: variants of enums in snake case.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::case::RenameRule;
use crate::errors::Errors;

/// The variants of one enum of `waystation_fields`, in snake case.
pub(crate) struct Vocabulary {
    subject: &'static str,
    enumeration: &'static str,
    words: &'static [&'static str],
}

pub(crate) static FIELD_TYPES: Vocabulary = Vocabulary {
    subject: "type",
    enumeration: "FieldType",
    words: &[
        "string", "text", "number", "integer", "datetime", "boolean", "password", "object",
    ],
};

pub(crate) static FORMATS: Vocabulary = Vocabulary {
    subject: "format",
    enumeration: "Format",
    words: &[
        "date",
        "time",
        "date_time",
        "date_like",
        "uri",
        "uri_reference",
        "uri_template",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "regex",
        "uuid",
        "json_pointer",
        "password",
        "text",
    ],
};

pub(crate) static CATEGORIES: Vocabulary = Vocabulary {
    subject: "category",
    enumeration: "Category",
    words: &["identifier", "data", "internal", "config", "sync", "hashed_pii"],
};

pub(crate) static OBJECT_EDITORS: Vocabulary = Vocabulary {
    subject: "object editor",
    enumeration: "ObjectEditor",
    words: &["key_value", "object", "key_value_only", "object_only", "list"],
};

pub(crate) static DISPLAY_MODES: Vocabulary = Vocabulary {
    subject: "display mode",
    enumeration: "DisplayMode",
    words: &["expanded", "normal", "collapsed"],
};

pub(crate) static INPUT_METHODS: Vocabulary = Vocabulary {
    subject: "input method",
    enumeration: "InputMethod",
    words: &["literal", "variable", "function", "enrichment", "freeform"],
};

/// A word as the user wrote it, known to be one of its vocabulary.
pub(crate) struct Word {
    vocabulary: &'static Vocabulary,
    name: &'static str,
    span: Span,
}

impl Word {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

impl ToTokens for Word {
    /// The path of the variant.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let enumeration = Ident::new(self.vocabulary.enumeration, Span::call_site());
        let variant = Ident::new(&RenameRule::Pascal.apply_to_field(self.name), self.span);
        tokens.extend(quote_spanned!(self.span=> ::waystation_kit::fields::#enumeration::#variant));
    }
}

impl Vocabulary {
    /// The word that an expression is; anything else is reported together with the words there are.
    pub(crate) fn read(&'static self, expression: &Expr, errors: &mut Errors) -> Option<Word> {
        let word = match expression {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        let known = word.and_then(|word| self.words.iter().find(|known| word == *known));
        if let (Some(word), Some(name)) = (word, known) {
            return Some(Word {
                vocabulary: self,
                name,
                span: word.span(),
            });
        }
        let mistake = match word {
            Some(word) => {
                let expected = expectation(&word.to_string(), self.words);
                format!("unknown {} `{word}`, {expected}", self.subject)
            }
            None => format!(
                "this is no {}, expected one of {}",
                self.subject,
                quoted(self.words)
            ),
        };
        errors.at(expression, mistake);
        None
    }
}

/// What a message says about the words there are: the one that was meant, or all of them.
pub(crate) fn expectation(wrong: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|word| distance(wrong, word));
    match nearest {
        Some(word) if distance(wrong, word) <= 2 => format!("did you mean `{word}`?"),
        _ if known.len() == 1 => format!("expected {}", quoted(known)),
        _ => format!("expected one of {}", quoted(known)),
    }
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Levenshtein's distance: how many letters have to be added, taken away or replaced.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn words_become_variants() {
        let mut errors = Errors::default();
        let word = FORMATS.read(&parse_quote!(date_time), &mut errors);
        assert_eq!(
            word.into_token_stream().to_string(),
            ":: waystation_kit :: fields :: Format :: DateTime"
        );
    }

    #[test]
    fn near_misses_are_answered_with_what_was_meant() {
        assert_eq!(distance("lable", "label"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(expectation("lable", &["key", "label"]), "did you mean `label`?");
        assert_eq!(expectation("title", &["label"]), "expected `label`");
    }

    #[test]
    fn other_words_are_answered_with_those_there_are() {
        let mut errors = Errors::default();
        assert!(DISPLAY_MODES.read(&parse_quote!(wide), &mut errors).is_none());
        assert!(DISPLAY_MODES.read(&parse_quote!("normal"), &mut errors).is_none());
        assert_eq!(
            errors.messages(),
            [
                "unknown display mode `wide`, expected one of `expanded`, `normal`, `collapsed`",
                "this is no display mode, expected one of `expanded`, `normal`, `collapsed`",
            ]
        );
    }
}
