//! What an event says it is.

/// The six calls of the tracking API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventType {
    Identify,
    Track,
    Page,
    Screen,
    Group,
    Alias,
}

impl EventType {
    /// The type of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "identify" => Self::Identify,
            "track" => Self::Track,
            "page" => Self::Page,
            "screen" => Self::Screen,
            "group" => Self::Group,
            "alias" => Self::Alias,
            _ => return None,
        })
    }

    /// Its name as JSON text.
    pub(crate) fn json(self) -> &'static str {
        match self {
            Self::Identify => r#""identify""#,
            Self::Track => r#""track""#,
            Self::Page => r#""page""#,
            Self::Screen => r#""screen""#,
            Self::Group => r#""group""#,
            Self::Alias => r#""alias""#,
        }
    }
}
