//! A backlog drained to a partner, and partners beside one that does not answer.

use std::time::{Duration, Instant};

use super::Effort;
use super::events::Template;
use super::figures::{Figures, Goal, say};
use super::load::Load;
use super::processor;
use super::relay::Errand;
use super::sink::{SILENT, Sink};
use super::stand::{Stand, Way};
use crate::stage::Error;

/// How long a backlog may take.
const LIMIT: Duration = Duration::from_secs(900);

/// Events in a request, where they are batched.
const BATCH: u64 = 100;

/// Connections side by side.
const NEIGHBOURS: u64 = 8;

/// Connections with one event each.
const MANY: u64 = 500;

pub(super) async fn run(effort: &Effort, events: u64) -> Result<(), Error> {
    let sink = Sink::start().await?;
    let mut figures = Figures::new("deliver");
    for batch in [1, BATCH] {
        let (mut own, mut bare, mut costs) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..effort.rounds {
            let (rate, cost) = drain(effort, &sink, events, batch).await?;
            own.push(rate);
            costs.push(cost);
            bare.push(bare_client(effort, &sink, events, batch).await?);
        }
        let case = format!("{events} waiting, {batch} a request");
        let cost = format!("{case}, processor time of the server");
        figures.absolute(cost, "us/event", &costs, None);
        figures.compare(
            case,
            "events/s",
            &own,
            ("bare client", &bare),
            Some(Goal::AtLeast(0.85)),
        );
    }
    let (mut beside, mut well) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        well.push(neighbours(effort, &sink, events, false).await?);
        beside.push(neighbours(effort, &sink, events, true).await?);
    }
    figures.compare(
        format!("{NEIGHBOURS} partners, one of which does not answer"),
        "events/s of the others",
        &beside,
        ("all well", &well),
        Some(Goal::AtLeast(0.95)),
    );
    let mut all = Vec::new();
    for _ in 0..effort.rounds {
        all.push(many(effort, &sink).await?);
    }
    figures.absolute(
        format!("{MANY} connections with one event each, from the first arrival to the last"),
        "ms",
        &all,
        None,
    );
    figures.finish()
}

/// Fills a store while its partners do not answer.
async fn fill(stand: &Stand, sink: &Sink, names: &[String], batch: u64, events: u64) -> Result<(), Error> {
    let silent = names
        .iter()
        .map(|name| Way::new(name, format!("{}{SILENT}", sink.origin), batch));
    let server = stand.start(&silent.collect::<Vec<_>>()).await?;
    let templates: Vec<Template> = names.iter().map(|name| Template::named(name)).collect();
    let chunk = BATCH.min(events);
    let body = move |number: u64| {
        let place = usize::try_from(number).unwrap_or_default() % templates.len();
        templates[place].batch(number * chunk, chunk, 0)
    };
    Load::new(&server.origin(), "/v1/batch", 8, body)
        .send(names.len() as u64 * events / chunk)
        .await?;
    server.terminate().await
}

/// Events a second from the first arrival to the last, and microseconds of processor time for each.
async fn drain(effort: &Effort, sink: &Sink, events: u64, batch: u64) -> Result<(f64, f64), Error> {
    let stand = Stand::new(effort).await?;
    let names = ["Single".to_owned()];
    fill(&stand, sink, &names, batch, events).await?;
    sink.reset();
    let way = Way::new(&names[0], format!("{}/single", sink.origin), batch);
    let server = stand.start(&[way]).await?;
    let took = sink.wait_for(events, LIMIT).await?;
    let used = processor::used(server.id())?;
    server.terminate().await?;
    Ok((events as f64 / took.as_secs_f64(), used * 1e6 / events as f64))
}

async fn bare_client(effort: &Effort, sink: &Sink, events: u64, batch: u64) -> Result<f64, Error> {
    sink.reset();
    let errand = Errand {
        to: format!("{}/single", sink.origin),
        events,
        batch,
        senders: effort.senders,
    };
    errand.run_apart().await?;
    let took = sink.wait_for(events, LIMIT).await?;
    Ok(events as f64 / took.as_secs_f64())
}

/// Events a second of all partners but the first.
async fn neighbours(effort: &Effort, sink: &Sink, events: u64, is_sick: bool) -> Result<f64, Error> {
    let stand = Stand::new(effort).await?;
    let each = (events / NEIGHBOURS / BATCH).max(1) * BATCH;
    let names: Vec<String> = (0..NEIGHBOURS)
        .map(|number| format!("partner-{number}"))
        .collect();
    fill(&stand, sink, &names, 1, each).await?;
    sink.reset();
    // The first one's events go elsewhere, so that only the others are counted.
    let first = Sink::start().await?;
    let ways = names.iter().enumerate().map(|(place, name)| match place {
        0 if is_sick => Way::new(name, format!("{}{SILENT}", first.origin), 1),
        0 => Way::new(name, format!("{}/well", first.origin), 1),
        _ => Way::new(name, format!("{}/well", sink.origin), 1),
    });
    let server = stand.start(&ways.collect::<Vec<_>>()).await?;
    let others = each * (NEIGHBOURS - 1);
    let took = sink.wait_for(others, LIMIT).await?;
    server.kill().await?;
    Ok(others as f64 / took.as_secs_f64())
}

/// Milliseconds from the first arrival to the last.
async fn many(effort: &Effort, sink: &Sink) -> Result<f64, Error> {
    let stand = Stand::new(effort).await?;
    let names: Vec<String> = (0..MANY).map(|number| format!("partner-{number}")).collect();
    let begun = Instant::now();
    fill(&stand, sink, &names, 1, 1).await?;
    say(&format!("(filling took {:.1} s)", begun.elapsed().as_secs_f64()));
    sink.reset();
    let ways = names
        .iter()
        .map(|name| Way::new(name, format!("{}/many", sink.origin), 1));
    let server = stand.start(&ways.collect::<Vec<_>>()).await?;
    let took = sink.wait_for(MANY, LIMIT).await?;
    server.kill().await?;
    Ok(took.as_secs_f64() * 1_000.0)
}
