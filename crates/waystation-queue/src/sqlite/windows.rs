//! The windows of all connections, shared between workers, the writer and leases.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::limits::MOST_READY;
use super::window::{Notice, Readiness, Window};
use crate::lease::LeaseHolder;
use waystation_clock::{Clock, Millis};

/// The windows of all connections.
#[derive(Debug, Default)]
pub(super) struct Windows(Mutex<HashMap<Arc<str>, Arc<SharedWindow>>>);

impl Windows {
    /// The window of a connection.
    ///
    /// A window that nobody asked for yet need not be told of changes: it begins by reading the disk.
    pub(super) fn of(&self, connection: &str) -> Arc<SharedWindow> {
        let mut windows = self.locked();
        if let Some(window) = windows.get(connection) {
            return Arc::clone(window);
        }
        let window = Arc::new(SharedWindow::new(connection.into()));
        windows.insert(Arc::clone(&window.connection), Arc::clone(&window));
        window
    }

    /// The window of a connection, if there is one.
    pub(super) fn existing(&self, connection: &str) -> Option<Arc<SharedWindow>> {
        self.locked().get(connection).cloned()
    }

    /// Tells every window that any due time may have changed.
    pub(super) fn all_moved(&self) {
        for window in self.locked().values() {
            window.tell(&[Notice::AllMoved]);
        }
    }

