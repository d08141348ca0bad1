//! Tables of the file as structs.

use waystation_runtime::registry::nearest;

use super::findings::Findings;
use super::read::{Read, wrong_type};
use super::spot::{Located, Spot};
use super::tree::{Entry, Kind, Tree};
use crate::fault::Problem;

/// Reads the keys of a table.
pub(crate) struct TableReader<'t> {
    entries: &'t [Entry],
    known: Vec<&'static str>,
}

impl<'t> TableReader<'t> {
    /// Begins with a table; anything else is told.
    pub(crate) fn new(tree: &'t Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match &tree.kind {
            Kind::Table(entries) => Some(Self {
                entries,
                known: Vec::new(),
            }),
            _ => wrong_type(tree, "a table", findings),
        }
    }

    /// Reads the value of a key, if it is there.
    pub(crate) fn take<T: Read>(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<Located<T>> {
        self.known.push(key);
        let entry = self.entries.iter().find(|entry| entry.key.value == key)?;
        Located::read(&entry.value, findings)
    }

    /// Tells of the keys that nobody asked for.
    pub(crate) fn finish(self, findings: &mut Findings<'_>) {
        let unknown = |entry: &&Entry| !self.known.contains(&entry.key.value.as_str());
        for entry in self.entries.iter().filter(unknown) {
            let problem = Problem::UnknownKey {
                nearest: nearest(&entry.key.value, self.known.iter().copied()).map(str::to_owned),
                known: self.known.iter().map(|key| (*key).to_owned()).collect(),
            };
            findings.add(&entry.key.spot, problem);
        }
    }
}

/// Defines a table of the file: every key is optional, knows where it was written, and has its documentation
/// in the schema. Keys that are not there are told.
macro_rules! section {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Debug, Clone, Default, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$about])*
        pub(crate) struct $name {
            $(
                $(#[$field_doc])*
                pub(crate) $field: Option<$crate::document::Located<$type>>,
            )*
        }

        impl $crate::document::Read for $name {
            fn read(
                tree: &$crate::document::Tree,
                findings: &mut $crate::document::Findings<'_>,
            ) -> Option<Self> {
                let mut table = $crate::document::TableReader::new(tree, findings)?;
                let section = Self {
                    $($field: table.take(stringify!($field), findings),)*
                };
                table.finish(findings);
                Some(section)
            }
        }
    )*};
}
pub(crate) use section;

/// A value that must be there; where it is not, that is told, unless it is there and cannot be read.
pub(crate) fn required<T>(
    value: Option<T>,
    key: &'static str,
    example: &'static str,
    spot: &Spot,
    findings: &mut Findings<'_>,
) -> Option<T> {
    if value.is_none() && !findings.is_told(spot, key) {
        findings.add(spot, Problem::MissingKey { key, example });
    }
    value
}
