//! What a batch says once for all of its items.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::value::RawValue;

use crate::fields::Fields;

/// The fields beside a batch that go into each of its items.
#[derive(Debug, Default)]
pub(crate) struct Shared<'text> {
    context: Option<Section<'text>>,
    integrations: Option<Section<'text>>,
    /// When the batch left, as JSON text.
    pub(crate) sent_at: Option<&'text str>,
}

/// An object of the batch that is merged into the item's object of the same name.
#[derive(Debug)]
struct Section<'text> {
    text: &'text str,
    fields: Fields<'text>,
}

impl<'text> Shared<'text> {
    pub(crate) fn new(
        context: Option<&'text RawValue>,
        integrations: Option<&'text RawValue>,
        sent_at: Option<&'text RawValue>,
    ) -> Self {
        Self {
            context: context.and_then(Section::of),
            integrations: integrations.and_then(Section::of),
            sent_at: sent_at.map(RawValue::get),
        }
    }

    /// By how many bytes an item may grow.
    pub(crate) fn len(&self) -> usize {
        let sections = [&self.context, &self.integrations];
        sections
            .into_iter()
            .flatten()
            .map(|section| section.text.len())
            .sum()
    }

    /// Merges context and integrations into an item.
    pub(crate) fn merge_into(&self, item: &mut Fields<'text>) {
        for (name, section) in [("context", &self.context), ("integrations", &self.integrations)] {
            let Some(section) = section else { continue };
            match item.given(name) {
                None => item.set(name, section.text),
                Some(own) => {
                    if let Some(merged) = section.merged_under(own) {
                        item.set(name, merged);
                    }
                }
            }
        }
    }
}

impl<'text> Section<'text> {
    /// `None` if there is nothing to merge.
    fn of(json: &'text RawValue) -> Option<Self> {
        let text = json.get();
        let fields = Fields::parse(text).ok()?;
        fields.iter().next()?;
        Some(Self { text, fields })
    }

    /// The item's own object with what only the batch says; `None` if it stays as it is.
    ///
    /// A field such as `page` or `device` is taken from one or the other as a whole: half of the batch's page in
    /// the item's page would be neither.
    fn merged_under(&self, own: &str) -> Option<String> {
        let mut merged = Fields::parse(own).ok()?;
        let missing: Vec<(&str, &str)> = {
            let names: HashSet<&str> = merged.iter().map(|(name, _)| name).collect();
            self.fields
                .iter()
                .filter(|(name, _)| !names.contains(name))
                .collect()
        };
        if missing.is_empty() {
            return None;
        }
        for (name, value) in missing {
            // Owned, for it may need escapes again.
            merged.push(Cow::Owned(name.to_owned()), Cow::Borrowed(value));
        }
        Some(merged.to_text())
    }
}
