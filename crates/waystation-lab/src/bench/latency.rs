//! From the sender to the partner at little traffic.

use std::sync::Arc;
use std::time::Duration;

use super::Effort;
use super::events::Template;
use super::figures::{Figures, Goal, percentile};
use super::load::Load;
use super::sink::Sink;
use super::stand::{Stand, Way};
use crate::stage::Error;

/// Senders, each of which rests after each event: some eighty events a second in all.
const SENDERS: usize = 2;
const PAUSE: Duration = Duration::from_millis(25);

/// How long the last events may take.
const LIMIT: Duration = Duration::from_secs(30);

pub(super) async fn run(effort: &Effort) -> Result<(), Error> {
    let mut figures = Figures::new("latency");
    for (name, batch) in [("Single", 1), ("Batched", 100)] {
        let sink = Sink::start().await?;
        let stand = Stand::new(effort).await?;
        let way = Way::new(name, format!("{}/latency", sink.origin), batch);
        let server = stand.start(&[way]).await?;
        let template = Arc::new(Template::named(name));
        let clock = sink.clone();
        let body = move |number| template.batch(number, 1, clock.now());
        let load = Load::new(&server.origin(), "/v1/batch", SENDERS, body).with_pause(PAUSE);
        let next = Arc::default();
        load.go_on_for(&next, Duration::from_millis(500)).await?;
        let (mut middle, mut high, mut highest) = (vec![], vec![], vec![]);
        let (mut accepted, mut requests) = (vec![], vec![]);
        for _ in 0..effort.rounds {
            // What is under way still counts as of before.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            sink.reset();
            let mut sent = load.go_on_for(&next, effort.time()).await?;
            sink.wait_for(sent.requests, LIMIT).await?;
            requests.push(sink.requests() as f64 / sent.requests as f64);
            let waits = sink.waits();
            middle.push(percentile(&waits, 50.0));
            high.push(percentile(&waits, 99.0));
            highest.push(percentile(&waits, 99.9));
            sent.took.sort_unstable_by(f64::total_cmp);
            accepted.push(percentile(&sent.took, 50.0));
        }
        server.kill().await?;
        let case = |what: &str| format!("{}, batches of up to {batch}, {what}", name.to_lowercase());
        figures.absolute(case("sender to acknowledgement, p50"), "ms", &accepted, None);
        figures.absolute(
            case("sender to partner, p50"),
            "ms",
            &middle,
            Some(Goal::AtMost(5.0)),
        );
        figures.absolute(
            case("sender to partner, p99"),
            "ms",
            &high,
            Some(Goal::AtMost(30.0)),
        );
        figures.absolute(case("sender to partner, p99.9"), "ms", &highest, None);
        figures.absolute(case("to the partner"), "requests/event", &requests, None);
    }
    figures.finish()
}
