//! A chapter as a page.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::chapters::{Chapter, Entry, summary};

/// The page of a chapter.
pub(crate) fn of(chapter: &'static Chapter) -> String {
    let text = chapter.markdown();
    let mut events: Vec<_> = Parser::new_ext(&text, Options::ENABLE_TABLES)
        .map(|event| with_address(event, chapter.folder()))
        .collect();
    let title = name_headings(&mut events);
    let mut body = String::with_capacity(text.len() * 2);
    html::push_html(&mut body, events.into_iter());
    framed(&title, chapter.path, &body)
}

/// The page in place of a chapter that does not exist.
pub(crate) fn missing(path: &str) -> String {
    let body = format!(
        "<h1>There is no such chapter</h1><p>Nothing is called <code>{}</code>. The table of contents has what there is.</p>",
        escaped(path)
    );
    framed("Not found", "", &body)
}

fn framed(title: &str, path: &str, body: &str) -> String {
    let title = escaped(title);
    let contents = contents(path);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Waystation</title>\
         <link rel=\"stylesheet\" href=\"/docs/book.css\"></head><body>\
         <nav aria-label=\"Contents\"><p class=\"name\">Waystation</p>{contents}</nav><main>{body}</main></body></html>"
    )
}

fn contents(current: &str) -> String {
    let mut list = String::from("<ul>");
    for entry in summary() {
        let written = match entry {
            Entry::Part(name) => write!(list, "</ul><h2>{}</h2><ul>", escaped(name)),
            Entry::Chapter { title, path } => {
                let mark = if path == current {
                    " aria-current=\"page\""
                } else {
                    ""
                };
                let title = escaped(title);
                write!(list, "<li><a href=\"/docs/{path}\"{mark}>{title}</a></li>")
            }
        };
        // Writing to a text does not fail.
        debug_assert!(written.is_ok());
    }
    list.push_str("</ul>");
    list
}

/// Links to other chapters lead to their pages. What else lies in the repository has no page: its link becomes none.
fn with_address<'text>(event: Event<'text>, folder: &str) -> Event<'text> {
    let Event::Start(Tag::Link {
        link_type,
        dest_url,
        title,
        id,
    }) = event
    else {
        return event;
    };
    let dest_url = address(&dest_url, folder).map_or(dest_url, CowStr::from);
    Event::Start(Tag::Link {
        link_type,
        dest_url,
        title,
        id,
    })
}

fn address(target: &str, folder: &str) -> Option<String> {
    if target.contains("://") || target.starts_with('#') {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    let anchor = match anchor {
        "" => String::new(),
        anchor => format!("#{anchor}"),
    };
    Some(match Chapter::at(&parts.join("/")) {
        Some(chapter) => format!("/docs/{}{anchor}", chapter.path),
        // Where the reader has the sources at hand, the text of the link names the file.
        None => "#".to_owned(),
    })
}

/// Gives each heading the name that mdBook gives it, and says what the first one is.
fn name_headings(events: &mut [Event<'_>]) -> String {
    let mut first = None;
    let mut start = None;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { .. }) => start = Some(at),
            Event::End(TagEnd::Heading(_)) => {
                let Some(start) = start.take() else { continue };
                let text: String = events[start..at]
                    .iter()
                    .filter_map(|event| match event {
                        Event::Text(text) | Event::Code(text) => Some(&**text),
                        _ => None,
                    })
                    .collect();
                if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                    *id = Some(anchor(&text).into());
                }
                first.get_or_insert(text);
            }
            _ => {}
        }
    }
    first.unwrap_or_default()
}

fn anchor(heading: &str) -> String {
    let letters = heading.chars().filter_map(|letter| match letter {
        letter if letter.is_alphanumeric() || letter == '_' || letter == '-' => Some(letter),
        letter if letter.is_whitespace() => Some('-'),
        _ => None,
    });
    letters.flat_map(char::to_lowercase).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_from_wherever_they_stand() {
        for (target, folder, expected) in [
            ("liquid.md", "languages", Some("/docs/languages/liquid")),
            (
                "../outcomes.md#what-is-tried-again",
                "languages",
                Some("/docs/outcomes#what-is-tried-again"),
            ),
            ("languages/fields.md", "", Some("/docs/languages/fields")),
            ("example", "", Some("#")),
            ("#limits", "languages", None),
            ("https://example.org/a.md", "", None),
        ] {
            assert_eq!(address(target, folder).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn headings_are_named_as_mdbook_names_them() {
        assert_eq!(anchor("@path: what a path leads to"), "path-what-a-path-leads-to");
        assert_eq!(anchor("What is told, and when"), "what-is-told-and-when");
    }
}
