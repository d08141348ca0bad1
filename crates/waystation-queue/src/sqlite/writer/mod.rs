//! The one thread that writes.
//!
//! It takes everything that waits, does it in one transaction, and answers when that is on disk: the cost of a
//! disk flush is shared by all who wait for one. If the transaction fails, it is undone and each request is
//! tried in a transaction of its own, so that none fails for another's fault.

mod append;
mod bulk;
mod clock;
#[cfg(test)]
pub(super) mod faults;
mod remove;
mod request;
mod room;
mod settle;
#[cfg(test)]
mod tests;
mod tidy;
mod work;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::condition::is_damage;
use super::file;
use super::lock::StoreLock;
use super::occupancy;
use super::presence::Presence;
use super::shared::Shared;
use super::window::Notice;
use crate::error::QueueError;
pub(super) use bulk::{Bulk, BulkAction};
use clock::ClockWatch;
use request::Done;
pub(super) use request::{Reply, Request};
pub(super) use tidy::Tidy;
use work::{Effects, Fault, Memory, Work};

/// How much one transaction takes on, in the unit of [`Request::weight`]: bytes, roughly.
const HEAVIEST_GROUP: usize = 8 << 20;
/// From the end of one round of tidying to the next.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// How often the writer tries to shorten a log that has grown too long.
const SHORTEN_EVERY: Duration = Duration::from_secs(1);

/// Everything the writing thread owns.
#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    inbox: Receiver<Request>,
    /// Long requests, done a slice at a time between the others.
    backlog: VecDeque<Request>,
    /// Nobody is left who could ask for anything.
    abandoned: bool,
    /// The file may not grow any more.
    is_bare: bool,
    presence: Presence,
    clock: ClockWatch,
    /// The clock was set back, and what waits was not made due yet.
    was_set_back: bool,
    memory: Memory,
    tidy_at: Instant,
    /// When a log that is too long is shortened at the earliest.
    shorten_at: Instant,
    /// Declared last so that the store is closed before others may open it.
    _lock: StoreLock,
}

impl Drop for Writer {
    /// However the thread ends, nobody is left waiting for it.
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// Whether the thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Group,
    Stop,
}

impl Writer {
    /// A writer for an opened store.
    pub(super) fn new(
        connection: Connection,
        lock: StoreLock,
        shared: Arc<Shared>,
        inbox: Receiver<Request>,
    ) -> rusqlite::Result<Self> {
        let most_pages = occupancy::most_pages(&connection, &shared.settings)?;
        connection.pragma_update_and_check(None, "max_page_count", most_pages.cast_signed(), |_| Ok(()))?;
        Ok(Self {
            memory: Memory::read(&connection)?,
            presence: Presence::of(&shared.settings.path),
            clock: ClockWatch::new(&connection, shared.clock.now())?,
            was_set_back: false,
            connection,
            shared,
            inbox,
            backlog: VecDeque::new(),
            abandoned: false,
            is_bare: false,
            tidy_at: Instant::now() + TIDY_EVERY,
            shorten_at: Instant::now(),
            _lock: lock,
        })
    }

    /// Works until it is told to close or nobody is left who could ask for anything.
    pub(super) fn run(mut self) {
        while let Some(group) = self.gather() {
            let next = self.serve(group);
            if next == Next::Stop {
                break;
            }
        }
    }

    /// Waits for a request, then takes all others that wait already.
    fn gather(&mut self) -> Option<Vec<Request>> {
        if self.abandoned {
            return None;
        }
        let first = self.first()?;
        let mut weight = first.weight();
        let mut group = vec![first];
        while weight < HEAVIEST_GROUP && !matches!(group.last(), Some(Request::Close { .. })) {
            match self.inbox.try_recv() {
                Ok(request) => {
                    weight += request.weight();
                    group.push(request);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // Whoever waits for a long request has gone too.
                    self.abandoned = true;
                    break;
                }
            }
        }
        Some(group)
    }

