//! The chapters, in the order of the summary.

/// The table of contents, as mdBook has it.
const SUMMARY: &str = include_str!("../../../docs/SUMMARY.md");

/// A chapter.
#[derive(Debug)]
pub(crate) struct Chapter {
    /// Its address under `/docs/`.
    pub(crate) path: &'static str,
    /// Its Markdown.
    pub(crate) text: &'static str,
}

macro_rules! chapters {
    ($($path:literal),+ $(,)?) => {
        /// Everything that the summary names; a test sees to it.
        const CHAPTERS: &[Chapter] = &[$(Chapter {
            path: $path,
            text: include_str!(concat!("../../../docs/", $path, ".md")),
        }),+];
    };
}

chapters![
    "introduction",
    "languages/mappings",
    "languages/liquid",
    "languages/subscriptions",
    "languages/fields",
    "destinations",
    "write-a-destination",
    "outcomes",
    "manifest",
    "from-the-peer",
    "life-of-an-event",
    "libraries",
    "deploy",
    "threat-model",
];

/// What `{{#include ...}}` may name.
const INCLUDED: &[(&str, &str)] = &[(
    "../destinations/README.md",
    include_str!("../../../destinations/README.md"),
)];

/// All chapters.
#[cfg(test)]
pub(crate) fn all() -> &'static [Chapter] {
    CHAPTERS
}

impl Chapter {
    /// The chapter with this address, with or without `.md`.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        let path = path.strip_suffix(".md").unwrap_or(path);
        CHAPTERS.iter().find(|chapter| chapter.path == path)
    }

    /// Its Markdown, with what it includes.
    pub(crate) fn markdown(&self) -> String {
        let mut text = self.text.to_owned();
        for (file, included) in INCLUDED {
            text = text.replace(&format!("{{{{#include {file}}}}}"), included);
        }
        text
    }

    /// The folder that its links begin at.
    pub(crate) fn folder(&self) -> &'static str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// A line of the table of contents.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The heading of a part.
    Part(&'static str),
    /// A chapter, with its address.
    Chapter {
        /// What it is called.
        title: &'static str,
        /// Its address under `/docs/`.
        path: &'static str,
    },
}

/// The table of contents.
pub(crate) fn summary() -> impl Iterator<Item = Entry> {
    SUMMARY.lines().skip(1).filter_map(|line| {
        if let Some(part) = line.strip_prefix("# ") {
            return Some(Entry::Part(part));
        }
        let link = line.trim_start_matches(['-', ' ']).strip_prefix('[')?;
        let (title, rest) = link.split_once("](")?;
        let path = rest.strip_suffix(".md)")?;
        Some(Entry::Chapter { title, path })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_and_the_binary_have_the_same_chapters() {
        let listed: Vec<_> = summary()
            .filter_map(|entry| match entry {
                Entry::Chapter { path, .. } => Some(path),
                Entry::Part(_) => None,
            })
            .collect();
        let held: Vec<_> = CHAPTERS.iter().map(|chapter| chapter.path).collect();
        assert_eq!(
            listed, held,
            "docs/SUMMARY.md and src/chapters.rs name other chapters"
        );
    }

    #[test]
    fn what_is_included_is_there() {
        let guide = Chapter::at("write-a-destination").unwrap().markdown();
        assert!(guide.contains("# Writing a destination"), "{guide}");
        assert!(!guide.contains("#include"), "{guide}");
    }
}
