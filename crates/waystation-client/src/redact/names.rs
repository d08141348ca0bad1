//! Names behind which secrets are kept.
//!
//! A name is cut into words, whatever its spelling (`X-Api-Key`, `apiKey`, `api_key`), and judged by its last
//! words: `access_token` names a token, `token_count` names a count. Names are never matched in part, so that
//! `secretary` and `tokenize` stay readable.
//!
//! What hides too much costs an author a look into the settings; what hides too little puts a credential into
//! a screenshot. So a plain `token` is hidden, even where it is a person's device; names that tell by
//! themselves that the token is none of the partner's credentials (`device_token`, `next_page_token`) are not.

/// Words that name a secret when a name ends with them.
const SECRETS: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "authkey",
    "authorization",
    "authtoken",
    "bearer",
    "clientsecret",
    "cookie",
    "credential",
    "hapikey",
    "hmac",
    "idtoken",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "sig",
    "signature",
    "signingkey",
    "token",
    "writekey",
];

/// Pairs of words that name a secret when a name ends with them.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("access", "key"),
    ("api", "key"),
    ("app", "key"),
    ("application", "key"),
    ("appsecret", "proof"),
    ("auth", "code"),
    ("auth", "key"),
    ("authorization", "code"),
    ("client", "key"),
    ("code", "verifier"),
    ("encryption", "key"),
    ("master", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("server", "key"),
    ("service", "key"),
    ("session", "id"),
    ("session", "key"),
    ("shared", "key"),
    ("signing", "key"),
    ("write", "key"),
];

/// Tokens that give nobody access: places in a list, and addresses of devices, which come from the event.
const HARMLESS_TOKENS: &[&str] = &[
    "apns",
    "continuation",
    "cursor",
    "device",
    "fcm",
    "next",
    "page",
    "paging",
    "previous",
    "push",
    "registration",
    "sync",
];

/// Whether the value behind a name is to be hidden.
pub(crate) fn is_secret(name: &str) -> bool {
    ends_like_a_secret(name) && names_a_secret(name)
}

/// Whether a name may have a last word that names a secret, by its last two letters. Most names have not, and are not
/// worth to be cut into words.
fn ends_like_a_secret(name: &str) -> bool {
    if !name.is_ascii() {
        return true;
    }
    let name = name.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let name = name.as_bytes();
    let singular = match name {
        [singular @ .., b's' | b'S'] => singular,
        _ => name,
    };
    is_end(singular) || is_end(name)
}

fn is_end(name: &[u8]) -> bool {
    let [.., before, last] = name else { return false };
    let place = |letter: u8| (letter.to_ascii_lowercase().wrapping_sub(b'a')) as usize;
    let ends = ENDS.get(place(*last)).copied().unwrap_or_default();
    place(*before) < 26 && ends & (1 << place(*before)) != 0
}

/// By the last letter of a word that names a secret, a bit for each letter that comes before it.
const ENDS: [u32; 26] = {
    let mut ends = [0; 26];
    let mut at = 0;
    while at < SECRETS.len() {
        ends = with_end(ends, SECRETS[at].as_bytes());
        at += 1;
    }
    at = 0;
    while at < SECRET_PAIRS.len() {
        ends = with_end(ends, SECRET_PAIRS[at].1.as_bytes());
        at += 1;
    }
    ends
};

const fn with_end(mut ends: [u32; 26], word: &[u8]) -> [u32; 26] {
    let (before, last) = (word[word.len() - 2], word[word.len() - 1]);
    ends[(last - b'a') as usize] |= 1 << (before - b'a');
    ends
}

fn names_a_secret(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let last = singular(last);
    let previous = before.last().map(String::as_str);
    if last == "token" && previous.is_some_and(|previous| HARMLESS_TOKENS.contains(&previous)) {
        return false;
    }
    SECRETS.contains(&last) || previous.is_some_and(|previous| SECRET_PAIRS.contains(&(previous, last)))
}

/// The words of a name in lower case: cut at everything but letters and digits, and where capitals begin.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(index + 1);
        if !character.is_alphanumeric() || begins_word(before, character, after) {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A capital begins a word after a small letter, and as the last capital of several: `apiKey`, `APIKey`.
fn begins_word(before: Option<&char>, character: char, after: Option<&char>) -> bool {
    character.is_uppercase()
        && (before.is_some_and(|before| !before.is_uppercase())
            || after.is_some_and(|after| after.is_lowercase()))
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(singular) if !singular.ends_with('s') => singular,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        for (name, expected) in [
            ("X-Api-Key", vec!["x", "api", "key"]),
            ("apiKey", vec!["api", "key"]),
            ("APIKey", vec!["api", "key"]),
            ("user[password]", vec!["user", "password"]),
            ("traits.access_token", vec!["traits", "access", "token"]),
            ("__SECRET__", vec!["secret"]),
            ("oauth2Token", vec!["oauth2", "token"]),
            ("", vec![]),
            ("--", vec![]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn secrets_are_known_in_every_spelling() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "X-Api-Key",
            "api-key",
            "apikey",
            "APIKEY",
            "apiKey",
            "api_key",
            "api_keys",
            "api_secret",
            "hapikey",
            "X-Auth-Token",
            "x-xsrf-token",
            "x-amz-security-token",
            "access_token",
            "accessToken",
            "refresh_tokens",
            "token",
            "client_secret",
            "clientSecret",
            "password",
            "user[password]",
            "credentials",
            "X-Hub-Signature",
            "sig",
            "writeKey",
            "AWSSecretKey",
            "aws_access_key",
            "appsecret_proof",
            "sessionId",
        ] {
            assert!(is_secret(name), "{name}");
            assert!(ends_like_a_secret(name), "{name}");
        }
    }

    #[test]
    fn most_names_are_not_cut_into_words() {
        for name in ["event", "messageId2", "userAgent", "traits", "page", ""] {
            assert!(!ends_like_a_secret(name), "{name}");
        }
        // A letter of another alphabet may be a small `k`.
        assert!(is_secret("api\u{212a}ey"));
    }

    #[test]
    fn harmless_names_stay_readable() {
        for name in [
            "token_count",
            "tokenType",
            "token_expires_in",
            "password_changed_at",
            "secret_santa",
            "secretary",
            "tokenize",
            "cookie_consent",
            "x-requested-with",
            "x-forwarded-for",
            "user-agent",
            "content-type",
            "www-authenticate",
            "key",
            "keyboard",
            "idempotency-key",
            "primary_key",
            "public_key",
            "foreignKey",
            "author",
            "authorized",
            "signed_up_at",
            "pass",
            "device_token",
            "deviceToken",
            "push_tokens",
            "nextPageToken",
            "page_token",
            "access",
            "session",
            "id",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
