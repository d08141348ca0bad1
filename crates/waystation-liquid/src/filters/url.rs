//! Texts in URLs.

use unicode_properties::GeneralCategory;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use waystation_json::number::is_js_space;

use super::{Arguments, Filtered};
use crate::error::Failure;
use crate::value::{TextBuilder, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlFilter {
    Encode(Escaping),
    Decode,
    Slugify,
}

/// What is percent-escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// `url_encode`: all that `encodeURIComponent` escapes; spaces become `+`.
    Component,
    /// `cgi_escape`: the same and `!'()*`.
    Form,
    /// `uri_escape`: the delimiters of a URI stay.
    Uri,
}

/// Which characters of a slug become hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlugMode {
    Raw,
    Default,
    Pretty,
    Ascii,
    /// As `Default`, once accents are gone.
    Latin,
    None,
}

impl UrlFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "url_encode" => Self::Encode(Escaping::Component),
            "cgi_escape" => Self::Encode(Escaping::Form),
            "uri_escape" => Self::Encode(Escaping::Uri),
            "url_decode" => Self::Decode,
            "slugify" => Self::Slugify,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        match self {
            Self::Encode(escaping) => escaping.encode(&text, arguments),
            Self::Decode => {
                arguments.budget.spend_bytes(text.len())?;
                decode(&text)
                    .map(Value::from)
                    .ok_or(Failure::MalformedPercentEscape)
            }
            Self::Slugify => slugify(&text, arguments),
        }
    }
}

impl Escaping {
    fn keeps(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || match self {
                Self::Component => b"-_.!~*'()".contains(&byte),
                Self::Form => b"-_.~".contains(&byte),
                Self::Uri => b"-_.!~*'();/?:@&=+$,#[]".contains(&byte),
            }
    }

    fn encode<'a>(self, text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
        ];
        let mut out = arguments.builder();
        for byte in text.bytes() {
            match byte {
                b' ' if self != Self::Uri => out.push('+')?,
                _ if self.keeps(byte) => out.push(char::from(byte))?,
                _ => {
                    out.push('%')?;
                    out.push(DIGITS[usize::from(byte >> 4)])?;
                    out.push(DIGITS[usize::from(byte & 15)])?;
                }
            }
        }
        Ok(Value::from(out.finish()))
    }
}

/// `decodeURIComponent`, then `+` to spaces, those that were escaped included.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).ok().map(|text| text.replace('+', " "))
}

fn slugify<'a>(text: &str, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    let mode = match arguments.get(0) {
        Value::Undefined => SlugMode::Default,
        Value::Text(name) => match &*name {
            "raw" => SlugMode::Raw,
            "default" => SlugMode::Default,
            "pretty" => SlugMode::Pretty,
            "ascii" => SlugMode::Ascii,
            "latin" => SlugMode::Latin,
            _ => SlugMode::None,
        },
        _ => SlugMode::None,
    };
    let keeps_case = arguments.get(1).is_js_truthy();
    let mut out = arguments.builder();
    mode.push_hyphenated(&mut out, text)?;
    let mut slug = out.finish();
    if mode != SlugMode::None {
        let trimmed = slug.strip_prefix('-').unwrap_or(&slug);
        slug = trimmed.strip_suffix('-').unwrap_or(trimmed).to_owned();
    }
    if !keeps_case {
        slug = slug.to_lowercase();
    }
    Ok(Value::from(slug))
}

impl SlugMode {
    fn push_hyphenated(self, out: &mut TextBuilder<'_>, text: &str) -> Result<(), Failure> {
        let mut follows_hyphen = false;
        for character in text.chars() {
            let keeps = self.keeps(character);
            match (keeps, follows_hyphen) {
                (true, _) => match without_accent(character) {
                    Some(plain) if self == Self::Latin => out.push_str(plain)?,
                    _ => out.push(character)?,
                },
                (false, false) => out.push('-')?,
                (false, true) => {}
            }
            follows_hyphen = !keeps;
        }
        Ok(())
    }

    fn keeps(self, character: char) -> bool {
        match self {
            Self::None => true,
            Self::Raw => !is_js_space(character),
            Self::Ascii => character.is_ascii_alphanumeric(),
            Self::Default | Self::Latin => is_letter(character),
            Self::Pretty => is_letter(character) || "._~!$&'()+,;=@".contains(character),
        }
    }
}

/// Letters, marks and decimal digits of all scripts.
fn is_letter(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark
    ) || character.general_category() == GeneralCategory::DecimalNumber
}

/// The letters of western European languages without their accents.
fn without_accent(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'æ' => "ae",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ð' => "d",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'œ' => "oe",
        'þ' => "th",
        'ẞ' => "SS",
        'Œ' => "OE",
        'Þ' => "TH",
        _ => return None,
    })
}
