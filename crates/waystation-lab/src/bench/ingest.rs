//! Durable acceptance, with nothing delivered: the partner does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Effort;
use super::disk::durable_writes_per_second;
use super::events::Template;
use super::figures::{Figures, Goal};
use super::load::Load;
use super::relay::Relay;
use super::sink::{SILENT, Sink};
use super::stand::{Stand, Way};
use crate::stage::Error;

/// Events a second that are enough, whatever the disk can do.
const ENOUGH: f64 = 40_000.0;

pub(super) async fn run(effort: &Effort) -> Result<(), Error> {
    let sink = Sink::start().await?;
    let stand = Stand::new(effort).await?;
    let server = stand
        .start(&[Way::new("Single", format!("{}{SILENT}", sink.origin), 1)])
        .await?;
    let relay = Relay::spawn(&format!("{}/single", sink.origin)).await?;
    let template = Arc::new(Template::named("Single"));
    let next = Arc::new(AtomicU64::new(0));
    let mut figures = Figures::new("ingest");
    for batch in [1, 100] {
        let load = |origin: &str| {
            let template = Arc::clone(&template);
            let body = move |number| template.batch(number * batch, batch, 0);
            Load::new(origin, "/v1/batch", effort.senders, body)
        };
        let (ours, theirs) = (load(&server.origin()), load(&relay.origin));
        let (mut own, mut bare, mut disk) = (Vec::new(), Vec::new(), Vec::new());
        let (mut own_cost, mut bare_cost) = (Vec::new(), Vec::new());
        let (others, time) = (Arc::default(), effort.time());
        for _ in 0..effort.rounds {
            let events = batch as f64;
            let (rate, cost) = ours.measured(server.id(), &next, time).await?;
            own.push(rate * events);
            own_cost.push(cost / events);
            let (rate, cost) = theirs.measured(relay.id(), &others, time).await?;
            bare.push(rate * events);
            bare_cost.push(cost / events);
            let piece = |number| template.batch(number * batch, batch, 0);
            disk.push(durable_writes_per_second(stand.folder(), piece, effort.time() / 3)? * events);
        }
        let case = |against| format!("{batch} a request, {} senders, against {against}", effort.senders);
        let unit = "events/s";
        // Only one of the two has a goal for each size.
        let (of_relay, of_disk) = match batch {
            1 => (Some(Goal::AtLeast(0.80)), None),
            _ => {
                let fastest = disk.iter().copied().fold(f64::MIN, f64::max);
                (None, Some(Goal::AtLeast((ENOUGH / fastest).min(0.50))))
            }
        };
        figures.compare(case("the relay"), unit, &own, ("relay", &bare), of_relay);
        figures.compare(
            case("one write and flush after the other"),
            unit,
            &own,
            ("disk", &disk),
            of_disk,
        );
        figures.compare(
            case("the relay, processor time of the server"),
            "us/event",
            &own_cost,
            ("relay", &bare_cost),
            None,
        );
        // The second size must not repeat message ids of the first.
        next.store(next.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
    server.kill().await?;
    figures.finish()
}
