//! Measures the product side by side with what the machine can do at most.
//!
//! Each benchmark measures both sides in turn, several times over, and says how they compare: figures of one machine at
//! one time mean little by themselves, and their ratio a good deal more.

mod deliver;
mod disk;
mod events;
mod figures;
mod ingest;
mod latency;
mod load;
mod memory;
mod pipeline;
mod processor;
pub(crate) mod relay;
mod serve;
mod sink;
mod stand;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::stage::{Error, server};

/// What all benchmarks are told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Effort {
    /// How often both sides are measured, in turn
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long one measurement takes, where it has no end by itself
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Requests under way at once
    #[arg(long, default_value_t = 32)]
    senders: usize,
    /// The server's binary; built first if not given
    #[arg(long)]
    server: Option<PathBuf>,
}

impl Effort {
    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    async fn binary(&self) -> Result<PathBuf, Error> {
        match &self.server {
            Some(binary) => Ok(binary.clone()),
            None => server::build().await,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// The way of an event through Customer.io's `trackEvent` without the wire, on one core
    ///
    /// Against reading and writing the same event with serde_json.
    Pipeline {
        /// How often each side is measured, in turn
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// How often all events go the way for one figure
        #[arg(long, default_value_t = 40)]
        passes: usize,
        /// One way only, once, and nothing printed: for `valgrind --tool=callgrind`
        #[arg(long)]
        only: Option<pipeline::Way>,
    },
    /// `waystation serve`, one event a request and 50, against a bare relay of the same bodies
    Serve {
        #[command(flatten)]
        effort: Effort,
    },
    /// The tracking API, nothing delivered, against the disk and against a bare relay
    Ingest {
        #[command(flatten)]
        effort: Effort,
    },
    /// A backlog drained to a partner, against a bare client; and partners that do not answer
    Deliver {
        #[command(flatten)]
        effort: Effort,
        /// Events in the backlog
        #[arg(long, default_value_t = 200_000)]
        events: u64,
    },
    /// From the sender to the partner at little traffic
    Latency {
        #[command(flatten)]
        effort: Effort,
    },
    /// Memory, the size of the binary, and the time to the first answer
    Memory {
        #[command(flatten)]
        effort: Effort,
        /// Events that wait
        #[arg(long, default_value_t = 1_000_000)]
        queued: u64,
    },
}

/// Runs a benchmark.
pub(crate) async fn run(bench: Bench) -> Result<(), Error> {
    match bench {
        Bench::Pipeline { rounds, passes, only } => pipeline::run(rounds, passes, only).await,
        Bench::Serve { effort } => serve::run(&effort).await,
        Bench::Ingest { effort } => ingest::run(&effort).await,
        Bench::Deliver { effort, events } => deliver::run(&effort, events).await,
        Bench::Latency { effort } => latency::run(&effort).await,
        Bench::Memory { effort, queued } => memory::run(&effort, queued).await,
    }
}
