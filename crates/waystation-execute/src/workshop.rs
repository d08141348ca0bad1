//! Where mappings are compiled that take long: apart from the workers that serve everybody, and a few at a time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use waystation_kit::Error as ActionError;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::{Error, LoadedDestination, Pipeline, PipelineCache};

/// How many are compiled at the same time. Each takes memory, and a core.
const AT_ONCE: usize = 2;

/// Mappings of fewer values are compiled at once: in less than a millisecond.
const SMALL: usize = 1_000;

/// Compiles what takes long.
pub(crate) struct Workshop(Arc<Semaphore>);

impl Default for Workshop {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A pipeline to be compiled, or remembered.
pub(crate) struct Recipe {
    pub(crate) action: Arc<LoadedAction>,
    pub(crate) destination: Arc<LoadedDestination>,
    pub(crate) mapping: Value,
    /// `None` for one that nobody will ask for again.
    pub(crate) cache: Option<PipelineCache>,
}

impl Recipe {
    /// Compiles it, here and now.
    ///
    /// # Errors
    /// Every fault of the mapping.
    pub(crate) fn compile(self) -> Result<Arc<Pipeline>, Error> {
        match &self.cache {
            Some(cache) => cache.get(&self.destination, &self.action, &self.mapping),
            None => Pipeline::compile(self.action, &self.mapping).map(Arc::new),
        }
    }
}

impl Workshop {
    /// Compiles a mapping; a large one within this time.
    ///
    /// # Errors
    /// Every fault of the mapping; or the time is over.
    pub(crate) async fn compile(
        &self,
        time_limit: Option<Duration>,
        recipe: Recipe,
    ) -> Result<Arc<Pipeline>, Error> {
        match is_larger(&recipe.mapping, SMALL) {
            false => recipe.compile(),
            true => self.away(time_limit, || recipe.compile()).await?,
        }
    }

    /// Does something that takes long, within this time; what is begun goes on to its end.
    ///
    /// # Errors
    /// The time is over.
    pub(crate) async fn away<T: Send + 'static>(
        &self,
        time_limit: Option<Duration>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let places = Arc::clone(&self.0);
        let done = async {
            let place = places.acquire_owned().await.map_err(|_| ActionError::Aborted)?;
            let work = spawn_blocking(move || {
                // Given back when the work is done, whether somebody waits for it or not.
                let _place = place;
                work()
            });
            work.await
                .map_err(|_| ActionError::internal("a mapping could not be compiled"))
        };
        let done = match time_limit {
            Some(limit) => timeout(limit, done).await.unwrap_or(Err(ActionError::Deadline)),
            None => done.await,
        };
        done.map_err(Error::Action)
    }
}

/// Whether a value holds more values than these.
fn is_larger(value: &Value, most: usize) -> bool {
    fn count(value: &Value, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else {
            return false;
        };
        *left = rest;
        match value {
            Value::Array(items) => items.iter().all(|item| count(item, left)),
            Value::Object(members) => members.values().all(|member| count(member, left)),
            _ => true,
        }
    }
    let mut left = most;
    !count(value, &mut left)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_counted_as_far_as_it_takes() {
        assert!(!is_larger(&json!({"a": [1, 2]}), 4));
        assert!(is_larger(&json!({"a": [1, 2]}), 3));
    }

    #[tokio::test]
    async fn the_deadline_holds_while_others_take_all_places() {
        let workshop = Workshop::default();
        let (end, ends) = mpsc::channel::<()>();
        let ends = Arc::new(std::sync::Mutex::new(ends));
        let mut working = Vec::new();
        for _ in 0..AT_ONCE {
            let ends = Arc::clone(&ends);
            let work = workshop.away(None, move || ends.lock().unwrap().recv());
            working.push(Box::pin(work));
        }
        for work in &mut working {
            assert!(futures_util::FutureExt::now_or_never(work).is_none());
        }
        let late = workshop.away(Some(Duration::ZERO), || ()).await;
        assert!(matches!(late, Err(Error::Action(ActionError::Deadline))));
        for work in working {
            end.send(()).unwrap();
            work.await.unwrap().unwrap();
        }
        assert!(workshop.away(None, || ()).await.is_ok());
    }
}
