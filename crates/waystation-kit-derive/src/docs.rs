//! Doc comments as descriptions.

use syn::{Attribute, Meta};

use crate::attribute::text_literal;

/// The doc comment of an item: the lines of a paragraph joined by blanks, paragraphs kept apart by an empty
/// line. Empty without a doc comment.
pub(crate) fn description(attributes: &[Attribute]) -> String {
    let mut paragraphs: Vec<Vec<String>> = vec![Vec::new()];
    for line in attributes
        .iter()
        .filter_map(doc_text)
        .flat_map(|text| lines(&text))
    {
        if line.is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push(line);
        }
    }
    let paragraphs: Vec<String> = paragraphs
        .iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join(" "))
        .collect();
    paragraphs.join("\n\n")
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => {
            text_literal(&meta.value).map(syn::LitStr::value)
        }
        _ => None,
    }
}

fn lines(text: &str) -> Vec<String> {
    // `lines` has none for an empty text, which is an empty line of the comment.
    text.split('\n').map(|line| line.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use syn::{Field, parse_quote};

    use super::description;

    #[test]
    fn lines_are_joined_and_paragraphs_kept() {
        let field: Field = parse_quote! {
            /// The person's identifier
            /// in your workspace.
            #[field(label = "ID")]
            ///
            /// Must be unique.
            id: String
        };
        assert_eq!(
            description(&field.attrs),
            "The person's identifier in your workspace.\n\nMust be unique."
        );
    }

    #[test]
    fn block_comments_count_and_no_comment_is_empty() {
        let field: Field = parse_quote!(#[doc = " One\n two. "] id: String);
        assert_eq!(description(&field.attrs), "One two.");
        let field: Field = parse_quote!(id: String);
        assert_eq!(description(&field.attrs), "");
    }
}
