//! What one connection may lease next, without writing to disk and without holding all of it in memory.
//!
//! Waiting deliveries are ordered by (due, id). The window has read them up to a **cursor**. Of what lies at or
//! before the cursor it knows what is *ready* and what is *leased*; what lies beyond is only on disk. The rule
//! that must hold between any two calls:
//!
//! > every waiting delivery is beyond the cursor, or ready, or leased, or has an older waiting delivery with the
//! > same order key.
//!
//! A delivery that begins to wait at or before the cursor is therefore told to the window directly
//! ([`Notice::Waits`]); so is the next of an order key when the one before it has ended. If too many are
//! ready, the cursor goes back and the last of them are forgotten, to be read again.

use std::collections::{BTreeSet, HashMap};

use crate::event::DeliveryId;
use waystation_clock::Millis;

/// The place of a delivery among those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) due: Millis,
    pub(super) id: DeliveryId,
}

impl Place {
    /// Before every delivery.
    const START: Self = Self {
        due: Millis::MIN,
        id: DeliveryId(0),
    };
}

/// What a committed change, or a lease that was dropped, means for the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// It begins to wait, or nothing older of its order key waits any more.
    Waits(Place),
    /// Its lease ended; it waits again, for this time.
    Again(Place),
    /// Its lease ended, and so did its waiting.
    Ended(DeliveryId),
    /// Its lease ended without a settlement.
    GivenBack(DeliveryId),
    /// Any due time may have changed: what was read no longer holds.
    AllMoved,
}

/// What is known of the deliveries beyond the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// Some may be due.
    Unread,
    /// None is due before this.
    DueAt(Millis),
    /// There are none.
    Nothing,
}

/// When something can be leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Now, as far as is known.
    Now,
    /// Not before this, unless told otherwise.
    At(Millis),
    /// Not unless told otherwise.
    Unknown,
}

/// The window of one connection.
#[derive(Debug)]
pub(super) struct Window {
    cursor: Place,
    ready: BTreeSet<Place>,
    leased: HashMap<DeliveryId, Millis>,
    beyond: Beyond,
}

impl Window {
    /// A window that has read nothing yet.
    pub(super) fn new() -> Self {
        Self {
            cursor: Place::START,
            ready: BTreeSet::new(),
            leased: HashMap::new(),
            beyond: Beyond::Unread,
        }
    }

    /// How far the waiting deliveries have been read.
    pub(super) const fn cursor(&self) -> Place {
        self.cursor
    }

    /// How many are leased.
    pub(super) fn leased(&self) -> usize {
        self.leased.len()
    }

    /// When something can be leased.
    pub(super) fn readiness(&self, now: Millis) -> Readiness {
        let beyond = match self.beyond {
            Beyond::Unread => return Readiness::Now,
            Beyond::DueAt(due) => Some(due),
            Beyond::Nothing => None,
        };
        let ready = self.ready.first().map(|place| place.due);
        match [ready, beyond].into_iter().flatten().min() {
            Some(due) if due <= now => Readiness::Now,
            Some(due) => Readiness::At(due),
            None => Readiness::Unknown,
        }
    }

    /// Takes up to `limit` of the first that are ready. Each is then to be [`lease`](Self::lease)d, to be put
    /// [back](Self::put_back), or forgotten because it cannot be leased.
    pub(super) fn take_ready(&mut self, now: Millis, limit: usize) -> Vec<Place> {
        let mut taken = Vec::new();
        while taken.len() < limit {
            match self.ready.first() {
                Some(place) if place.due <= now => taken.extend(self.ready.pop_first()),
                _ => break,
            }
        }
        taken
    }

    /// Puts one back that was taken.
    pub(super) fn put_back(&mut self, place: Place) {
        self.ready.insert(place);
    }

    /// Marks one as leased that was taken.
    pub(super) fn lease(&mut self, place: Place) {
        self.leased.insert(place.id, place.due);
    }

    /// Whether more should be read from disk.
    pub(super) fn wants_more(&self, now: Millis) -> bool {
        let none_ready = self.ready.first().is_none_or(|place| place.due > now);
        none_ready
            && match self.beyond {
                Beyond::Unread => true,
                Beyond::DueAt(due) => due <= now,
                Beyond::Nothing => false,
            }
    }

    /// Takes in what follows the cursor on disk, in order; `complete` if nothing follows after that.
    pub(super) fn extend(&mut self, read: &[Place], complete: bool, now: Millis) {
        let due = read.partition_point(|place| place.due <= now);
        for place in &read[..due] {
            self.cursor = *place;
            if !self.leased.contains_key(&place.id) {
                self.ready.insert(*place);
            }
        }
        self.beyond = match read.get(due) {
            Some(place) => Beyond::DueAt(place.due),
            None if complete => Beyond::Nothing,
            None => Beyond::Unread,
        };
    }

    /// Takes in a change.
    pub(super) fn apply(&mut self, notice: Notice) {
        match notice {
            Notice::Waits(place) => self.waits(place),
            Notice::Again(place) => {
                self.leased.remove(&place.id);
                self.waits(place);
            }
            Notice::Ended(id) => {
                self.leased.remove(&id);
            }
            Notice::AllMoved => {
                self.cursor = Place::START;
                self.ready.clear();
                self.beyond = Beyond::Unread;
                self.leased.values_mut().for_each(|due| *due = Millis::MIN);
            }
            Notice::GivenBack(id) => {
                if let Some(due) = self.leased.remove(&id) {
                    self.waits(Place { due, id });
                }
            }
        }
    }

