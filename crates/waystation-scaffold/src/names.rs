//! Names in the spellings that code and people want.

/// Words that people write in capitals.
const INITIALISMS: [&str; 17] = [
    "api", "crm", "html", "http", "id", "ids", "ip", "json", "os", "pii", "sms", "uri", "url", "utm", "uuid",
    "xml", "zip",
];

/// Words of Rust that no identifier may be.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// The words of a key in small letters: cut where something other than a letter or digit stands, where a capital
/// follows a small letter, and before the last capital of several when a small letter follows.
pub(crate) fn words(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut words = vec![String::new()];
    for (position, &letter) in letters.iter().enumerate() {
        let follows_small = position > 0 && !letters[position - 1].is_uppercase();
        let precedes_small = letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if (letter.is_uppercase() && (follows_small || precedes_small)) || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `user_id` for `userId`: modules, functions, members before they are [made identifiers](identifier).
pub(crate) fn snake(key: &str) -> String {
    ascii_start(&words(key).join("_"), "n")
}

/// `UserId` for `user_id`: types and variants.
pub(crate) fn pascal(key: &str) -> String {
    let joined: String = words(key).iter().map(|word| capitalised(word)).collect();
    let name = ascii_start(&joined, "N");
    if name == "Self" { "Itself".to_owned() } else { name }
}

/// A name that may stand where an identifier must.
pub(crate) fn identifier(name: &str) -> String {
    match name {
        // These cannot be raw.
        "self" | "super" | "crate" => format!("{name}_"),
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    }
}

/// `User ID` for `user_id`: what people read.
pub(crate) fn label(key: &str) -> String {
    let prose = prose(key);
    if prose.is_empty() {
        key.to_owned()
    } else {
        capitalised(&prose)
    }
}

/// `user ID` for `user_id`: within a sentence.
pub(crate) fn prose(key: &str) -> String {
    let words: Vec<String> = words(key)
        .into_iter()
        .map(|word| match INITIALISMS.contains(&word.as_str()) {
            true if word == "ids" => "IDs".to_owned(),
            true => word.to_uppercase(),
            false => word,
        })
        .collect();
    words.join(" ")
}

/// One of what a plural names: `item` for `items`.
pub(crate) fn singular(key: &str) -> String {
    let cut = |end: &str| key.strip_suffix(end).filter(|rest| rest.len() > 1);
    if let Some(rest) = cut("ies") {
        return format!("{rest}y");
    }
    if let Some(rest) = ["sses", "xes", "ches"]
        .iter()
        .find_map(|end| key.ends_with(end).then(|| cut("es")).flatten())
    {
        return rest.to_owned();
    }
    let is_plural = !["ss", "us", "is"].iter().any(|end| key.ends_with(end));
    cut("s").filter(|_| is_plural).unwrap_or(key).to_owned()
}

pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is not made of ASCII letters and digits has no name of its own; what begins with a digit gets a letter.
fn ascii_start(name: &str, letter: &str) -> String {
    let ascii: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    match ascii.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("{letter}{ascii}"),
        _ => ascii,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_every_spelling() {
        for (key, in_snake, in_pascal, for_people) in [
            ("userId", "user_id", "UserId", "User ID"),
            ("hashed_PII", "hashed_pii", "HashedPii", "Hashed PII"),
            ("imageURL", "image_url", "ImageUrl", "Image URL"),
            ("1plusx", "n1plusx", "N1plusx", "1plusx"),
            (
                "facebook-conversions-api",
                "facebook_conversions_api",
                "FacebookConversionsApi",
                "Facebook conversions API",
            ),
            ("$set", "set", "Set", "Set"),
        ] {
            let spelt = (snake(key), pascal(key), label(key));
            assert_eq!(
                spelt,
                (in_snake.to_owned(), in_pascal.to_owned(), for_people.to_owned())
            );
        }
        assert_eq!(pascal("self"), "Itself");
    }

    #[test]
    fn keywords_are_identifiers_all_the_same() {
        assert_eq!(
            ["type", "self", "name"].map(identifier),
            ["r#type", "self_", "name"]
        );
    }

    #[test]
    fn lists_hold_what_their_name_is_the_plural_of() {
        for (plural, one) in [
            ("items", "item"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("data", "data"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
