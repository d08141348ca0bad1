//! What can be done to a store.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::super::writer::faults::Point;

/// How many connections, message ids, and order keys there are.
const CONNECTIONS: usize = 3;
const MESSAGES: usize = 10;
const KEYS: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) source: usize,
    pub(super) message: usize,
    pub(super) deliveries: Vec<Delivery>,
}

#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) connection: usize,
    pub(super) order: Option<usize>,
    pub(super) fate: Beginning,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Beginning {
    /// Due after so many seconds.
    Waiting(u64),
    Skipped,
    Dead,
    /// Dead, and without a connection.
    Homeless,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// With a warning if the delivery's id is even.
    Delivered,
    Skipped,
    Dead,
    /// Due after so many seconds.
    Again(u64),
    Returned,
}

#[derive(Debug, Clone)]
pub(super) enum Choice {
    One(Index),
    All,
    Connection(usize),
    Message(usize),
    User(usize),
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Append(Vec<Event>),
    Lease(usize, usize),
    /// Settles some leases in one call.
    Settle(Vec<(Index, Ending)>),
    DropLease(Index),
    Replay(Choice),
    Purge(Choice),
    /// Lets so many seconds pass.
    Advance(u64),
    Tidy,
    /// Drops the store and opens it again.
    Reopen,
    CloseAndReopen,
    /// Ends the writer in the middle of an append, then opens the store again.
    CrashInAppend(Point, Vec<Event>),
    /// Ends the writer in the middle of a settlement, then opens the store again.
    CrashInSettle(Point, Index, Ending),
    /// Fails the disk during an append.
    FailAppend(Point, Vec<Event>),
    /// Fails the disk during a settlement.
    FailSettle(Point, Index, Ending),
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let fate = prop_oneof![
        6 => (0..6_u64).prop_map(Beginning::Waiting),
        1 => Just(Beginning::Skipped),
        1 => Just(Beginning::Dead),
        1 => Just(Beginning::Homeless),
    ];
    (0..CONNECTIONS, prop::option::of(0..KEYS), fate).prop_map(|(connection, order, fate)| Delivery {
        connection,
        order,
        fate,
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event =
        (0..2_usize, 0..MESSAGES, vec(delivery(), 1..4)).prop_map(|(source, message, deliveries)| Event {
            source,
            message,
            deliveries,
        });
    vec(event, 1..5)
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Delivered),
        1 => Just(Ending::Skipped),
        2 => Just(Ending::Dead),
        3 => (0..6_u64).prop_map(Ending::Again),
        1 => Just(Ending::Returned),
    ]
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        any::<Index>().prop_map(Choice::One),
        Just(Choice::All),
        (0..CONNECTIONS).prop_map(Choice::Connection),
        (0..MESSAGES).prop_map(Choice::Message),
        (0..MESSAGES).prop_map(Choice::User),
    ]
}

fn point() -> impl Strategy<Value = Point> {
    prop_oneof![
        Just(Point::AfterRequest),
        Just(Point::BeforeCommit),
        Just(Point::AfterCommit),
    ]
}

/// Before this point of a transaction a disk error undoes it.
fn point_of_no_commit() -> impl Strategy<Value = Point> {
    prop_oneof![Just(Point::AfterRequest), Just(Point::BeforeCommit)]
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => events().prop_map(Operation::Append),
        8 => (0..CONNECTIONS, 1..6_usize).prop_map(|(connection, limit)| Operation::Lease(connection, limit)),
        8 => vec((any::<Index>(), ending()), 1..4).prop_map(Operation::Settle),
        2 => any::<Index>().prop_map(Operation::DropLease),
        3 => choice().prop_map(Operation::Replay),
        3 => choice().prop_map(Operation::Purge),
        4 => (1..8_u64).prop_map(Operation::Advance),
        3 => Just(Operation::Tidy),
        1 => Just(Operation::Reopen),
        1 => Just(Operation::CloseAndReopen),
        1 => (point(), events()).prop_map(|(point, events)| Operation::CrashInAppend(point, events)),
        1 => (point(), any::<Index>(), ending())
            .prop_map(|(point, lease, ending)| Operation::CrashInSettle(point, lease, ending)),
        1 => (point_of_no_commit(), events()).prop_map(|(point, events)| Operation::FailAppend(point, events)),
        1 => (point_of_no_commit(), any::<Index>(), ending())
            .prop_map(|(point, lease, ending)| Operation::FailSettle(point, lease, ending)),
    ]
}

pub(super) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 1..60)
}