    /// Wakes everybody who waits for anything.
    pub(super) fn wake_all(&self) {
        for window in self.locked().values() {
            window.changed.notify_waiters();
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<SharedWindow>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LeaseHolder for Windows {
    fn give_back(&self, connection: &str, delivery: crate::DeliveryId) {
        if let Some(window) = self.existing(connection) {
            window.tell(&[Notice::GivenBack(delivery)]);
        }
    }
}

/// The window of one connection, and who waits for it.
#[derive(Debug)]
pub(super) struct SharedWindow {
    /// The name of the connection.
    pub(super) connection: Arc<str>,
    slot: Mutex<Slot>,
    changed: Notify,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A window is with whoever reads for it, or here.
#[derive(Debug)]
struct Slot {
    window: Option<Window>,
    /// What happened while the window was away.
    missed: Vec<Notice>,
    leased: usize,
}

impl SharedWindow {
    fn new(connection: Arc<str>) -> Self {
        Self {
            connection,
            slot: Mutex::new(Slot {
                window: Some(Window::new()),
                missed: Vec::new(),
                leased: 0,
            }),
            changed: Notify::new(),
            turn: Arc::default(),
        }
    }

    /// The right to [`take`](Self::take) the window; one at a time.
    pub(super) async fn turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Takes the window out, to read for it.
    ///
    /// It must be taken before the reading transaction begins. What is committed later than that transaction is
    /// then told later than the window was taken, and so after the window has taken in what was read: a stale
    /// row never overrules a notice.
    pub(super) fn take(self: &Arc<Self>, _turn: &tokio::sync::OwnedMutexGuard<()>) -> TakenWindow {
        TakenWindow {
            window: self.locked().window.take().unwrap_or_else(Window::new),
            home: Arc::clone(self),
        }
    }

    /// Tells the window what happened, and wakes those who wait for it.
    pub(super) fn tell(&self, notices: &[Notice]) {
        {
            let mut slot = self.locked();
            let Slot {
                window,
                missed,
                leased,
            } = &mut *slot;
            match window {
                Some(window) => {
                    for notice in notices {
                        window.apply(*notice);
                    }
                    window.trim(MOST_READY);
                    *leased = window.leased();
                }
                None => missed.extend_from_slice(notices),
            }
        }
        self.changed.notify_waiters();
    }

    /// How many deliveries are leased.
    pub(super) fn leased(&self) -> usize {
        self.locked().leased
    }

    /// Completes when something may be leased, or when everybody is woken.
    pub(super) async fn due(&self, clock: &Clock, closed: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on a change is noticed, so nothing can happen unseen between looking and waiting.
            changed.as_mut().enable();
            if closed() {
                return;
            }
            match self.readiness(clock.now()) {
                Readiness::Now => return,
                Readiness::Unknown => changed.await,
                Readiness::At(time) => {
                    tokio::select! {
                        () = changed => {}
                        () = clock.sleep_until(time) => {}
                    }
                }
            }
        }
    }

    fn readiness(&self, now: Millis) -> Readiness {
        let slot = self.locked();
        // While it is away nobody else could take it; its return is a change.
        slot.window
            .as_ref()
            .map_or(Readiness::Unknown, |window| window.readiness(now))
    }

    fn locked(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A window that was taken out. It goes back when this is dropped, and learns what it missed.
#[derive(Debug)]
pub(super) struct TakenWindow {
    /// The window.
    pub(super) window: Window,
    home: Arc<SharedWindow>,
}

impl Drop for TakenWindow {
    fn drop(&mut self) {
        let mut window = std::mem::replace(&mut self.window, Window::new());
        {
            let mut slot = self.home.locked();
            for notice in std::mem::take(&mut slot.missed) {
                window.apply(notice);
            }
            window.trim(MOST_READY);
            slot.leased = window.leased();
            slot.window = Some(window);
        }
        self.home.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Place;
    use super::*;
    use crate::event::DeliveryId;
    use waystation_clock::{Clock, ManualClock};

    fn place(due: i64, id: u64) -> Place {
        Place {
            due: Millis(due),
            id: DeliveryId(id),
        }
    }

    #[tokio::test]
    async fn what_happens_while_the_window_is_away_overrules_what_was_read() {
        let windows = Windows::default();
        let shared = windows.of("crm");
        let turn = shared.turn().await;
        let mut taken = shared.take(&turn);
        taken.window.extend(&[place(1, 1)], true, Millis(5));
        let first = taken.window.take_ready(Millis(5), 1)[0];
        taken.window.lease(first);
        drop(taken);
        let mut taken = shared.take(&turn);
        shared.tell(&[Notice::Ended(DeliveryId(1))]);
        // The stale snapshot still has number 1, and does not have number 2.
        taken.window.extend(&[place(1, 1)], true, Millis(5));
        shared.tell(&[Notice::Waits(place(1, 2))]);
        drop(taken);
        let mut taken = shared.take(&turn);
        assert!(taken.window.take_ready(Millis(5), 9).is_empty());
        assert!(taken.window.wants_more(Millis(5)), "2 is beyond the cursor");
        assert_eq!(taken.window.leased(), 0);
    }

    #[tokio::test]
    async fn waiters_are_woken_by_notices_and_by_time() {
        let windows = Windows::default();
        let hands = ManualClock::new(Millis(10));
        let clock = Clock::Manual(Arc::clone(&hands));
        let shared = windows.of("crm");
        let turn = shared.turn().await;
        shared.take(&turn).window.extend(&[], true, Millis(10));
        let wait = || {
            let (shared, clock) = (Arc::clone(&shared), clock.clone());
            tokio::spawn(async move { shared.due(&clock, || false).await })
        };
        let waiter = wait();
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        shared.tell(&[Notice::Waits(place(20, 1))]);
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished(), "it is not due yet");
        hands.advance(std::time::Duration::from_millis(10));
        waiter.await.expect("the time has come");
        wait().await.expect("still due, so it completes at once");
    }

    #[tokio::test]
    async fn a_dropped_lease_wakes_waiters() {
        let windows = Arc::new(Windows::default());
        let clock = Clock::fixed(10);
        let shared = windows.of("crm");
        let turn = shared.turn().await;
        let mut taken = shared.take(&turn);
        taken.window.extend(&[place(1, 1)], true, Millis(10));
        let first = taken.window.take_ready(Millis(10), 1)[0];
        taken.window.lease(first);
        drop(taken);
        assert_eq!(shared.leased(), 1);
        let lease = crate::Lease::new(
            DeliveryId(1),
            "crm".into(),
            crate::Accepted::default(),
            Arc::clone(&windows) as _,
        );
        drop(lease);
        shared.due(&clock, || false).await;
        assert_eq!(shared.leased(), 0);
    }
}
