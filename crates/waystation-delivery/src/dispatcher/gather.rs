//! Gathers leased deliveries into the groups that are sent together.
//!
//! Deliveries share a batch if they belong to one subscription and agree in its batch keys. A batch goes out
//! when it is full, by number or by bytes, or when its first delivery has waited long enough for others: as long as the
//! operator says, or as long as that pays ([`Pace`]).

mod pace;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;
use waystation_config::{BatchPolicy, SubscriptionConfig};
use waystation_json::read::from_slice;
use waystation_queue::Leased;

use crate::connection::OpenConnection;
use crate::perform::{JobPlace, Work};

use pace::{Pace, UnderWay};

/// Deliveries that go out together.
#[derive(Debug)]
pub struct Group {
    /// The name of their subscription.
    pub subscription: Arc<str>,
    /// The deliveries.
    pub work: Work,
    /// To be dropped when the partner has answered.
    pub under_way: Option<UnderWay>,
}

/// Batches that are not full yet.
#[derive(Debug, Default)]
pub struct Gather {
    open: HashMap<Key, Open>,
    /// By subscription, where the operator has not said how long to wait.
    paces: HashMap<Arc<str>, Pace>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Batch { subscription: Arc<str>, keys: String },
    Job { subscription: Arc<str>, job: String },
}

#[derive(Debug)]
struct Open {
    items: Vec<Leased>,
    /// The bytes of their events.
    bytes: u64,
    size: usize,
    first: Instant,
    last: Instant,
    /// When it goes out at the latest; `None` if that depends on the pace.
    ripe_at: Option<Instant>,
}

impl Gather {
    /// How many deliveries wait for others.
    #[must_use]
    pub fn held(&self) -> usize {
        self.open.values().map(|open| open.items.len()).sum()
    }

    /// When the next batch is ripe, if one waits.
    #[must_use]
    pub fn next_ripe(&self) -> Option<Instant> {
        let open = self.open.iter();
        open.map(|(key, open)| self.ripe_at(key, open)).min()
    }

    fn ripe_at(&self, key: &Key, open: &Open) -> Instant {
        let pace = match key {
            Key::Batch { subscription, .. } => self.paces.get(subscription),
            Key::Job { .. } => None,
        };
        match (open.ripe_at, pace) {
            (Some(at), _) => at,
            (None, Some(pace)) => pace.ripe_at(open.first, open.last, open.size),
            (None, None) => open.first + pace::LONGEST,
        }
    }

    /// Adds a delivery; the group that it makes complete, if it does.
    pub fn add(&mut self, connection: &OpenConnection, leased: Leased) -> Option<Group> {
        let name = leased.subscription.clone().unwrap_or_else(|| "".into());
        let Some(subscription) = connection.subscription(&name) else {
            return Some(alone(name, leased));
        };
        if let Some(place) = JobPlace::of(&leased) {
            let key = Key::Job {
                subscription: name,
                job: place.job,
            };
            return self.put(&key, &subscription.batch, place.count, leased);
        }
        if !is_batched(subscription) || is_built_on(connection, subscription, &leased) {
            return Some(alone(name, leased));
        }
        let key = Key::Batch {
            subscription: name,
            keys: batch_keys(subscription, &leased),
        };
        self.put(&key, &subscription.batch, subscription.batch.size, leased)
    }

    fn put(&mut self, key: &Key, policy: &BatchPolicy, size: usize, leased: Leased) -> Option<Group> {
        let now = Instant::now();
        if let (Key::Batch { subscription, .. }, None) = (key, policy.linger) {
            match self.paces.get_mut(subscription) {
                Some(pace) => pace.came(now),
                None => {
                    let pace = self.paces.entry(Arc::clone(subscription));
                    pace.or_insert_with(|| Pace::new(now)).came(now);
                }
            }
        }
        // What is asked about a job does not grow with the events.
        let (bytes, most) = match key {
            Key::Batch { .. } => (leased.event.body.len() as u64, policy.bytes),
            Key::Job { .. } => (0, u64::MAX),
        };
        let has_room = |open: &Open| open.bytes.saturating_add(bytes) <= most;
        let full = match self.open.get(key).is_none_or(has_room) {
            true => None,
            false => self.take(key),
        };
        let open = self.open.entry(key.clone()).or_insert_with(|| Open {
            items: Vec::new(),
            bytes: 0,
            size,
            first: now,
            last: now,
            ripe_at: policy.linger.map(|linger| now + linger),
        });
        open.last = now;
        open.bytes = open.bytes.saturating_add(bytes);
        let is_full = open.items.len() + 1 >= size || open.bytes >= most;
        if leased.is_followed || is_full {
            // The next delivery of its order key is not leased before this one is made, or there is no room for another:
            // nothing is gained by waiting.
            open.ripe_at = Some(now);
        }
        open.items.push(leased);
        full.or_else(|| is_full.then(|| self.take(key)).flatten())
    }

