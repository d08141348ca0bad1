//! Measures the running service, side by side with what the machine can do at most: its disk's own rate of fsync,
//! and a relay that keeps nothing.
#![forbid(unsafe_code)]

mod disk;
mod relay;
mod service;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use waystation_lab::Error;
use waystation_lab::partner::{self, Mood, Options};

/// Measures the running service against what the machine can do at most.
#[derive(Parser)]
#[command(name = "waystation-bench", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ingest and delivery: events a second and how long they take, real processes, durable
    ///
    /// Read the ratios: figures of one machine at one time.
    Service {
        /// How long each part is measured
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Requests under way at once
        #[arg(long, default_value_t = 32)]
        senders: usize,
        /// The server's binary; built first if not given
        #[arg(long)]
        server: Option<PathBuf>,
    },
    /// Be the partner
    #[command(hide = true)]
    Partner {
        #[arg(long)]
        journal: PathBuf,
        #[arg(long)]
        seed: u64,
        #[arg(long)]
        mood: String,
    },
    /// Be the relay that keeps nothing
    #[command(hide = true)]
    Relay {
        #[arg(long)]
        to: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    waystation_lab::prepare();
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Service {
            seconds,
            senders,
            server,
        } => service::run(Duration::from_secs(seconds), senders, server).await,
        Command::Partner { journal, seed, mood } => {
            let mood =
                Mood::named(&mood).ok_or_else(|| Error::Other(format!("there is no mood {mood:?}")))?;
            partner::run(Options {
                port: 0,
                journal,
                seed,
                mood,
            })
            .await
        }
        Command::Relay { to } => relay::run(to).await,
    }
}
