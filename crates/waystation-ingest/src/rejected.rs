//! Why an event cannot be delivered although its request was fine.

use thiserror::Error;

/// Why an event cannot be delivered to anybody.
///
/// Segment answers such events with success and drops them, telling only its debugger. Here they are handed on
/// with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejected {
    /// An item of a batch is no object.
    #[error("An event must be a JSON object, but this is of type {found}.")]
    NotAnObject {
        /// Its type.
        found: &'static str,
    },
    /// An item of a batch is well-formed, but cannot be read.
    #[error("The event cannot be read: {reason}.")]
    Unreadable {
        /// Why.
        reason: String,
    },
    /// An item of a batch is too large.
    #[error("The event has {size} bytes; {limit} are allowed.")]
    TooLarge {
        /// Its size as it was sent.
        size: usize,
        /// The largest that is taken.
        limit: usize,
    },
    /// An item of a batch says not what it is.
    #[error("The event has no type: in a batch, every event must have one.")]
    NoType,
    /// An item of a batch is of no known type.
    #[error("\"{found}\" is no type of event: use identify, track, page, screen, group or alias.")]
    UnknownType {
        /// The type that was sent.
        found: String,
    },
    /// Nobody knows whose event it is.
    #[error("The event has neither a userId nor an anonymousId.")]
    NoIdentity,
    /// A track event without a name.
    #[error("A track event must have a name in \"event\".")]
    NoEventName,
    /// A group event without a group.
    #[error("A group event must have a groupId.")]
    NoGroupId,
    /// An alias without the id that the user had.
    #[error("An alias must have a previousId.")]
    NoPreviousId,
    /// An alias without the id that the user has now.
    #[error("An alias must have a userId.")]
    NoUserId,
    /// More properties or traits than an event may have.
    #[error("The event has {count} {field}; {limit} are allowed.")]
    TooManyProperties {
        /// Where they are: `properties` or `traits`.
        field: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The message id is longer than the tracking API allows.
    #[error("The messageId has {length} characters; it must have fewer than {limit}.")]
    MessageIdTooLong {
        /// Its length in characters.
        length: usize,
        /// What it must stay below.
        limit: usize,
    },
}

impl Rejected {
    /// A name that never changes, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject { .. } => "not_an_object",
            Self::Unreadable { .. } => "unreadable_event",
            Self::TooLarge { .. } => "event_too_large",
            Self::NoType => "no_type",
            Self::UnknownType { .. } => "unknown_type",
            Self::NoIdentity => "no_user_anon_id",
            Self::NoEventName => "no_event_name",
            Self::NoGroupId => "no_group_id",
            Self::NoPreviousId => "no_previous_id",
            Self::NoUserId => "no_user_id",
            Self::TooManyProperties { .. } => "too_many_properties",
            Self::MessageIdTooLong { .. } => "message_id_too_long",
        }
    }
}
