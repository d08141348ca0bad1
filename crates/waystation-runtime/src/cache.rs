//! What actions remember between calls: a bounded cache in memory, one for each connection.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use waystation_kit::future::BoxFuture;
use waystation_kit::services::{Cache, RequestState, StateLifetime};

/// How much a connection remembers unless the operator says otherwise: 1 MiB of keys and values.
pub const DEFAULT_CACHE_BYTES: u64 = 1 << 20;

/// Remembers texts in memory, each for the time that the action asked for, within a bound.
///
/// It belongs to one connection ([`Connection::with_cache`](crate::Connection::with_cache)): what one
/// workspace's partner said must not reach another's. Copies share one memory.
#[derive(Debug, Clone)]
pub struct MemoryCache {
    entries: moka::sync::Cache<String, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    value: Arc<str>,
    time_to_live: Duration,
}

/// Entries live as long as each of them says, counted from when it was written.
struct OwnTime;

impl Expiry<String, Entry> for OwnTime {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.time_to_live)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.time_to_live)
    }
}

impl MemoryCache {
    /// A cache that keeps this many bytes of keys and values at most; what is used least goes first.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let entries = moka::sync::Cache::builder()
            .weigher(|key: &String, entry: &Entry| {
                u32::try_from(key.len() + entry.value.len()).unwrap_or(u32::MAX)
            })
            .max_capacity(bytes)
            .expire_after(OwnTime)
            .build();
        Self { entries }
    }
}

impl Default for MemoryCache {
    /// [`DEFAULT_CACHE_BYTES`].
    fn default() -> Self {
        Self::new(DEFAULT_CACHE_BYTES)
    }
}

impl Cache for MemoryCache {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<String>> {
        let value = self.entries.get(key).map(|entry| entry.value.to_string());
        Box::pin(std::future::ready(value))
    }

    fn set<'a>(&'a self, key: &'a str, value: String, time_to_live: Duration) -> BoxFuture<'a, ()> {
        let entry = Entry {
            value: value.into(),
            time_to_live,
        };
        self.entries.insert(key.to_owned(), entry);
        Box::pin(std::future::ready(()))
    }
}

/// How long a value of the state is remembered for which the action names no time.
const STATE_LIFETIME: Duration = Duration::from_hours(24);

/// Where there is no caller who could keep the values, the connection does.
impl RequestState for MemoryCache {
    fn request_value(&self, key: &str) -> Option<String> {
        let entry = self.entries.get(&state_key(key))?;
        Some(entry.value.to_string())
    }

    fn set_response_value(&self, key: &str, value: &str, lifetime: StateLifetime) {
        let entry = Entry {
            value: value.into(),
            time_to_live: lifetime.duration().unwrap_or(STATE_LIFETIME),
        };
        self.entries.insert(state_key(key), entry);
    }
}

/// Apart from the keys of the cache.
fn state_key(key: &str) -> String {
    format!("\u{0}state\u{0}{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_state_is_kept_for_its_time_and_apart_from_the_cache() {
        let memory = MemoryCache::default();
        let hour = StateLifetime {
            hour: Some(1),
            ..StateLifetime::default()
        };
        let over = StateLifetime {
            second: Some(0),
            ..StateLifetime::default()
        };
        memory.set_response_value("cursor", "a", hour);
        memory.set_response_value("gone", "b", over);
        assert_eq!(memory.request_value("cursor").as_deref(), Some("a"));
        assert_eq!(memory.request_value("gone"), None);
        assert_eq!(memory.get("cursor").await, None);
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn what_was_set_is_there_until_its_time_has_passed() {
        let cache = MemoryCache::default();
        cache.set("kept", "a".into(), HOUR).await;
        cache.set("over", "b".into(), Duration::ZERO).await;
        assert_eq!(cache.get("kept").await.as_deref(), Some("a"));
        assert_eq!(cache.get("over").await, None);
        assert_eq!(cache.get("never").await, None);
    }

    #[tokio::test]
    async fn a_later_value_has_a_time_of_its_own() {
        let cache = MemoryCache::default();
        cache.set("key", "a".into(), HOUR).await;
        cache.set("key", "b".into(), HOUR).await;
        assert_eq!(cache.get("key").await.as_deref(), Some("b"));
        cache.set("key", "c".into(), Duration::ZERO).await;
        assert_eq!(cache.get("key").await, None);
    }

    #[tokio::test]
    async fn it_keeps_within_its_bound() {
        let cache = MemoryCache::new(100);
        for number in 0..50 {
            cache.set(&format!("key-{number:02}"), "four".into(), HOUR).await;
        }
        cache.set("huge", "x".repeat(200), HOUR).await;
        cache.entries.run_pending_tasks();
        assert!(
            cache.entries.weighted_size() <= 100,
            "{} bytes are kept",
            cache.entries.weighted_size()
        );
        assert_eq!(cache.get("huge").await, None, "larger than the whole cache");
    }
}
