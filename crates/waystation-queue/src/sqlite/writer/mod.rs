//! The one thread that writes.
//!
//! It takes everything that waits, does it in one transaction, and answers when that is on disk: the cost of a
//! disk flush is shared by all who wait for one. If the transaction fails, it is undone and each request is
//! tried in a transaction of its own, so that none fails for another's fault.

mod append;
mod bulk;
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

use super::lock::StoreLock;
use super::shared::Shared;
pub(super) use bulk::{Bulk, BulkAction};
use request::Done;
pub(super) use request::{Reply, Request};
pub(super) use tidy::Tidy;
use work::{Effects, Fault, Memory, Work};

/// How much one transaction takes on, in the unit of [`Request::weight`]: bytes, roughly.
const HEAVIEST_GROUP: usize = 8 << 20;
/// From the end of one round of tidying to the next.
const TIDY_EVERY: Duration = Duration::from_secs(60);

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
    /// The last transaction succeeded.
    works: bool,
    memory: Memory,
    tidy_at: Instant,
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
        Ok(Self {
            memory: Memory::read(&connection)?,
            connection,
            shared,
            inbox,
            backlog: VecDeque::new(),
            abandoned: false,
            works: true,
            tidy_at: Instant::now() + TIDY_EVERY,
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
        let first = match self.backlog.pop_front() {
            Some(request) => request,
            None => match self
                .inbox
                .recv_timeout(self.tidy_at.saturating_duration_since(Instant::now()))
            {
                Ok(request) => request,
                Err(RecvTimeoutError::Timeout) => {
                    self.tidy_at = Instant::now() + TIDY_EVERY;
                    Request::Tidy(Tidy::unasked())
                }
                Err(RecvTimeoutError::Disconnected) => return None,
            },
        };
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
                self.is_well(true);
                for (request, done) in group.into_iter().zip(done) {
                    self.backlog.extend(request.answer(done));
                }
                Next::Group
            }
            #[cfg(test)]
            Err(Fault::Crash) => Next::Stop,
            Err(fault) if group.len() == 1 => {
                if let Fault::Database(error) = &fault
                    && self.is_well(false)
                {
                    tracing::error!(%error, "the store cannot be written; requests are refused until it can");
                }
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

    /// Notes whether writing works, which is told when it changes; whether it worked before.
    fn is_well(&mut self, works: bool) -> bool {
        let worked = std::mem::replace(&mut self.works, works);
        if works && !worked {
            tracing::info!("the store can be written again");
        }
        worked
    }

    /// Does all requests in one transaction. When this returns `Ok`, they are on disk.
    fn attempt(&mut self, group: &[Request]) -> Result<(Vec<Done>, Effects), Fault> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let mut work = Work::new(&transaction, &self.shared, self.memory);
        let mut done = Vec::with_capacity(group.len());
        for request in group {
            done.push(request.perform(&mut work)?);
            #[cfg(test)]
            self.shared.faults.strike(faults::Point::AfterRequest)?;
        }
        let effects = work.finish()?;
        #[cfg(test)]
        self.shared.faults.strike(faults::Point::BeforeCommit)?;
        transaction.commit()?;
        #[cfg(test)]
        self.shared.faults.strike(faults::Point::AfterCommit)?;
        Ok((done, effects))
    }

    /// Makes known what was committed: names first, since notices make others look at rows with those names.
    fn publish(&mut self, effects: Effects) {
        self.memory = effects.memory;
        for (name, id) in effects.new_names {
            self.shared.names.publish(id, name);
        }
        for (connection, notices) in effects.notices {
            if let Some(window) = self.shared.windows.existing(&connection) {
                window.tell(&notices);
            }
        }
    }
}
