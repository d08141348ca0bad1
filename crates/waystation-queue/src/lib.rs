//! The durable queue between accepting an event and delivering it.
//!
//! [`Queue`] is the interface; [`SqliteQueue`] keeps everything in one SQLite file and is the only process
//! that may. An accepted event is one body and one **delivery** for each connection and subscription that it
//! is meant for. A delivery is a row for its whole life:
//!
//! ```text
//!            append ──> waiting ──settle──> delivered
//!              │         │   ^  ──settle──> skipped
//!              │   again └───┘  ──settle──> dead ──replay──> waiting
//!              │                             └────purge───> gone
//!              ├──> skipped   (nothing to do: no subscription matched, …)
//!              └──> dead      (what could not even be tried)
//! ```
//!
//! Each of these moves is counted in the [`Ledger`] in the transaction that makes it, so that accepted
//! deliveries always equal what waits, was delivered, was skipped, is dead or was purged.
//!
//! Delivery is *at least once*: what [`Queue::append`] has answered survives the death of the process and of
//! the machine; a delivery whose lease dies with the process is leased again.
#![forbid(unsafe_code)]

pub mod activity;
pub mod error;
pub mod event;
pub mod lease;
pub mod ledger;
pub mod outcome;
pub mod queue;
pub mod record;
pub mod settlement;
pub mod sqlite;
pub mod waiting;

pub use activity::{Activity, Durations, ErrorKind};
pub use error::{OpenError, QueueError, Remedy};
pub use event::{Appended, AppendedEvent, DeliveryId, Fate, NewDelivery, NewEvent, Replacement};
pub use lease::{Accepted, Lease, LeaseHolder, Leased, LeasedEvent};
pub use ledger::{ConnectionTally, Depth, Ledger, Occupancy, Tally};
pub use outcome::{Failure, OutcomeKind, SkipRule, Stage};
pub use queue::Queue;
pub use record::{
    Page, Parked, RecordDetail, RecordFilter, RecordQuery, RecordSummary, Round, Selection, State, TimeRange,
};
pub use settlement::{Report, Settled, Settlement, Unsettled};
pub use sqlite::{SqliteQueue, SqliteSettings, maintenance};
pub use waiting::{WaitingLimit, WaitingLimits, WhenFull};
pub use waystation_clock::{Clock, ManualClock, Millis};
