//! Breaks the service on purpose, and checks the ledger: every acknowledged event is delivered, skipped by a named
//! rule or a dead letter, nothing else is, and nothing is sent again that was settled.
#![forbid(unsafe_code)]

mod kill9;
mod ledger;
mod outage;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use waystation_lab::Error;
use waystation_lab::partner::{self, Mood, Options};

/// Breaks the service on purpose, and checks the ledger.
#[derive(Parser)]
#[command(name = "waystation-chaos", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Kill the server with SIGKILL at random points under load, again and again, over one store
    ///
    /// The last line is `ledger balanced R/R rounds, accepted A, delivered D, skipped K, dead L, lost 0, duplicates U`;
    /// anything else than a balance ends with status 1, and says before what is wrong. Counts are of deliveries:
    /// an event on its way to a connection.
    Kill9 {
        /// How often the server is killed
        #[arg(long, default_value_t = 20)]
        rounds: u32,
        /// Decides when; the same seed kills after the same waits
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The server's binary; built first if not given
        #[arg(long)]
        server: Option<PathBuf>,
    },
    /// Let one partner be sick while another is well: failing, limiting, hanging, resetting, babbling, in turn
    ///
    /// Tells how long deliveries to the healthy partner took before and meanwhile, and how long recovery took.
    Outage {
        /// How long the sickness lasts in all
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Decides what is sent
        #[arg(long, default_value_t = 1)]
        seed: u64,
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
}

#[tokio::main]
async fn main() -> ExitCode {
    waystation_lab::prepare();
    match run(Cli::parse().command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<bool, Error> {
    match command {
        Command::Kill9 { rounds, seed, server } => kill9::run(rounds, seed, server).await,
        Command::Outage {
            seconds,
            seed,
            server,
        } => outage::run(Duration::from_secs(seconds), seed, server).await,
        Command::Partner { journal, seed, mood } => {
            let mood =
                Mood::named(&mood).ok_or_else(|| Error::Other(format!("there is no mood {mood:?}")))?;
            let options = Options {
                port: 0,
                journal,
                seed,
                mood,
            };
            partner::run(options).await.map(|()| true)
        }
    }
}
