//! The command line of Waystation.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// A quarter of the service's time goes into memory for small texts, at which this one is faster than most systems' own;
/// the figures are in `crates/waystation-lab/RESULTS.md`.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(arguments) => commands::serve::run(arguments),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Validate(arguments) => commands::validate::run(&arguments),
        Command::Health(arguments) => commands::health::run(&arguments),
        Command::New(arguments) => commands::new::run(&arguments),
        Command::Register => commands::new::register(),
        Command::Operate(command) => waystation_operate::run(*command).map_err(failure::Failure::from),
        Command::Completions(arguments) => commands::completions::run(&arguments),
        Command::Store(command) => commands::store::run(&command),
        Command::List => commands::list::run(),
        Command::Manifest(arguments) => commands::manifest::run(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            failure.tell();
            failure.exit_code()
        }
    }
}
