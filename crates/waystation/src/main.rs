//! The command line of Waystation.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(arguments) => commands::serve::run(arguments),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Validate(arguments) => commands::validate::run(&arguments),
        Command::Health(arguments) => commands::health::run(&arguments),
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
