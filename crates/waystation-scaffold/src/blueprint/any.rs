//! A blueprint as the definition that its crate will have, so that it can be checked before it is written.

use std::sync::Arc;

use waystation_check::Finding;
use waystation_kit::any::{
    AnyAction, AnyAudiences, AnyDestination, AnyDynamicFields, AnyHook, Authentication, Handler, Perform,
};
use waystation_kit::request::RequestDefaults;
use waystation_kit::{Error, SyncModes};

use super::{Action, Blueprint, Delivery, Hook, Preset, Trigger};

impl Blueprint {
    /// What a check of the crate's definition will find: a manifest may well break rules that we keep.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        waystation_check::findings_in(&self.definition())
    }

    /// The definition that the crate will have. Whatever is called answers that it is not written.
    #[must_use]
    pub fn definition(&self) -> AnyDestination {
        let authentication = self.authentication.as_ref().map(|known| Authentication {
            scheme: known.scheme,
            fields: known.settings.clone(),
            test: known.is_tested.then(unwritten),
            refresh: known.refreshes.then(unwritten),
        });
        let audiences = self.audiences.as_ref().map(|known| AnyAudiences {
            mode: known.mode,
            fields: known.fields.clone(),
            create: known.creates.then(unwritten),
            get: known.asks.then(unwritten),
        });
        AnyDestination {
            slug: kept(&self.slug),
            registered_slug: kept(&self.registered_slug),
            name: kept(&self.name),
            other_names: &[],
            description: kept(&self.name),
            authentication,
            parse_settings: Arc::new(|_| Err(not_written())),
            extend_request: Arc::new(|_, _| Ok(RequestDefaults::new())),
            actions: self
                .actions
                .iter()
                .map(|action| Arc::new(action.definition()))
                .collect(),
            presets: self.presets.iter().map(Preset::definition).collect(),
            delete: self.deletes.then(unwritten),
            audiences,
        }
    }
}

impl Action {
    fn definition(&self) -> AnyAction {
        AnyAction {
            slug: kept(&self.slug),
            title: kept(&self.title),
            description: kept(&self.title),
            subscribe: self.subscribe.as_deref().map(kept),
            hidden: self.is_hidden,
            after: &[],
            fields: self.fields.clone(),
            sync_modes: self.sync_modes.as_ref().map(|modes| SyncModes {
                default: modes.default,
                label: "Sync mode",
                description: "",
                choices: modes.choices.iter().map(|mode| (*mode, mode.name())).collect(),
            }),
            dynamic_fields: handlers(&self.dynamic_fields),
            hooks: self.hooks.iter().map(Hook::definition).collect(),
            idempotent: false,
            request_key: None,
            most_bytes: usize::MAX,
            splits: false,
            perform: match self.delivery {
                Delivery::Single => Perform::Single(unwritten()),
                Delivery::Batched => Perform::Batched {
                    single: unwritten(),
                    batch: unwritten(),
                },
                Delivery::Asynchronous => Perform::Asynchronous {
                    submit: unwritten(),
                    poll: unwritten(),
                },
            },
        }
    }
}

impl Hook {
    fn definition(&self) -> AnyHook {
        AnyHook {
            hook_type: self.hook_type,
            label: self.hook_type.name(),
            description: self.hook_type.name(),
            input_fields: self.inputs.clone(),
            dynamic_inputs: handlers(&self.dynamic_inputs()),
            output_types: self.outputs.clone(),
            handler: unwritten(),
        }
    }
}

impl Preset {
    fn definition(&self) -> waystation_kit::Preset {
        waystation_kit::Preset {
            name: kept(&self.name),
            action: kept(&self.action),
            mapping: self.mapping.clone(),
            trigger: match &self.trigger {
                Trigger::Automatic(subscribe) => waystation_kit::PresetTrigger::Automatic {
                    subscribe: kept(subscribe),
                },
                Trigger::SpecificEvent(event) => waystation_kit::PresetTrigger::SpecificEvent {
                    event_slug: kept(event),
                },
            },
        }
    }
}

fn handlers(paths: &[String]) -> AnyDynamicFields {
    AnyDynamicFields {
        handlers: paths.iter().map(|path| (kept(path), unwritten())).collect(),
    }
}

fn unwritten<I: 'static, O: 'static>() -> Handler<I, O> {
    Arc::new(|_, _| Box::pin(async { Err(not_written()) }))
}

fn not_written() -> Error {
    Error::not_implemented("it is not written yet")
}

/// A text for as long as the program runs, as definitions have it: there are few, and the program soon ends.
fn kept(text: &str) -> &'static str {
    Box::leak(text.into())
}
