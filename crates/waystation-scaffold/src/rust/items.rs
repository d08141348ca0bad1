//! Types and functions that the files of a crate define, and those that several files share.

use std::collections::{BTreeMap, BTreeSet};

/// Something that is defined in a file beside its main struct: a nested struct, an enum, a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its name.
    pub(crate) name: String,
    /// Its definition.
    pub(crate) code: String,
    /// The names of the items that its definition mentions.
    pub(crate) mentions: BTreeSet<String>,
}

/// The items of one file.
#[derive(Debug, Default)]
pub(crate) struct Items {
    taken: BTreeSet<String>,
    items: Vec<Item>,
}

/// Names that mean something else in the files of a destination.
const RESERVED: [&str; 65] = [
    "Action",
    "ActionInfo",
    "AsynchronousAction",
    "Auth",
    "Batch",
    "BatchAction",
    "BatchItem",
    "BatchOutput",
    "Batching",
    "Box",
    "Choice",
    "Choices",
    "Condition",
    "Conditions",
    "Context",
    "Datetime",
    "Debug",
    "Definition",
    "DeleteUser",
    "Deserialize",
    "Destination",
    "DynamicFieldAnswer",
    "DynamicFieldRequest",
    "DynamicFields",
    "Err",
    "Error",
    "ErrorCode",
    "Fields",
    "Hook",
    "HookAnswer",
    "HookRequest",
    "HookType",
    "Hooks",
    "ItemError",
    "ItemOutcome",
    "ItemSuccess",
    "JobPoll",
    "JobStatus",
    "JsonObject",
    "Ledger",
    "MappingChanges",
    "MultiStatusResponse",
    "NoSettings",
    "None",
    "Number",
    "Ok",
    "Operator",
    "Option",
    "Output",
    "PartLimits",
    "Parts",
    "Payload",
    "PlatformEvent",
    "PresetTrigger",
    "RefreshedTokens",
    "RequestDefaults",
    "RequestKey",
    "Required",
    "Response",
    "Result",
    "Scheme",
    "Secret",
    "Serialize",
    "Settings",
    "Slots",
];
const MORE_RESERVED: [&str; 10] = [
    "Some",
    "String",
    "SubmittedJob",
    "SyncMode",
    "SyncModes",
    "Value",
    "Vec",
    "Self",
    "Default",
    "Clone",
];

impl Items {
    /// A file in which these names are taken.
    pub(crate) fn beside<const N: usize>(taken: [&str; N]) -> Self {
        Self {
            taken: taken.into_iter().map(str::to_owned).collect(),
            items: Vec::new(),
        }
    }

    /// A name that is free: the one that is wanted, else with what it belongs to before it.
    pub(crate) fn name(&mut self, wanted: &str, owner: &str) -> String {
        let is_free = |name: &str| {
            let is_reserved = RESERVED.contains(&name) || MORE_RESERVED.contains(&name);
            !name.is_empty() && !is_reserved && !self.taken.contains(name)
        };
        let numbered = (2..).map(|number| format!("{owner}{wanted}{number}"));
        let mut candidates = [wanted.to_owned(), format!("{owner}{wanted}")]
            .into_iter()
            .chain(numbered);
        let name = candidates.find(|name| is_free(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }

    /// Adds an item whose name is taken already.
    pub(crate) fn add(&mut self, name: String, code: String, mentions: BTreeSet<String>) {
        self.items.push(Item { name, code, mentions });
    }

    /// The items in the order in which they were added.
    pub(crate) fn into_list(self) -> Vec<Item> {
        self.items
    }
}

/// The items that several files define alike, in order, taken out of the files. What an item mentions goes with it, so
/// it stays where it is unless all of that is shared as well.
pub(crate) fn shared(files: &mut [Vec<Item>]) -> Vec<Item> {
    let mut definitions: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in files.iter().flatten() {
        definitions.entry(&item.name).or_default().push(item);
    }
    let mut names: BTreeSet<String> = definitions
        .into_iter()
        .filter(|(_, items)| items.len() > 1 && items.windows(2).all(|pair| pair[0] == pair[1]))
        .map(|(name, _)| name.to_owned())
        .collect();
    loop {
        let is_closed = |item: &Item| item.mentions.iter().all(|mentioned| names.contains(mentioned));
        let open: Vec<String> = files
            .iter()
            .flatten()
            .filter(|item| names.contains(&item.name) && !is_closed(item))
            .map(|item| item.name.clone())
            .collect();
        if open.is_empty() {
            break;
        }
        names.retain(|name| !open.contains(name));
    }
    let mut shared: Vec<Item> = Vec::new();
    for file in files {
        let (common, own): (Vec<Item>, Vec<Item>) = std::mem::take(file)
            .into_iter()
            .partition(|item| names.contains(&item.name));
        *file = own;
        for item in common {
            if shared.iter().all(|known| known.name != item.name) {
                shared.push(item);
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, code: &str, mentions: &[&str]) -> Item {
        Item {
            name: name.to_owned(),
            code: code.to_owned(),
            mentions: mentions.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn only_what_is_alike_everywhere_is_shared() {
        let mut files = [
            vec![
                item("A", "a", &["B"]),
                item("B", "b", &[]),
                item("C", "c", &["D"]),
                item("D", "d", &[]),
            ],
            vec![
                item("A", "a", &["B"]),
                item("B", "b", &[]),
                item("C", "c", &["D"]),
                item("D", "other", &[]),
            ],
            vec![item("E", "e", &[])],
        ];
        let shared = shared(&mut files);
        let names = |items: &[Item]| items.iter().map(|item| item.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&shared), ["A", "B"]);
        // `C` mentions a `D` that is not the same everywhere.
        assert_eq!(names(&files[0]), ["C", "D"]);
        assert_eq!(names(&files[2]), ["E"]);
    }

    #[test]
    fn names_that_are_taken_get_what_they_belong_to() {
        let mut items = Items::beside(["Track"]);
        assert_eq!(items.name("Context", "Track"), "TrackContext");
        assert_eq!(items.name("Item", "Track"), "Item");
        assert_eq!(items.name("Item", "Track"), "TrackItem");
        assert_eq!(items.name("Item", "Track"), "TrackItem2");
    }
}