    fn waits(&mut self, place: Place) {
        if self.leased.contains_key(&place.id) {
            return;
        }
        if place <= self.cursor {
            self.ready.insert(place);
            return;
        }
        self.beyond = match self.beyond {
            Beyond::Unread => Beyond::Unread,
            Beyond::DueAt(due) => Beyond::DueAt(due.min(place.due)),
            Beyond::Nothing => Beyond::DueAt(place.due),
        };
    }

    /// Forgets the last of what is ready if it is more than `most`, so that memory stays bounded.
    pub(super) fn trim(&mut self, most: usize) {
        if self.ready.len() <= most {
            return;
        }
        while self.ready.len() > most.div_ceil(2).max(1) {
            self.ready.pop_last();
        }
        if let Some(last) = self.ready.last() {
            self.cursor = *last;
        }
        self.beyond = Beyond::Unread;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(due: i64, id: u64) -> Place {
        Place {
            due: Millis(due),
            id: DeliveryId(id),
        }
    }

    fn lease_all(window: &mut Window, now: i64) -> Vec<u64> {
        let taken = window.take_ready(Millis(now), usize::MAX);
        for place in &taken {
            window.lease(*place);
        }
        taken.iter().map(|place| place.id.0).collect()
    }

    #[test]
    fn what_is_not_due_is_left_on_disk_and_its_time_is_known() {
        let mut window = Window::new();
        assert_eq!(window.readiness(Millis(10)), Readiness::Now);
        window.extend(&[place(5, 1), place(10, 2), place(20, 3)], true, Millis(10));
        assert_eq!(lease_all(&mut window, 10), [1, 2]);
        assert!(!window.wants_more(Millis(19)));
        assert_eq!(window.readiness(Millis(10)), Readiness::At(Millis(20)));
        assert!(window.wants_more(Millis(20)));
    }

    #[test]
    fn what_begins_to_wait_before_the_cursor_is_ready_and_beyond_it_only_announced() {
        let mut window = Window::new();
        window.extend(&[place(10, 4)], true, Millis(10));
        lease_all(&mut window, 10);
        assert_eq!(window.readiness(Millis(10)), Readiness::Unknown);
        window.apply(Notice::Waits(place(10, 5)));
        assert_eq!(window.readiness(Millis(10)), Readiness::Now);
        assert!(
            window.take_ready(Millis(10), 9).is_empty(),
            "5 is beyond the cursor"
        );
        window.apply(Notice::Waits(place(10, 3)));
        assert_eq!(lease_all(&mut window, 10), [3]);
    }

    #[test]
    fn a_leased_delivery_is_not_read_again() {
        let mut window = Window::new();
        window.extend(&[place(1, 1)], true, Millis(9));
        lease_all(&mut window, 9);
        window.apply(Notice::Waits(place(1, 1)));
        assert!(lease_all(&mut window, 9).is_empty());
        window.apply(Notice::GivenBack(DeliveryId(1)));
        assert_eq!(lease_all(&mut window, 9), [1]);
        window.apply(Notice::Again(place(7, 1)));
        assert_eq!(window.leased(), 0);
        assert!(window.wants_more(Millis(9)), "7 is beyond the cursor at 1");
    }

    #[test]
    fn what_is_leased_beyond_the_cursor_is_passed_over() {
        let mut window = Window::new();
        let all: Vec<Place> = (1..=5).map(|id| place(1, id)).collect();
        window.extend(&all, true, Millis(9));
        lease_all(&mut window, 9);
        window.apply(Notice::GivenBack(DeliveryId(1)));
        window.apply(Notice::GivenBack(DeliveryId(2)));
        window.trim(1);
        assert_eq!(window.cursor(), place(1, 1));
        window.extend(&all[1..], true, Millis(9));
        assert_eq!(lease_all(&mut window, 9), [1, 2]);
    }

    #[test]
    fn giving_back_twice_changes_nothing() {
        let mut window = Window::new();
        window.extend(&[place(1, 1)], true, Millis(9));
        lease_all(&mut window, 9);
        window.apply(Notice::Ended(DeliveryId(1)));
        window.apply(Notice::GivenBack(DeliveryId(1)));
        assert!(lease_all(&mut window, 9).is_empty());
    }

    #[test]
    fn a_trimmed_window_reads_again_what_it_forgot() {
        let mut window = Window::new();
        let all: Vec<Place> = (1..=10).map(|id| place(1, id)).collect();
        window.extend(&all, true, Millis(9));
        window.trim(4);
        assert_eq!(window.cursor(), place(1, 2));
        assert_eq!(lease_all(&mut window, 9), [1, 2]);
        assert!(window.wants_more(Millis(9)));
        window.extend(&all[2..], true, Millis(9));
        assert_eq!(lease_all(&mut window, 9), [3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_ready_ones_waiting() {
        let mut window = Window::new();
        window.extend(&[place(50, 1)], true, Millis(60));
        assert!(window.take_ready(Millis(40), 9).is_empty());
        assert_eq!(window.readiness(Millis(40)), Readiness::At(Millis(50)));
    }
}
