//! What can be wrong.

use super::Severity;

/// What is wrong. The text form is the end of a sentence that begins with the key; it never shows a secret.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    #[error("the file cannot be read: {error}")]
    Unreadable {
        /// What the system says.
        error: String,
    },
    /// It is not TOML.
    #[error("this is not TOML: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },

    /// Nothing reads this key.
    #[error("is no setting")]
    UnknownKey {
        /// A key that looks like it.
        nearest: Option<String>,
        /// The keys that there are.
        known: Vec<String>,
    },
    /// A key must be there.
    #[error("needs `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// What to write.
        example: &'static str,
    },
    /// A value of another type is needed.
    #[error("must be {expected}, and is {found}")]
    WrongType {
        /// What may stand there, for the middle of a sentence.
        expected: &'static str,
        /// What does stand there.
        found: &'static str,
    },
    /// The text is none of the words allowed.
    #[error("must be {}, and is \"{found}\"", alternatives(allowed))]
    NotOneOf {
        /// The text.
        found: String,
        /// The words.
        allowed: Vec<String>,
    },
    /// The value has the right type and is still of no use.
    #[error("{reason}")]
    Unusable {
        /// Why; the end of a sentence.
        reason: String,
    },
    /// The name cannot be one.
    #[error("has the name \"{name}\", which cannot be one")]
    BadName {
        /// The name.
        name: String,
    },

    /// A secret's environment variable is not set.
    #[error("asks for the environment variable {name}, which is not set")]
    MissingVariable {
        /// The variable.
        name: String,
    },
    /// A secret's file cannot be read.
    #[error("asks for the file {path}, which cannot be read: {error}")]
    UnreadableSecret {
        /// The file.
        path: String,
        /// What the system says.
        error: String,
    },
    /// A secret has no content.
    #[error("is empty{}", from(origin.as_ref()))]
    EmptySecret {
        /// The variable or file that it comes from, if it comes from one.
        origin: Option<String>,
    },

    /// No destination has this slug.
    #[error("names the destination \"{slug}\", which does not exist")]
    UnknownDestination {
        /// The slug.
        slug: String,
        /// A slug that looks like it.
        nearest: Option<String>,
        /// The slugs that there are.
        known: Vec<String>,
    },
    /// The destination has no such action.
    #[error("names the action \"{action}\", which {destination} does not have")]
    UnknownAction {
        /// The slug.
        action: String,
        /// The destination's slug.
        destination: String,
        /// A slug that looks like it.
        nearest: Option<String>,
        /// The slugs that there are.
        known: Vec<String>,
    },
    /// No source has this name.
    #[error("names the source \"{name}\", which is not configured")]
    UnknownSource {
        /// The name.
        name: String,
        /// A name that looks like it.
        nearest: Option<String>,
    },
    /// The destination refuses its settings, or one of them.
    #[error("{reason}")]
    Setting {
        /// Why; the end of a sentence.
        reason: String,
    },
    /// The filter cannot be read.
    #[error("is no subscription: {reason}")]
    Filter {
        /// What is wrong there.
        reason: String,
    },
    /// The filter hardly means what it looks like.
    #[error("may not mean what it looks like: {reason}")]
    SuspectFilter {
        /// What looks wrong there.
        reason: String,
    },
    /// There is no filter, and the action has none of its own.
    #[error("needs `subscribe`, for the action \"{action}\" does not say which events it is for")]
    NoFilter {
        /// The action.
        action: String,
    },
    /// The mapping is wrong at this place.
    #[error("{problem}")]
    Mapping {
        /// What is wrong; the end of a sentence.
        problem: String,
    },
    /// The action has no such field: what is mapped to it is dropped.
    #[error("fills `{field}`, a field that the action \"{action}\" does not have")]
    UnknownField {
        /// The field.
        field: String,
        /// The action.
        action: String,
        /// A field that looks like it.
        nearest: Option<String>,
    },
    /// A required field is not mapped: no event can be delivered.
    #[error("leaves out `{field}`, which the action \"{action}\" requires")]
    UnmappedField {
        /// The field.
        field: String,
        /// The action.
        action: String,
    },
    /// The action does not tell this mode apart.
    #[error("is \"{mode}\", which the action \"{action}\" does not offer")]
    UnknownSyncMode {
        /// The mode.
        mode: String,
        /// The action.
        action: String,
        /// The modes that it offers.
        offered: Vec<String>,
    },
    /// The connection does nothing because there is nothing to do.
    #[error("sends nothing: it has no subscriptions")]
    NoSubscriptions,

    /// Something exists twice that must not.
    #[error("is the same {what} as `{other}`, at {place}")]
    Duplicate {
        /// What.
        what: &'static str,
        /// The key path of the other.
        other: String,
        /// The place of the other.
        place: String,
    },
    /// Two subscriptions of a connection have the same name.
    #[error("has the name \"{name}\", as has `{other}` at {place}")]
    DuplicateName {
        /// The name.
        name: String,
        /// The key path of the other.
        other: String,
        /// The place of the other.
        place: String,
    },
    /// No events can come.
    #[error("gets no events: {reason}")]
    NoEvents {
        /// Why.
        reason: &'static str,
    },
    /// Events go nowhere.
    #[error("has events that no connection takes")]
    NoConnections,
    /// There is no source at all.
    #[error("no source is configured: nobody can send events")]
    NoSources,
    /// One value must not be below another.
    #[error("is {value}, and `{other}` is {other_value}: {reason}")]
    Contradiction {
        /// The value.
        value: String,
        /// The key of the other.
        other: &'static str,
        /// The other value.
        other_value: String,
        /// What follows.
        reason: &'static str,
        /// Whether the configuration can be used.
        severity: Severity,
    },
    /// The value does nothing.
    #[error("has no effect: {reason}")]
    NoEffect {
        /// Why.
        reason: String,
    },
    /// Open to everybody.
    #[error("{reason}")]
    Unsafe {
        /// Why; the end of a sentence.
        reason: &'static str,
        /// Whether the configuration can be used.
        severity: Severity,
    },
}

