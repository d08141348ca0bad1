//! Which events are sent to which action, and as what.

use std::collections::HashMap;
use std::sync::Arc;

use waystation_kit::preset::PresetTrigger;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::{LoadedDestination, SubscriptionSettings};

use super::{Builder, batching};
use crate::config::{DeliveryPolicy, SubscriptionConfig};
use crate::document::{Located, Spot, required};
use crate::fault::Problem;
use crate::written::Subscription;

/// The longest name of a subscription.
const LONGEST_NAME: usize = 128;

impl Builder<'_, '_> {
    /// The subscriptions that are switched on. Faulty ones are told and left out.
    pub(super) fn subscriptions(
        &mut self,
        written: Option<Located<Vec<Located<Subscription>>>>,
        connection: &Spot,
        destination: &LoadedDestination,
        policy: &DeliveryPolicy,
    ) -> Vec<SubscriptionConfig> {
        let (subscriptions, spot, faultless) = match written {
            None => (presets(destination, policy), connection.clone(), true),
            Some(written) => {
                let errors = self.findings.errors();
                let subscriptions = self.written_subscriptions(written.value, destination, policy);
                (subscriptions, written.spot, self.findings.errors() == errors)
            }
        };
        if subscriptions.is_empty() && faultless {
            self.findings.add(&spot, Problem::NoSubscriptions);
        }
        subscriptions
    }

    fn written_subscriptions(
        &mut self,
        written: Vec<Located<Subscription>>,
        destination: &LoadedDestination,
        policy: &DeliveryPolicy,
    ) -> Vec<SubscriptionConfig> {
        let mut names = HashMap::new();
        let subscriptions = written.into_iter().filter_map(|written| {
            let enabled = written.value.enabled.as_ref().is_none_or(|enabled| enabled.value);
            let name = self.name(&written, &mut names);
            // One that is switched off must be faultless as well: it may be switched on any time.
            let subscription = self.subscription(name, written, destination, policy)?;
            enabled.then_some(subscription)
        });
        subscriptions.collect()
    }

    /// The name, which is that of the action unless one is written.
    fn name(&mut self, written: &Located<Subscription>, names: &mut HashMap<String, Spot>) -> Arc<str> {
        let given = written.value.name.as_ref();
        let (name, spot) = match given.or(written.value.action.as_ref()) {
            Some(name) => (name.value.clone(), &name.spot),
            None => (String::new(), &written.spot),
        };
        if given.is_some() && !is_name(&name) {
            let reason = "must have 1 to 128 characters, none of them a control character".to_owned();
            self.findings.add(spot, Problem::Unusable { reason });
        }
        match names.get(&name) {
            Some(other) => {
                let problem = Problem::DuplicateName {
                    name: name.clone(),
                    other: other.key.to_string(),
                    place: self.findings.place(other).to_string(),
                };
                self.findings.add(spot, problem);
            }
            None => {
                names.insert(name.clone(), spot.clone());
            }
        }
        Arc::from(name)
    }

    fn subscription(
        &mut self,
        name: Arc<str>,
        written: Located<Subscription>,
        destination: &LoadedDestination,
        policy: &DeliveryPolicy,
    ) -> Option<SubscriptionConfig> {
        let Located { value: written, spot } = written;
        let example = "action = \"...\"; `waystation list` has the names";
        let slug = required(
            written.action.clone(),
            "action",
            example,
            &spot,
            &mut self.findings,
        )?;
        let action = self.action(&slug, destination)?;
        let errors = self.findings.errors();
        let subscribe = self.filter(written.subscribe.as_ref(), &slug, &action);
        let mapping = self.mapping(&written, &action)?;
        let pipeline = SubscribedPipeline::compile(
            destination,
            SubscriptionSettings {
                subscribe: subscribe.clone(),
                action: slug.value,
                mapping: mapping.value.clone(),
                ..SubscriptionSettings::default()
            },
        );
        self.check_mapping(&pipeline, &action, &mapping, &spot);
        let whole = subscribe.is_some() && self.findings.errors() == errors;
        whole.then(|| SubscriptionConfig {
            name,
            batch: batching::of(&action, &mapping.value, &policy.batch),
            pipeline: Arc::new(pipeline),
        })
    }

    fn action(
        &mut self,
        slug: &Located<String>,
        destination: &LoadedDestination,
    ) -> Option<Arc<LoadedAction>> {
        let found = destination.action(&slug.value).map(Arc::clone);
        if found.is_none() {
            let actions = destination.definition().actions.iter();
            let problem = Problem::UnknownAction {
                action: slug.value.clone(),
                destination: destination.definition().slug.to_owned(),
                nearest: destination.nearest_action(&slug.value).map(str::to_owned),
                known: actions.map(|action| action.slug.to_owned()).collect(),
            };
            self.findings.add(&slug.spot, problem);
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(char::is_control)
}

/// What the destination suggests: its automatic presets. Those of a sound definition compile.
fn presets(destination: &LoadedDestination, policy: &DeliveryPolicy) -> Vec<SubscriptionConfig> {
    let presets = destination.definition().presets.iter().filter_map(|preset| {
        let PresetTrigger::Automatic { subscribe } = preset.trigger else {
            return None;
        };
        let action = destination.action(preset.action)?;
        let mapping = serde_json::Value::Object(preset.mapping.clone());
        let batch = batching::of(action, &mapping, &policy.batch);
        let pipeline = SubscribedPipeline::compile(
            destination,
            SubscriptionSettings {
                subscribe: Some(subscribe.to_owned()),
                action: preset.action.to_owned(),
                mapping,
                ..SubscriptionSettings::default()
            },
        );
        (pipeline.filter.is_ok() && pipeline.pipeline.is_ok()).then(|| SubscriptionConfig {
            name: Arc::from(preset.name),
            pipeline: Arc::new(pipeline),
            batch,
        })
    });
    presets.collect()
}
