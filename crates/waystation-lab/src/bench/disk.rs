//! What the disk can do: the same bytes written one after the other, each piece made durable.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::stage::Error;

/// How many pieces a second are written and made durable.
pub(crate) fn durable_writes_per_second(
    folder: &Path,
    piece: impl Fn(u64) -> String,
    time: Duration,
) -> Result<f64, Error> {
    let mut file = File::create(folder.join("fsync")).map_err(Error::io("writing"))?;
    let (begun, mut writes) = (Instant::now(), 0_u64);
    while begun.elapsed() < time {
        file.write_all(piece(writes).as_bytes())
            .map_err(Error::io("writing"))?;
        file.sync_data().map_err(Error::io("making a write durable"))?;
        writes += 1;
    }
    Ok(writes as f64 / begun.elapsed().as_secs_f64())
}
