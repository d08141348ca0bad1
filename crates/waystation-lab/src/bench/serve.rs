//! `waystation serve` under load.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::Effort;
use super::events::track_events;
use super::figures::{Figures, Goal};
use super::load::Load;
use super::relay::Relay;
use super::sink::Sink;
use crate::stage::Error;
use crate::stage::server::free_port;

const ACTION: &str = "/trackEvent";

pub(super) async fn run(effort: &Effort) -> Result<(), Error> {
    let sink = Sink::start().await?;
    let (server, origin) = start(effort, &sink).await?;
    let relay = Relay::spawn(&format!("{}/api/v2/entity", sink.origin)).await?;
    let mut figures = Figures::new("serve");
    for (case, batch, goal) in [
        ("one event a request", 1, 0.85),
        ("50 events a request", 50, 0.70),
    ] {
        let bodies = bodies(batch);
        let load = |origin: &str| {
            let bodies = Arc::clone(&bodies);
            Load::new(origin, ACTION, effort.senders, move |number| {
                bodies[number as usize % bodies.len()].clone()
            })
        };
        let (ours, theirs) = (load(&origin), load(&relay.origin));
        ours.run_for(Duration::from_millis(500)).await?;
        let (mut own, mut bare) = (Vec::new(), Vec::new());
        let (mut own_cost, mut bare_cost) = (Vec::new(), Vec::new());
        let (next, time) = (Arc::default(), effort.time());
        for _ in 0..effort.rounds {
            let (rate, cost) = ours.measured(server.id(), &next, time).await?;
            own.push(rate);
            own_cost.push(cost);
            let (rate, cost) = theirs.measured(relay.id(), &next, time).await?;
            bare.push(rate);
            bare_cost.push(cost);
        }
        figures.compare(
            case,
            "requests/s",
            &own,
            ("relay", &bare),
            Some(Goal::AtLeast(goal)),
        );
        figures.compare(
            format!("{case}, processor time of the server"),
            "us/request",
            &own_cost,
            ("relay", &bare_cost),
            None,
        );
    }
    figures.finish()
}

fn bodies(batch: usize) -> Arc<[String]> {
    let settings = json!({"siteId": "site", "apiKey": "key-123456"});
    let events = track_events();
    let bodies = events.chunks_exact(batch).map(|events| {
        let payload = match events {
            [event] => event.clone(),
            events => Value::Array(events.to_vec()),
        };
        json!({"settings": settings, "payload": payload}).to_string()
    });
    bodies.collect()
}

async fn start(effort: &Effort, sink: &Sink) -> Result<(Child, String), Error> {
    let port = free_port()?;
    let rewrite = format!("*={}", sink.origin);
    let child = Command::new(effort.binary().await?)
        .args(["serve", "--destination", "customerio", "--log-level", "error"])
        .args(["--port", &port.to_string(), "--rewrite", &rewrite])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(Error::io("starting the server"))?;
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(Error::Other("the server does not answer".into()));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok((child, format!("http://127.0.0.1:{port}")))
}
