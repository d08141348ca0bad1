//! How much is done at a time.

/// In unit tests everything is small, so that a handful of deliveries crosses every border.
pub(super) const fn at_most(usual: usize, in_unit_tests: usize) -> usize {
    if cfg!(test) { in_unit_tests } else { usual }
}

/// How many waiting deliveries are read into a window at a time.
pub(super) const READ_AHEAD: usize = at_most(1024, 3);
/// How many ready deliveries of one connection are kept in memory.
pub(super) const MOST_READY: usize = at_most(4096, 8);
/// How many deliveries one reading transaction passes over because an older one of their order key waits.
pub(super) const MOST_PASSED_OVER: usize = at_most(8192, 8);
/// How many rows are looked at for one page of records.
pub(super) const PAGE_BUDGET: usize = at_most(20_000, 2000);
/// The largest page of records.
pub(super) const LONGEST_PAGE: usize = 1000;
/// How many dead letters one transaction replays or purges.
pub(super) const BULK_SLICE: usize = at_most(250, 3);
/// How many rows one transaction looks at for that.
pub(super) const BULK_BUDGET: usize = at_most(4000, 5);
/// How many rows one transaction of tidying looks at.
pub(super) const TIDY_LOOK_AT: usize = at_most(1000, 5);
/// How many rows one transaction of tidying removes.
pub(super) const TIDY_REMOVE: usize = at_most(250, 3);
/// How many pages one transaction of tidying returns to the disk.
pub(super) const TIDY_PAGES: usize = at_most(256, 8);
/// How many old records go at a time to make room.
pub(super) const ROOM_SLICE: usize = at_most(256, 3);
