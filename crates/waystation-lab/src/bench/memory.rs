//! Memory, the size of the binary, and the time to the first answer.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::Effort;
use super::events::Template;
use super::figures::{Figures, Goal};
use super::load::Load;
use super::sink::{SILENT, Sink};
use super::stand::{Stand, Way};
use crate::stage::Error;
use crate::stage::server::Server;

/// A megabyte, as people write it.
const MB: f64 = 1_000_000.0;

const BATCH: u64 = 100;

pub(super) async fn run(effort: &Effort, queued: u64) -> Result<(), Error> {
    let sink = Sink::start().await?;
    let stand = Stand::new(effort).await?;
    let mut figures = Figures::new("memory");
    let silent = [Way::new("Single", format!("{}{SILENT}", sink.origin), 1)];
    let open = [Way::new("Single", format!("{}/single", sink.origin), 1)];

    let mut starts = Vec::new();
    for _ in 0..effort.rounds {
        let begun = Instant::now();
        let server = stand.start(&silent).await?;
        answered(&server).await?;
        starts.push(begun.elapsed().as_secs_f64() * 1_000.0);
        server.kill().await?;
    }
    figures.absolute("start to first answer", "ms", &starts, Some(Goal::AtMost(50.0)));

    let server = stand.start(&silent).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    figures.absolute(
        "idle",
        "MB",
        &[resident(&server, "VmRSS")?],
        Some(Goal::AtMost(20.0)),
    );
    let template = Arc::new(Template::named("Single"));
    let filling = Arc::clone(&template);
    let body = move |number: u64| filling.batch(number * BATCH, BATCH, 0);
    Load::new(&server.origin(), "/v1/batch", effort.senders, body)
        .send(queued / BATCH)
        .await?;
    figures.absolute(
        format!("{queued} queued, the most while they came"),
        "MB",
        &[resident(&server, "VmHWM")?],
        Some(Goal::AtMost(200.0)),
    );
    server.terminate().await?;

    let server = stand.start(&open).await?;
    let body = move |number: u64| template.batch(queued + number * BATCH, BATCH, 0);
    Load::new(&server.origin(), "/v1/batch", effort.senders, body)
        .run_for(effort.time() * 5)
        .await?;
    figures.absolute(
        format!("{queued} queued, the most while more came and were delivered"),
        "MB",
        &[resident(&server, "VmHWM")?],
        Some(Goal::AtMost(200.0)),
    );
    server.kill().await?;

    let size = stripped(stand.binary(), stand.folder()).await?;
    figures.absolute("binary, stripped", "MB", &[size], Some(Goal::AtMost(30.0)));
    figures.finish()
}

/// Waits for the first answer.
async fn answered(server: &Server) -> Result<(), Error> {
    let authority = server.origin().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&authority)
        .await
        .map_err(Error::io("connecting"))?;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(Error::io("asking"))?;
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .map_err(Error::io("reading the first answer"))?;
    match answer.starts_with(b"HTTP/1.1 200") {
        true => Ok(()),
        false => Err(Error::Other("the server is not healthy".into())),
    }
}

/// A figure of `/proc/PID/status`, in MB.
fn resident(server: &Server, what: &str) -> Result<f64, Error> {
    let id = server
        .id()
        .ok_or_else(|| Error::Other("the server has ended".into()))?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"));
    let status = status.map_err(Error::io("reading the server's memory"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kib = line.and_then(|line| line.split_whitespace().find_map(|word| word.parse::<f64>().ok()));
    kib.map(|kib| kib * 1024.0 / MB)
        .ok_or_else(|| Error::Other(format!("the system does not tell {what}")))
}

async fn stripped(binary: &Path, folder: &Path) -> Result<f64, Error> {
    let copy = folder.join("stripped");
    let mut command = Command::new("strip");
    let status = command.arg("-o").arg(&copy).arg(binary).status().await;
    let measured = match status {
        Ok(status) if status.success() => &copy,
        // Without the tool, the size as it is.
        _ => binary,
    };
    let size = std::fs::metadata(measured).map_err(Error::io("looking at the binary"))?;
    Ok(size.len() as f64 / MB)
}
