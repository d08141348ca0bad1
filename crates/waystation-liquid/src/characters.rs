//! Classes of characters in Liquid.

/// White space between the parts of a tag or output.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r'
            | ' '
            | '\u{A0}'
            | '\u{1680}'
            | '\u{180E}'
            | '\u{2000}'..='\u{200A}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202F}'
            | '\u{205F}'
            | '\u{3000}'
    )
}

/// A character of a name: letters, digits, `_`, `-`, `?` and nearly everything beyond ASCII.
pub(crate) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '?');
    }
    !is_blank(character) && !matches!(character, '\u{201C}' | '\u{201D}')
}
