//! What the writer is asked for, and how it answers.

use tokio::sync::oneshot;

use super::append;
use super::bulk::Bulk;
use super::room::{self, Purpose};
use super::settle;
use super::tidy::Tidy;
use super::work::{Fault, Work};
use crate::error::QueueError;
use crate::event::{Appended, DeliveryId, NewEvent, Replacement};
use crate::settlement::{Settled, Settlement, Unsettled};

/// Where an answer goes. Nobody may be waiting for it any more; that is all right.
pub(in crate::sqlite) type Reply<T> = oneshot::Sender<T>;

/// What the writer is asked for.
#[derive(Debug)]
pub(in crate::sqlite) enum Request {
    /// Store events.
    Append {
        events: Vec<NewEvent>,
        /// Whether they were not accepted before.
        are_new: bool,
        reply: Reply<Result<Appended, QueueError>>,
    },
    /// Store what became of deliveries.
    Settle {
        settlements: Vec<Settlement>,
        reply: Reply<Result<Vec<DeliveryId>, Unsettled>>,
    },
    /// Store events in the place of deliveries.
    Replace {
        replacements: Vec<Replacement>,
        reply: Reply<Result<u64, QueueError>>,
    },
    /// Replay or purge dead letters.
    Bulk(Bulk),
    /// Keep a value.
    Keep {
        key: String,
        value: Vec<u8>,
        reply: Reply<Result<(), QueueError>>,
    },
    /// Remove what is too old and return space to the disk.
    Tidy(Tidy),
    /// Find out whether events could be stored.
    Probe { reply: Reply<Result<(), QueueError>> },
    /// Stop.
    Close { reply: Reply<Result<(), QueueError>> },
}

/// What was done for a request, as soon as it is committed.
#[derive(Debug)]
pub(super) enum Done {
    /// Events were stored.
    Appended(Appended),
    /// So many deliveries were replaced.
    Replaced(u64),
    /// Settlements were stored, but for these, which did not wait.
    Settled(Vec<DeliveryId>),
    /// Events could be stored.
    Probed,
    /// Nothing more is to be said.
    Stored,
    /// Nothing was done, for this reason.
    Refused(QueueError),
    /// A part of a replay or purge.
    BulkSlice { count: u64, stopped_at: Option<i64> },
    /// A part of tidying, and where it goes on.
    TidySlice(Option<super::tidy::Step>),
}

/// What a row costs beside its texts, roughly.
const ROW: usize = 256;
/// How much room a store needs to count as one that takes events, in bytes.
const PROBE_ROOM: u64 = 16 << 10;

impl Request {
    /// What it adds to a transaction: bytes, roughly.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Append { events, .. } => events.iter().map(append::size).sum(),
            Self::Settle { settlements, .. } => {
                settlements.len() * 2 * ROW + settle::size_of_all(settlements)
            }
            Self::Replace { replacements, .. } => {
                replacements.iter().map(|new| append::size(&new.event)).sum()
            }
            Self::Bulk(_) | Self::Tidy(_) => 1000 * ROW,
            Self::Keep { value, .. } => ROW + value.len(),
            Self::Probe { .. } | Self::Close { .. } => 0,
        }
    }

    /// Does it, within a transaction that may still be undone.
    pub(super) fn perform(&self, work: &mut Work<'_>) -> Result<Done, Fault> {
        match self {
            Self::Append { events, are_new, .. } => append::append(work, events, *are_new),
            Self::Settle { settlements, .. } => {
                let mut missing = Vec::new();
                for settlement in settlements {
                    if !settle::settle(work, settlement)? {
                        missing.push(settlement.lease.delivery());
                    }
                }
                Ok(Done::Settled(missing))
            }
            Self::Replace { replacements, .. } => append::replace(work, replacements),
            Self::Bulk(bulk) => bulk.slice(work),
            Self::Keep { key, value, .. } => {
                let mut statement = work.connection.prepare_cached(
                    "INSERT INTO kept (key, value) VALUES (?1, ?2) \
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                )?;
                statement.execute((key, value))?;
                Ok(Done::Stored)
            }
            Self::Tidy(tidy) => tidy.slice(work),
            Self::Probe { .. } => {
                if !room::make_room(work, PROBE_ROOM, Purpose::Events)? {
                    return Ok(Done::Refused(work.no_room()));
                }
                // Only what writes finds out whether the disk takes it.
                let mut statement = work
                    .connection
                    .prepare_cached("UPDATE next_delivery SET id = id")?;
                statement.execute([])?;
                Ok(Done::Probed)
            }
            Self::Close { .. } => Ok(Done::Stored),
        }
    }

    /// Answers what was committed; gives the request back if there is more to do.
    pub(super) fn answer(self, done: Done) -> Option<Self> {
        match (self, done) {
            (Self::Append { reply, .. }, Done::Appended(appended)) => {
                let _ = reply.send(Ok(appended));
            }
            (Self::Replace { reply, .. }, Done::Replaced(count)) => {
                let _ = reply.send(Ok(count));
            }
            (Self::Settle { settlements, reply }, Done::Settled(missing)) => {
                for settlement in settlements {
                    end(settlement, &missing);
                }
                let _ = reply.send(Ok(missing));
            }
            (Self::Bulk(bulk), Done::BulkSlice { count, stopped_at }) => {
                return bulk.went_on(count, stopped_at).map(Self::Bulk);
            }
            (Self::Tidy(tidy), Done::TidySlice(next)) => {
                return tidy.went_on(next).map(Self::Tidy);
            }
            (Self::Keep { reply, .. } | Self::Close { reply }, Done::Stored)
            | (Self::Probe { reply }, Done::Probed) => {
                let _ = reply.send(Ok(()));
            }
            (request, Done::Refused(error)) => request.refuse(error),
            (request, done) => {
                debug_assert!(false, "{request:?} cannot have come to {done:?}");
            }
        }
        None
    }

    /// Answers that nothing was done.
    pub(super) fn fail(self, fault: &Fault) {
        self.refuse(fault.into());
    }

    fn refuse(self, error: QueueError) {
        match self {
            Self::Append { reply, .. } => {
                let _ = reply.send(Err(error));
            }
            Self::Replace { reply, .. } => {
                let _ = reply.send(Err(error));
            }
            Self::Settle { settlements, reply } => {
                let _ = reply.send(Err(Unsettled { settlements, error }));
            }
            Self::Bulk(bulk) => bulk.fail(error),
            Self::Tidy(tidy) => tidy.fail(error),
            Self::Keep { reply, .. } | Self::Probe { reply } | Self::Close { reply } => {
                let _ = reply.send(Err(error));
            }
        }
    }
}

/// A lease is over once its settlement is on disk; one that is given back goes back by being dropped, and so does
/// that of a missing delivery, which is not found again.
fn end(settlement: Settlement, missing: &[DeliveryId]) {
    match settlement.outcome {
        Settled::Returned => drop(settlement.lease),
        _ if missing.contains(&settlement.lease.delivery()) => drop(settlement.lease),
        _ => settlement.lease.end(),
    }
}
