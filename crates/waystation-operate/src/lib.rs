//! The commands that look at a running service and drive it, over its admin API.
//!
//! [`Command`] is what can be typed, [`run`] does it. A command makes requests by way of [`api::Client`], each one an
//! [`Operation`] of the OpenAPI document, and shows the answers on an [`Output`]: as a table on a terminal, as lines of
//! JSON everywhere else.
#![forbid(unsafe_code)]

pub mod api;
mod arguments;
mod commands;
mod failure;
pub mod mcp;
mod output;

use std::process::ExitCode;

pub use api::{OPERATIONS, Operation};
pub use commands::Command;
pub use failure::Failure;
pub use output::{Form, Output, Screen};

/// Does what was typed, on standard output.
///
/// # Errors
/// Why it cannot be done, with what to do about it.
pub fn run(command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let mut stdout = std::io::stdout();
    let mut output = Output::new(&mut stdout, Screen::detect());
    let done = runtime.block_on(command.run(&mut output));
    match done {
        // Whoever reads it may stop at any point: `waystation deliveries | head`.
        Err(failure) if failure.is_closed_output() => Ok(ExitCode::SUCCESS),
        done => done.map(|()| ExitCode::SUCCESS),
    }
}