    /// What is done next. The deadline of tidying comes first: under a steady load there is always a request.
    fn first(&mut self) -> Option<Request> {
        loop {
            let until_tidying = self.tidy_at.saturating_duration_since(Instant::now());
            if until_tidying.is_zero() {
                self.tidy_at = Instant::now() + TIDY_EVERY;
                let goes_on = self
                    .backlog
                    .iter()
                    .any(|request| matches!(request, Request::Tidy(_)));
                self.was_set_back |= self.clock.look(self.shared.clock.now());
                if self.clock.is_trusted() && !goes_on {
                    return Some(Request::Tidy(Tidy::unasked()));
                }
            }
            if let Some(request) = self.backlog.pop_front() {
                return Some(request);
            }
            match self.inbox.recv_timeout(until_tidying) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn serve(&mut self, mut group: Vec<Request>) -> Next {
        let close = match group.pop_if(|request| matches!(request, Request::Close { .. })) {
            Some(Request::Close { reply }) => Some(reply),
            _ => None,
        };
        if !group.is_empty() && self.serve_open(group) == Next::Stop {
            return Next::Stop;
        }
        let Some(reply) = close else {
            return Next::Group;
        };
        self.shared.close();
        let result = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|error| super::readers::unavailable(&error));
        let _ = reply.send(result);
        Next::Stop
    }

    fn serve_open(&mut self, group: Vec<Request>) -> Next {
        match self.attempt(&group) {
            Ok((done, effects)) => {
                self.publish(effects);
                self.note_condition(&done);
                for (request, done) in group.into_iter().zip(done) {
                    self.backlog.extend(request.answer(done));
                }
                Next::Group
            }
            #[cfg(test)]
            Err(Fault::Crash) => Next::Stop,
            Err(fault)
                if fault.is_full() && !self.is_bare && matches!(group[..], [Request::Settle { .. }]) =>
            {
                self.is_bare = true;
                let next = self.serve_open(group);
                self.is_bare = false;
                next
            }
            Err(fault) if group.len() == 1 || fault.hits_all() => {
                self.shared.pulse.failed(fault.kind());
                if let Fault::Database(error) = &fault
                    && is_damage(error)
                {
                    self.shared.condition.note_damage(&error.to_string());
                }
                self.shared.condition.failed((&fault).into());
                group.into_iter().for_each(|request| request.fail(&fault));
                Next::Group
            }
            Err(fault) => {
                tracing::debug!(%fault, requests = group.len(), "a transaction failed; one by one");
                let mut each = group.into_iter();
                let stopped = each.any(|request| self.serve_open(vec![request]) == Next::Stop);
                if stopped { Next::Stop } else { Next::Group }
            }
        }
    }

    /// Notes whether events can be taken, as far as this transaction tells.
    fn note_condition(&self, done: &[Done]) {
        let refusal = done.iter().rev().find_map(|done| match done {
            Done::Refused(error @ (QueueError::Full { .. } | QueueError::Unavailable { .. })) => Some(error),
            _ => None,
        });
        for done in done {
            if let Done::Refused(QueueError::ConnectionFull { connection, .. }) = done {
                self.shared.shares.refused(connection);
            }
        }
        match refusal {
            Some(error) => self.shared.condition.refused(error.clone()),
            None => {
                let takes_events = |done| matches!(done, &Done::Appended(_) | &Done::Probed);
                self.shared.condition.written(done.iter().any(takes_events));
            }
        }
    }

    /// Shortens the write-ahead log once nobody reads what is in it any more. By itself that happens when something is
    /// written, and while the log is too long nothing may be.
    fn shorten_log(&mut self) -> rusqlite::Result<()> {
        let is_long = occupancy::log_bytes(&self.shared.settings.path) > occupancy::USUAL_LOG;
        if !is_long || Instant::now() < self.shorten_at {
            return Ok(());
        }
        self.shorten_at = Instant::now() + SHORTEN_EVERY;
        // Whoever reads is not waited for.
        self.connection.busy_timeout(Duration::ZERO)?;
        let shortened = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(file::PATIENCE)?;
        shortened
    }

    /// Does all requests in one transaction. When this returns `Ok`, they are on disk.
    fn attempt(&mut self, group: &[Request]) -> Result<(Vec<Done>, Effects), Fault> {
        self.presence.check().map_err(Fault::Gone)?;
        self.was_set_back |= self.clock.look(self.shared.clock.now());
        if let Err(error) = self.shorten_log() {
            tracing::debug!(%error, "the write-ahead log is not shortened yet");
        }
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let mut work = Work::new(&transaction, &self.shared, self.memory);
        work.is_bare = self.is_bare;
        if self.was_set_back {
            clock::pull_in(&mut work)?;
        }
        let mut done = Vec::with_capacity(group.len());
        for request in group {
            done.push(request.perform(&mut work)?);
            #[cfg(test)]
            self.shared.faults.strike(faults::Point::AfterRequest)?;
        }
        let effects = work.finish()?;
        #[cfg(test)]
        self.shared.faults.strike(faults::Point::BeforeCommit)?;
        let began = Instant::now();
        transaction.commit()?;
        self.shared.pulse.committed(began.elapsed());
        #[cfg(test)]
        self.shared.faults.strike(faults::Point::AfterCommit)?;
        Ok((done, effects))
    }

    /// Makes known what was committed: names first, since notices make others look at rows with those names.
    fn publish(&mut self, effects: Effects) {
        self.memory = effects.memory;
        self.was_set_back = false;
        if effects.all_moved {
            self.shared.windows.all_moved();
        }
        for (name, id) in effects.new_names {
            self.shared.names.publish(id, name);
        }
        for (connection, deliveries) in effects.overflowed {
            self.shared.shares.overflowed(&connection, deliveries);
        }
        for (connection, notices) in effects.notices {
            let began = notices.iter().filter_map(|notice| match notice {
                Notice::Waits(place) => Some(place.id),
                _ => None,
            });
            if let Some(lowest) = began.min() {
                self.shared.oldest.began(&connection, lowest);
            }
            if let Some(window) = self.shared.windows.existing(&connection) {
                window.tell(&notices);
            }
        }
    }
}
