//! Deliveries that are leased and wait until the guards let them begin.
//!
//! Where deliveries go one by one, some are leased ahead: a look into the store for each that comes to its end would cost
//! more than the delivery.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use waystation_runtime::guards::Guards;

use super::Group;

/// At least so many are leased ahead; as many as are under way, if those are more.
const LEAST_AHEAD: usize = 16;

/// If the guards refuse for longer than this, what was leased ahead goes back.
const LONG: Duration = Duration::from_millis(50);

/// What is leased and has not begun.
#[derive(Debug, Default)]
pub(super) struct Ready {
    groups: VecDeque<Group>,
    starting: Arc<Starting>,
}

/// What was started, and is not known to the guards before it has begun.
#[derive(Debug, Default)]
struct Starting {
    count: AtomicUsize,
    changed: Notify,
}

/// Something that was started, until the partner has answered; dropped then, or by a panic.
#[derive(Debug)]
pub(super) struct Started {
    starting: Arc<Starting>,
    has_begun: bool,
}

impl Started {
    /// It has begun: the guards know of it.
    pub(super) fn begun(&mut self) {
        if !self.has_begun {
            self.has_begun = true;
            self.starting.count.fetch_sub(1, Ordering::AcqRel);
            self.starting.changed.notify_one();
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.begun();
        // There is room for another.
        self.starting.changed.notify_one();
    }
}

impl Ready {
    /// Adds what is to begin as soon as it may.
    pub(super) fn push(&mut self, group: Group) {
        self.groups.push_back(group);
    }

    /// What has not begun goes back.
    pub(super) fn clear(&mut self) {
        self.groups.clear();
    }

    /// How many deliveries wait here.
    pub(super) fn held(&self) -> usize {
        self.groups.iter().map(|group| group.work.len()).sum()
    }

    /// Whether none waits here.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many calls may begin now.
    pub(super) fn room(&self, guards: &Guards) -> usize {
        let starting = self.starting.count.load(Ordering::Acquire);
        guards.room().saturating_sub(starting)
    }

    /// Takes out what may begin now. What would have to wait long goes back.
    pub(super) fn take(&mut self, guards: &Guards) -> Vec<Group> {
        let room = self.room(guards);
        if room == 0 && guards.ready_at().is_some_and(|at| at > Instant::now() + LONG) {
            self.groups.clear();
        }
        self.groups.drain(..room.min(self.groups.len())).collect()
    }

    /// Notes that something was started.
    pub(super) fn start(&self) -> Started {
        self.starting.count.fetch_add(1, Ordering::AcqRel);
        Started {
            starting: Arc::clone(&self.starting),
            has_begun: false,
        }
    }

    /// Completes when something that was started has begun, or has been answered.
    pub(super) async fn changed(&self) {
        self.starting.changed.notified().await;
    }

    /// How many deliveries beyond those that may begin are worth leasing where so many are under way.
    pub(super) fn ahead(in_flight: usize) -> usize {
        in_flight.max(LEAST_AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use waystation_runtime::guards::GuardSettings;

    use super::*;
    use crate::perform::Work;
    use crate::testing::leased;

    fn alone(id: u64) -> Group {
        Group {
            subscription: "all".into(),
            work: Work::Single(leased(id, "all", &json!({}))),
            under_way: None,
        }
    }

    #[test]
    fn no_more_begins_than_the_guards_have_room_for() {
        // One to begin with, as long as nothing is known of the partner.
        let guards = Guards::new(GuardSettings::default());
        let room = guards.room();
        let mut ready = Ready::default();
        for id in 0..=room as u64 + 1 {
            ready.push(alone(id));
        }
        let begins = ready.take(&guards);
        assert_eq!((begins.len(), ready.held()), (room, 2));
        let mut started: Vec<_> = begins.iter().map(|_| ready.start()).collect();
        assert!(
            ready.take(&guards).is_empty(),
            "the guards do not know of them yet"
        );
        started[0].begun();
        assert_eq!(ready.take(&guards).len(), 1);
        assert_eq!(ready.held(), 1);
    }
}
