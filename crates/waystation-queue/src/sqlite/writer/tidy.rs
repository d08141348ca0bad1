//! Removing what is too old, and returning space to the disk, a slice at a time.

use rusqlite::params;

use super::super::limits::{TIDY_LOOK_AT, TIDY_PAGES, TIDY_REMOVE};
use super::remove::{self, FINISHED, Finished};
use super::request::{Done, Reply};
use super::work::{Fault, Work};
use crate::error::QueueError;
use crate::outcome::OutcomeKind;

/// Free pages are kept for new rows up to this share of the file.
const SPARE: u64 = 8;

/// Where a round of tidying goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// With the deliveries after this id.
    Deliveries(i64),
    /// With the remembered message ids after this key.
    Seen(Vec<u8>),
    /// With free pages.
    Pages,
}

/// A round of tidying under way.
#[derive(Debug)]
pub(in crate::sqlite) struct Tidy {
    step: Step,
    reply: Option<Reply<Result<(), QueueError>>>,
}

impl Tidy {
    /// A round that nobody waits for.
    pub(super) const fn unasked() -> Self {
        Self {
            step: Step::Deliveries(0),
            reply: None,
        }
    }

    /// A round that somebody waits for.
    pub(in crate::sqlite) const fn asked(reply: Reply<Result<(), QueueError>>) -> Self {
        Self {
            step: Step::Deliveries(0),
            reply: Some(reply),
        }
    }

    /// Does the next slice.
    pub(super) fn slice(&self, work: &mut Work<'_>) -> Result<Done, Fault> {
        let next = match &self.step {
            Step::Deliveries(after) => Some(tidy_deliveries(work, *after)?),
            Step::Seen(after) => Some(tidy_seen(work, after)?),
            Step::Pages => tidy_pages(work)?,
        };
        Ok(Done::TidySlice(next))
    }

    /// Notes a slice that is on disk; gives itself back if there is more to do.
    pub(super) fn went_on(self, next: Option<Step>) -> Option<Self> {
        match (next, self.reply) {
            (Some(step), reply) => Some(Self { step, reply }),
            (None, Some(reply)) => {
                let _ = reply.send(Ok(()));
                None
            }
            (None, None) => None,
        }
    }

    /// Answers that a slice failed.
    pub(super) fn fail(self, error: QueueError) {
        if let Some(reply) = self.reply {
            let _ = reply.send(Err(error));
        }
    }
}

/// Looks at the next rows. The walk ends where all of them are too young to have finished long enough ago: those
/// after them are younger still.
fn tidy_deliveries(work: &mut Work<'_>, after: i64) -> Result<Step, Fault> {
    let records = work.now.minus(work.settings.record_retention);
    let dead = work.now.minus(work.settings.dead_letter_retention);
    let mut statement = work
        .connection
        .prepare_cached(&format!("{FINISHED} WHERE id > ?1 ORDER BY id LIMIT ?2"))?;
    let mut rows = statement.query(params![after, TIDY_LOOK_AT as i64])?;
    let mut next = Step::Seen(Vec::new());
    let mut too_old = Vec::new();
    let mut looked_at = 0;
    let mut all_young = true;
    while let Some(row) = rows.next()? {
        let received_at: i64 = row.get(5)?;
        all_young &= received_at > records.max(dead).0;
        too_old.extend(Finished::read(row)?.filter(|row| match row.kind {
            OutcomeKind::Dead => row.finished_at <= dead,
            _ => row.finished_at <= records,
        }));
        looked_at += 1;
        if too_old.len() == TIDY_REMOVE || (looked_at == TIDY_LOOK_AT && !all_young) {
            next = Step::Deliveries(row.get(0)?);
            break;
        }
    }
    drop(rows);
    for row in &too_old {
        remove::remove(work, row)?;
    }
    remove::remove_bereft_events(work)?;
    Ok(next)
}

fn tidy_seen(work: &mut Work<'_>, after: &[u8]) -> Result<Step, Fault> {
    let mut statement = work
        .connection
        .prepare_cached("SELECT key, at FROM seen WHERE key > ?1 LIMIT ?2")?;
    let rows = statement
        .query_map(params![after, TIDY_LOOK_AT as i64], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let forgotten = work.now.minus(work.settings.duplicate_window).0;
    let mut delete = work
        .connection
        .prepare_cached("DELETE FROM seen WHERE key = ?1")?;
    for (key, at) in &rows {
        if *at <= forgotten {
            delete.execute([key])?;
        }
    }
    Ok(match rows.into_iter().next_back() {
        Some((last, _)) => Step::Seen(last),
        None => Step::Pages,
    })
}

/// Returns free pages to the disk, as far as there are more than new rows will soon need.
fn tidy_pages(work: &Work<'_>) -> Result<Option<Step>, Fault> {
    let (pages, free) = (work.pragma("page_count")?, work.pragma("freelist_count")?);
    let excess = free.saturating_sub(pages / SPARE).min(TIDY_PAGES as u64);
    if excess == 0 {
        return Ok(None);
    }
    // Each step of the statement moves one page.
    let mut statement = work
        .connection
        .prepare(&format!("PRAGMA incremental_vacuum({excess})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(Some(Step::Pages))
}
