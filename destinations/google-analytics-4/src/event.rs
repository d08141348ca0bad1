//! What all actions are: an event of one kind.

use std::borrow::Cow;
use std::marker::PhantomData;

use waystation_kit::json::number::is_js_space;
use waystation_kit::prelude::*;

use crate::fields::{DETAILS, EventFields, ORIGIN};
use crate::{GoogleAnalytics4, client, items};

/// What makes one action different from the others.
#[derive(Debug)]
pub struct EventKind {
    /// The slug of the action.
    pub slug: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// The subscription it starts with.
    pub subscribe: &'static str,
    /// The name of the event at Google; `None` if the payload says it.
    pub event_name: Option<&'static str>,
    /// The key of [`EventFields::client_id`]. Two actions spell it in their own way.
    pub client_id_key: &'static str,
    /// The parameters it has of its own.
    pub parameters: &'static [Parameter],
    /// Whether the event needs products.
    pub needs_items: bool,
    /// What has to say the currency.
    pub currency: Currency,
}

/// What has to say the currency of an event. A value needs one in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// Nothing.
    Optional,
    /// The event or, without a value, its first item.
    Needed,
    /// As [`Currency::Needed`]; a value without one is told as a fault of the payload.
    NeededForPayment,
}

/// A parameter that an action has of its own.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    key: &'static str,
    source: Source,
    required: bool,
}

/// Where a parameter usually comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    AsDeclared,
    Path(&'static str),
    Product,
    Products,
    Promotion,
}

impl Parameter {
    /// A parameter that a mapping has to set.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            source: Source::AsDeclared,
            required: false,
        }
    }

    /// A parameter that is usually found at a path of the event.
    #[must_use]
    pub const fn at(key: &'static str, path: &'static str) -> Self {
        Self::new(key).from(Source::Path(path))
    }

    /// The product that the event itself is.
    #[must_use]
    pub const fn product() -> Self {
        Self::new("items").from(Source::Product).required()
    }

    /// The list of products of the event.
    #[must_use]
    pub const fn products() -> Self {
        Self::new("items").from(Source::Products).required()
    }

    /// The product that a promotion is for.
    #[must_use]
    pub const fn promoted() -> Self {
        Self::new("items").from(Source::Promotion)
    }

    /// The same, as one that no payload may lack.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// The same, as one that a payload may lack.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }

    const fn from(self, source: Source) -> Self {
        Self { source, ..self }
    }

    fn add_to(self, fields: &mut Fields, declared: &Fields) {
        let Some(mut field) = declared.get(self.key).cloned() else {
            return;
        };
        match self.source {
            Source::AsDeclared => {}
            Source::Path(path) => field.default = Some(directive::path(path)),
            Source::Product => field.default = Some(items::from_properties()),
            Source::Products => field.default = Some(items::from_products()),
            Source::Promotion => {
                field.default = Some(items::from_properties());
                field.properties = Some(items::promotion_item_fields());
            }
        }
        if self.required {
            field.required = Required::Always;
        }
        fields.insert(self.key, field);
    }
}

/// A type that stands for a kind of event.
pub trait Kind: Send + Sync + 'static {
    /// The kind.
    const KIND: EventKind;
}

/// The payload of the action of one kind.
#[derive(Debug, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Event<K> {
    /// What is known of the event.
    pub fields: EventFields,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Payload for Event<K> {
    fn fields() -> Fields {
        let declared = EventFields::fields();
        let mut fields = Fields::new();
        let copy = |fields: &mut Fields, key: &'static str| {
            let name = if key == "client_id" {
                K::KIND.client_id_key
            } else {
                key
            };
            if let Some(field) = declared.get(key) {
                fields.insert(name, field.clone());
            }
        };
        ORIGIN.into_iter().for_each(|key| copy(&mut fields, key));
        for parameter in K::KIND.parameters {
            parameter.add_to(&mut fields, &declared);
        }
        DETAILS.into_iter().for_each(|key| copy(&mut fields, key));
        fields
    }
}

impl<K: Kind> ActionInfo<GoogleAnalytics4> for Event<K> {
    const SLUG: &'static str = K::KIND.slug;
    const TITLE: &'static str = K::KIND.title;
    const DESCRIPTION: &'static str = K::KIND.description;
    const SUBSCRIBE: Option<&'static str> = Some(K::KIND.subscribe);
}

impl<K: Kind> Action<GoogleAnalytics4> for Event<K> {
    async fn perform(cx: &Context<GoogleAnalytics4>, event: Self) -> Result<Output> {
        client::collect(cx, &K::KIND, &event.fields).await
    }
}

impl EventFields {
    /// The name of the event: that of its kind, or the one that the payload gives it, with underscores for blanks.
    #[must_use]
    pub fn event_name(&self, kind: &EventKind) -> Cow<'static, str> {
        if let Some(name) = kind.event_name {
            return name.into();
        }
        let name = self.name.as_deref().unwrap_or_default();
        let name = name.trim_matches(is_js_space).replace(is_js_space, "_");
        if self.lowercase == Some(true) {
            name.to_lowercase().into()
        } else {
            name.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{CustomEvent, PageView, Search};

    fn custom_name(name: &str, lowercase: bool) -> String {
        let fields = EventFields {
            name: Some(name.to_owned()),
            lowercase: Some(lowercase),
            ..EventFields::default()
        };
        fields.event_name(&CustomEvent::KIND).into_owned()
    }

    #[test]
    fn spaces_become_underscores() {
        assert_eq!(
            custom_name("  Lesson  Finished\t1\n", false),
            "Lesson__Finished_1"
        );
        assert_eq!(custom_name("already_fine", false), "already_fine");
    }

    #[test]
    fn names_become_lower_case_on_demand() {
        assert_eq!(custom_name("Ärger Gemeldet", true), "ärger_gemeldet");
    }

    #[test]
    fn the_client_may_have_another_key() {
        let event: Event<PageView> = serde_json::from_value(json!({"clientId": "c-1"})).unwrap();
        assert_eq!(event.fields.client_id.as_deref(), Some("c-1"));
        let fields = Event::<PageView>::fields();
        assert!(fields.get("clientId").is_some());
        assert!(fields.get("client_id").is_none());
    }

    #[test]
    fn fields_of_the_event_stand_between_the_shared_ones() {
        let fields = Event::<Search>::fields();
        let keys: Vec<_> = fields.iter().map(|(key, _)| key).collect();
        assert_eq!(keys[4..7], ["timestamp_micros", "search_term", "user_properties"]);
        assert_eq!(fields.get("search_term").unwrap().required, Required::Always);
        assert_eq!(keys.len(), 11, "fields of other kinds are not declared");
    }
}
