//! Reading what is leased.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, ToSql, params};

use super::condition::{Condition, is_damage};
use super::limits::{MOST_PASSED_OVER, READ_AHEAD};
use super::names::Names;
use super::window::{Place, Window};
use super::windows::Windows;
use crate::event::DeliveryId;
use crate::lease::{Accepted, Lease, LeaseHolder, Leased, LeasedEvent};
use waystation_clock::Millis;

/// What follows a place: first what is due at the same time, then what is due later. As one comparison of pairs,
/// SQLite would walk all that is due at that time from its beginning.
pub(super) const READ_SAME_DUE: &str = "SELECT due, id FROM deliveries INDEXED BY deliveries_waiting \
    WHERE state = 0 AND connection = ?1 AND due = ?2 AND id > ?3 ORDER BY id LIMIT ?4";
pub(super) const READ_LATER_DUE: &str = "SELECT due, id FROM deliveries INDEXED BY deliveries_waiting \
    WHERE state = 0 AND connection = ?1 AND due > ?2 ORDER BY due, id LIMIT ?3";

pub(super) const READ_DELIVERIES: &str = "SELECT d.subscription, d.action, d.horizon, d.attempts, d.rounds, d.first_attempt_at, \
    d.resume, e.source, e.message_id, e.user, e.received_at, e.body, e.id, d.unknown_outcomes, \
    d.order_key IS NOT NULL AND EXISTS ( \
        SELECT 1 FROM deliveries y INDEXED BY deliveries_in_order \
        WHERE y.state = 0 AND y.connection = d.connection AND y.order_key = d.order_key AND y.id > d.id), \
    d.id \
    FROM rarray(?1) places CROSS JOIN deliveries d ON d.id = places.value JOIN events e ON e.id = d.event \
    WHERE d.state = 0 AND (d.order_key IS NULL OR NOT EXISTS ( \
        SELECT 1 FROM deliveries o INDEXED BY deliveries_in_order \
        WHERE o.state = 0 AND o.connection = d.connection AND o.order_key = d.order_key AND o.id < d.id))";

/// Leases for one connection in one reading transaction.
pub(super) struct Leasing<'a> {
    /// The reading transaction.
    pub(super) connection: &'a Connection,
    /// Names of numbers.
    pub(super) names: &'a Names,
    /// Where leases go back to.
    pub(super) windows: &'a Arc<Windows>,
    /// The name of the connection.
    pub(super) name: &'a Arc<str>,
    /// What time it is.
    pub(super) now: Millis,
    /// Where damage is noted.
    pub(super) condition: &'a Condition,
}

/// What one go of leasing came to.
pub(super) struct Go {
    /// What was leased.
    pub(super) leased: Vec<Leased>,
    /// Whether looking on could find more.
    pub(super) unfinished: bool,
}