impl Problem {
    /// Whether the configuration can be used in spite of it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::SuspectFilter { .. }
            | Self::UnknownField { .. }
            | Self::UnmappedField { .. }
            | Self::NoSubscriptions
            | Self::NoEvents { .. }
            | Self::NoConnections
            | Self::NoSources
            | Self::NoEffect { .. } => Severity::Warning,
            Self::Contradiction { severity, .. } | Self::Unsafe { severity, .. } => *severity,
            _ => Severity::Error,
        }
    }

    /// A name that does not change, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable_file",
            Self::Syntax { .. } => "syntax",
            Self::UnknownKey { .. } => "unknown_key",
            Self::MissingKey { .. } => "missing_key",
            Self::WrongType { .. } => "wrong_type",
            Self::NotOneOf { .. } => "not_one_of",
            Self::Unusable { .. } => "unusable_value",
            Self::BadName { .. } => "bad_name",
            Self::MissingVariable { .. } => "missing_variable",
            Self::UnreadableSecret { .. } => "unreadable_secret",
            Self::EmptySecret { .. } => "empty_secret",
            Self::UnknownDestination { .. } => "unknown_destination",
            Self::UnknownAction { .. } => "unknown_action",
            Self::UnknownSource { .. } => "unknown_source",
            Self::Setting { .. } => "setting",
            Self::Filter { .. } => "filter",
            Self::SuspectFilter { .. } => "suspect_filter",
            Self::NoFilter { .. } => "no_filter",
            Self::Mapping { .. } => "mapping",
            Self::UnknownField { .. } => "unknown_field",
            Self::UnmappedField { .. } => "unmapped_field",
            Self::UnknownSyncMode { .. } => "unknown_sync_mode",
            Self::NoSubscriptions => "no_subscriptions",
            Self::Duplicate { .. } => "duplicate",
            Self::DuplicateName { .. } => "duplicate_name",
            Self::NoEvents { .. } => "no_events",
            Self::NoConnections => "no_connections",
            Self::NoSources => "no_sources",
            Self::Contradiction { .. } => "contradiction",
            Self::NoEffect { .. } => "no_effect",
            Self::Unsafe { .. } => "unsafe",
        }
    }
}

fn alternatives(allowed: &[String]) -> String {
    let quoted: Vec<String> = allowed.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "something else".to_owned(),
    }
}

fn from(origin: Option<&String>) -> String {
    origin
        .map(|origin| format!(": {origin} holds nothing"))
        .unwrap_or_default()
}
