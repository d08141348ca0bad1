//! What the disk can do: small writes, each made durable.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::stage::Error;

/// As much as a small transaction writes.
const BLOCK: [u8; 4096] = [7; 4096];

/// How many writes of 4 KiB a second are made durable, one after the other.
pub(crate) fn durable_writes_per_second(folder: &Path, time: Duration) -> Result<f64, Error> {
    let mut file = File::create(folder.join("fsync")).map_err(Error::io("writing"))?;
    let (begun, mut writes) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        file.write_all(&BLOCK).map_err(Error::io("writing"))?;
        file.sync_data().map_err(Error::io("making a write durable"))?;
        writes += 1;
    }
    Ok(f64::from(writes) / begun.elapsed().as_secs_f64())
}
