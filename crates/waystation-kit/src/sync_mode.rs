//! How the rows of a warehouse are to be synced.

use serde_json::Value;

/// What is to happen to a row at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// New rows are added.
    Add,
    /// Known rows are updated.
    Update,
    /// Rows are added or updated.
    Upsert,
    /// The partner's set becomes equal to ours.
    Mirror,
    /// Rows are removed.
    Delete,
}

impl SyncMode {
    /// Every mode.
    pub const ALL: [Self; 5] = [Self::Add, Self::Update, Self::Upsert, Self::Mirror, Self::Delete];

    /// The name in mappings and manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Upsert => "upsert",
            Self::Mirror => "mirror",
            Self::Delete => "delete",
        }
    }

    /// Reads a name; anything but an exact one is no mode.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let name = value.as_str()?;
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// The modes that an action offers.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncModes {
    /// The mode chosen at first.
    pub default: SyncMode,
    /// What people read.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub description: &'static str,
    /// The modes on offer with their labels.
    pub choices: Vec<(SyncMode, &'static str)>,
}
