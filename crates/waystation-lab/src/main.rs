//! Breaks and measures the running service, with real processes.
//!
//! * [`stage`]: the server as a process, a partner that misbehaves on demand, senders, a look into the store;
//! * [`chaos`]: kills and sick partners, with the ledger checked afterwards;
//! * [`truth`]: partners that answer in every way, with the record held against what they wrote down;
//! * [`mod@bench`]: the service side by side with what the machine can do at most.
#![forbid(unsafe_code)]

mod bench;
mod chaos;
mod stage;
mod truth;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::stage::Error;
use crate::stage::partner::{self, Mood, Options};

/// Breaks and measures the running service, with real processes.
#[derive(Parser)]
#[command(name = "waystation-lab", version, arg_required_else_help = true)]
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
        #[command(flatten)]
        common: Common,
    },
    /// Let one partner be sick while another is well: failing, limiting, hanging, resetting, babbling, in turn
    ///
    /// Tells how long deliveries to the healthy partner took before and meanwhile, and how long recovery took.
    Outage {
        /// How long the sickness lasts in all
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        #[command(flatten)]
        common: Common,
    },
    /// Let partners answer in every way, understood or not, and hold the record against what they wrote down
    ///
    /// Every event has to be recorded as what the partner's answer meant: taken, refused, or not to be told. The last
    /// line is `truth T/E events, R requests, 0 faults`; anything else ends with status 1, and says before what is wrong.
    Truth {
        /// How many events are sent
        #[arg(long, default_value_t = 10_000)]
        events: usize,
        #[command(flatten)]
        common: Common,
    },
    /// Measure, side by side with what the machine can do at most; read the ratios
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
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
    /// Be the client that only sends
    #[command(hide = true)]
    Client {
        #[command(flatten)]
        errand: bench::relay::Errand,
    },
}

#[derive(clap::Args)]
struct Common {
    /// Decides what happens when; the same seed does the same after the same waits
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server's binary; built first if not given
    #[arg(long)]
    server: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    stage::prepare();
    match run(Cli::parse().command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command; whether what it checked holds.
async fn run(command: Command) -> Result<bool, Error> {
    match command {
        Command::Kill9 { rounds, common } => chaos::kill9::run(rounds, common.seed, common.server).await,
        Command::Outage { seconds, common } => {
            chaos::outage::run(Duration::from_secs(seconds), common.seed, common.server).await
        }
        Command::Truth { events, common } => truth::run(events, common.seed, common.server).await,
        Command::Bench { bench } => bench::run(bench).await.map(|()| true),
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
        Command::Relay { to } => bench::relay::run(to).await.map(|()| true),
        Command::Client { errand } => errand.run().await.map(|()| true),
    }
}
