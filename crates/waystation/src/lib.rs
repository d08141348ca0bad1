//! The command line of Waystation, to build a binary of one's own with: a destination that is nobody else's business
//! needs no fork.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use waystation::Waystation;
//! # use waystation_kit::prelude::*;
//! # #[derive(Debug)]
//! # struct Acme;
//! # impl Destination for Acme {
//! #     const SLUG: &'static str = "acme";
//! #     const NAME: &'static str = "Acme";
//! #     type Settings = NoSettings;
//! #     fn definition() -> Definition<Self> { Definition::without_authentication() }
//! # }
//!
//! fn main() -> ExitCode {
//!     Waystation::new().destination::<Acme>().main()
//! }
//! ```
//!
//! The binary has every command and every destination of its own kind besides the added ones: `run`, `serve`, `list`
//! and the others. `tests/private/destination` is such a crate.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;
use waystation_kit::Destination;
use waystation_kit::any::AnyDestination;
use waystation_runtime::Registry;

use cli::{Cli, Command};
use failure::Failure;

/// The command line, with its destinations.
pub struct Waystation {
    destinations: Vec<AnyDestination>,
}

impl Default for Waystation {
    fn default() -> Self {
        Self::new()
    }
}

impl Waystation {
    /// With the destinations that this build includes; which these are, its features say.
    #[must_use]
    pub fn new() -> Self {
        Self {
            destinations: waystation_destinations::all(),
        }
    }

    /// Adds a destination.
    #[must_use]
    pub fn destination<D: Destination>(mut self) -> Self {
        self.destinations.push(D::definition().build());
        self
    }

    /// Does what the arguments of the process ask for.
    #[must_use]
    pub fn main(self) -> ExitCode {
        match self.run(Cli::parse()) {
            Ok(code) => code,
            Err(failure) => {
                failure.tell();
                failure.exit_code()
            }
        }
    }

    fn run(self, cli: Cli) -> Result<ExitCode, Failure> {
        match cli.command {
            Command::Serve(arguments) if arguments.watch => commands::watch::run(&arguments),
            Command::Serve(arguments) => commands::serve::run(arguments, self.registry()?),
            Command::Run(arguments) => commands::run::run(&arguments, self.registry()?),
            Command::Validate(arguments) => commands::validate::run(&arguments, &self.registry()?),
            Command::Health(arguments) => commands::health::run(&arguments),
            Command::New(arguments) => commands::new::run(&arguments),
            Command::Register => commands::new::register(),
            Command::Operate(command) => waystation_operate::run(*command).map_err(Failure::from),
            Command::Completions(arguments) => commands::completions::run(&arguments),
            Command::Store(command) => commands::store::run(&command),
            Command::List => commands::list::run(&self.registry()?),
            Command::Manifest(arguments) => commands::manifest::run(&arguments, &self.registry()?),
        }
    }

    /// The destinations by slug.
    fn registry(self) -> Result<Registry, Failure> {
        let slugs: Vec<&'static str> = self.destinations.iter().map(|known| known.slug).collect();
        let twice = slugs
            .iter()
            .enumerate()
            .find(|(place, slug)| slugs[..*place].contains(slug));
        if let Some((_, slug)) = twice {
            return Err(Failure::SlugTaken { slug });
        }
        Ok(Registry::new(self.destinations)?)
    }
}