    /// The groups that have waited long enough.
    pub fn ripe(&mut self, now: Instant) -> Vec<Group> {
        let open = self.open.iter();
        let ripe = open.filter(|(key, open)| self.ripe_at(key, open) <= now);
        let keys: Vec<Key> = ripe.map(|(key, _)| key.clone()).collect();
        keys.iter().filter_map(|key| self.take(key)).collect()
    }

    /// The fullest group, for when there is no room for more.
    pub fn fullest(&mut self) -> Option<Group> {
        let fullest = self.open.iter().max_by_key(|(_, open)| open.items.len());
        let key = fullest.map(|(key, _)| key.clone())?;
        self.take(&key)
    }

    fn take(&mut self, key: &Key) -> Option<Group> {
        let Open { items, .. } = self.open.remove(key)?;
        Some(match key {
            Key::Batch { subscription, .. } => Group {
                subscription: Arc::clone(subscription),
                work: Work::Batch(items),
                under_way: self.paces.get(subscription).map(Pace::begin),
            },
            Key::Job { subscription, .. } => {
                let places = items.into_iter().filter_map(|leased| {
                    let place = JobPlace::of(&leased)?;
                    Some((leased, place))
                });
                Group {
                    subscription: Arc::clone(subscription),
                    work: Work::Poll(places.collect()),
                    under_way: None,
                }
            }
        })
    }
}

fn alone(subscription: Arc<str>, leased: Leased) -> Group {
    Group {
        subscription,
        work: Work::Single(leased),
        under_way: None,
    }
}

fn is_batched(subscription: &SubscriptionConfig) -> bool {
    let pipeline = subscription.pipeline.pipeline.as_ref();
    pipeline.is_ok_and(|pipeline| {
        use waystation_kit::any::Perform;
        match pipeline.action().definition().perform {
            Perform::Single(_) => false,
            Perform::Batched { .. } => subscription.batch.size > 1,
            // There is no other way to hand its events in.
            Perform::Asynchronous { .. } => true,
        }
    })
}

/// Whether the event starts another action that builds on this one: what this one notes is for that event alone, and
/// a batch has no place for it.
fn is_built_on(connection: &OpenConnection, subscription: &SubscriptionConfig, leased: &Leased) -> bool {
    let others = connection.config().subscriptions.iter();
    let filters = others
        .filter(|other| other.pipeline.builds_on(&subscription.pipeline))
        .filter_map(|other| other.pipeline.filter.as_ref().ok());
    let mut filters = filters.peekable();
    if filters.peek().is_none() {
        return false;
    }
    let event = from_slice(&leased.event.body).unwrap_or_default();
    filters.any(|filter| filter.matches(&event))
}

/// The values in which the deliveries of a batch agree. An event that cannot be mapped has none: it is found
/// out, and taken out, when its batch is sent.
fn batch_keys(subscription: &SubscriptionConfig, leased: &Leased) -> String {
    if subscription.batch.keys.is_empty() {
        return String::new();
    }
    let Ok(pipeline) = &subscription.pipeline.pipeline else {
        return String::new();
    };
    let keys = &subscription.batch.keys;
    let fields = pipeline.fields(keys, || from_slice(&leased.event.body).unwrap_or_default());
    let fields = fields.unwrap_or_default();
    let value = |key: &String| fields.get(key).filter(|value| !value.is_null());
    let values = keys
        .iter()
        .map(|key| value(key).map(ToString::to_string).unwrap_or_default());
    values.collect::<Vec<_>>().join("\u{1f}")
}

#[cfg(test)]
mod tests;