impl Leasing<'_> {
    /// Leases up to `limit`, and passes over a bounded number of deliveries for that.
    pub(super) fn lease(&self, window: &mut Window, limit: usize) -> rusqlite::Result<Go> {
        let mut leased = Vec::new();
        let mut passed_over = 0;
        while leased.len() < limit {
            if passed_over >= MOST_PASSED_OVER {
                return Ok(Go {
                    unfinished: true,
                    leased,
                });
            }
            if window.wants_more(self.now) && !self.refill(window)? {
                break;
            }
            let taken = window.take_ready(self.now, (limit - leased.len()).min(READ_AHEAD));
            if taken.is_empty() && !window.wants_more(self.now) {
                break;
            }
            let before = leased.len();
            self.lease_each(window, &taken, &mut leased)?;
            passed_over += taken.len() - (leased.len() - before);
        }
        Ok(Go {
            leased,
            unfinished: false,
        })
    }

    /// Reads on from the cursor; false if the connection has no rows at all.
    fn refill(&self, window: &mut Window) -> rusqlite::Result<bool> {
        let Some(id) = self.names.id(self.name) else {
            window.extend(&[], true, self.now);
            return Ok(false);
        };
        let Place { due, id: after } = window.cursor();
        let mut places = Vec::new();
        self.read_places(
            READ_SAME_DUE,
            params![id, due.0, after.to_row(), READ_AHEAD as i64],
            &mut places,
        )?;
        let room = READ_AHEAD - places.len();
        if room > 0 {
            self.read_places(READ_LATER_DUE, params![id, due.0, room as i64], &mut places)?;
        }
        window.extend(&places, places.len() < READ_AHEAD, self.now);
        Ok(true)
    }

    fn read_places(
        &self,
        sql: &str,
        parameters: &[&dyn ToSql],
        places: &mut Vec<Place>,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            places.push(Place {
                due: Millis(row.get(0)?),
                id: DeliveryId::from_row(row.get(1)?),
            });
        }
        Ok(())
    }

    /// Leases those that nothing older with the same order key stands before. The others are forgotten: the
    /// end of the older one brings them back.
    fn lease_each(
        &self,
        window: &mut Window,
        taken: &[Place],
        leased: &mut Vec<Leased>,
    ) -> rusqlite::Result<()> {
        let before = leased.len();
        let read = self.read(taken, leased);
        let read = match read {
            Err(error) if is_damage(&error) => {
                // One by one, without what cannot be read.
                leased.truncate(before);
                self.condition.note_damage(&error.to_string());
                taken
                    .iter()
                    .try_for_each(|place| match self.read(&[*place], leased) {
                        Err(error) if is_damage(&error) => {
                            self.condition.set_aside(place.id, &error.to_string());
                            Ok(())
                        }
                        other => other,
                    })
            }
            other => other,
        };
        if let Err(error) = read {
            // The leases go back when they are dropped, which changes nothing for a window that does not know them.
            leased.truncate(before);
            taken.iter().for_each(|place| window.put_back(*place));
            return Err(error);
        }
        for item in &leased[before..] {
            window.lease(Place {
                due: item.due,
                id: item.id(),
            });
        }
        Ok(())
    }

    /// Reads the deliveries at these places, in their order, as far as they may be leased.
    fn read(&self, places: &[Place], leased: &mut Vec<Leased>) -> rusqlite::Result<()> {
        let ids = places.iter().map(|place| Value::Integer(place.id.to_row()));
        let mut statement = self.connection.prepare_cached(READ_DELIVERIES)?;
        let mut rows = statement.query([Rc::new(ids.collect::<Vec<_>>())])?;
        let mut places = places.iter();
        while let Some(row) = rows.next()? {
            let id = DeliveryId::from_row(row.get(15)?);
            if let Some(place) = places.find(|place| place.id == id) {
                let item = self.leased(*place, row, leased.last())?;
                leased.push(item);
            }
        }
        Ok(())
    }

    fn leased(&self, place: Place, row: &Row<'_>, before: Option<&Leased>) -> rusqlite::Result<Leased> {
        let resume: Option<Vec<u8>> = row.get(6)?;
        let event = self.event(row, before)?;
        Ok(Leased {
            subscription: self.names.optional(self.connection, row.get(0)?)?,
            action: self.names.optional(self.connection, row.get(1)?)?,
            due: place.due,
            horizon: Millis(row.get(2)?),
            attempts: row.get(3)?,
            rounds: row.get(4)?,
            first_attempt_at: row.get::<_, Option<i64>>(5)?.map(Millis),
            resume: resume.map(Bytes::from),
            unknown_outcomes: row.get(13)?,
            is_followed: row.get(14)?,
            lease: Lease::new(
                place.id,
                Arc::clone(self.name),
                Accepted {
                    received_at: event.received_at,
                    bytes: event.body.len() as u64,
                },
                Arc::clone(self.windows) as Arc<dyn LeaseHolder>,
            ),
            event,
        })
    }

    /// The event of a row. Neighbours are often deliveries of the same event to several subscriptions.
    fn event(&self, row: &Row<'_>, before: Option<&Leased>) -> rusqlite::Result<Arc<LeasedEvent>> {
        let id = DeliveryId::from_row(row.get(12)?);
        if let Some(before) = before.filter(|before| before.event.first == id) {
            return Ok(Arc::clone(&before.event));
        }
        Ok(Arc::new(LeasedEvent {
            first: id,
            source: self.names.name(self.connection, row.get(7)?)?,
            message_id: row.get(8)?,
            user: row.get(9)?,
            received_at: Millis(row.get(10)?),
            body: Bytes::from(row.get::<_, Vec<u8>>(11)?),
        }))
    }
}
