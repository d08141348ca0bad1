//! Standard output.

use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Prints a text. Whoever reads it may stop at any point: `waystation list | head`.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}
