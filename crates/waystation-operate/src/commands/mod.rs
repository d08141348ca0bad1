//! The commands, a file each.

mod connections;
mod dead_letters;
mod delete_user;
mod deliveries;
mod delivery;
mod ledger;
mod pause;
mod reload;
mod resend;
mod sources;
mod tail;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

/// What can be typed.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List deliveries of a running service, or show one with its event, its rounds and the partner's answers
    #[command(after_help = deliveries::EXAMPLES)]
    Deliveries(deliveries::Deliveries),
    /// List what failed for good
    #[command(after_help = dead_letters::EXAMPLES)]
    DeadLetters(dead_letters::DeadLetters),
    /// Send dead letters again
    #[command(after_help = dead_letters::REPLAY_EXAMPLES)]
    Replay(dead_letters::Replay),
    /// Remove dead letters for good
    Purge(dead_letters::Purge),
    /// Send deliveries again that were made or skipped
    #[command(after_help = resend::RESEND_EXAMPLES)]
    Resend(resend::Resend),
    /// Send a connection that was added later the events that it has not had
    #[command(after_help = resend::BACKFILL_EXAMPLES)]
    Backfill(resend::Backfill),
    /// Show how far resends and backfills have come, or stop one
    Resends(resend::Resends),
    /// Follow what becomes of deliveries, as it happens
    #[command(after_help = tail::EXAMPLES)]
    Tail(tail::Tail),
    /// Show what became of everything that was ever accepted, and whether it adds up
    Ledger(ledger::Ledger),
    /// Show how the connections are doing: what waits, what failed, what their guards do
    Connections(connections::Connections),
    /// Have every partner that offers it delete what it knows about a person
    #[command(after_help = delete_user::EXAMPLES)]
    DeleteUser(delete_user::DeleteUser),
    /// Pause a connection, a subscription or a source by hand, until it is resumed
    #[command(after_help = pause::EXAMPLES)]
    Pause(pause::Pause),
    /// Resume what was paused by hand
    Resume(pause::Resume),
    /// Show what is paused by hand
    Pauses(pause::Pauses),
    /// Show the sources, and where their events go
    Sources(sources::Sources),
    /// Serve the admin API to agents as tools, by the Model Context Protocol over standard input and output
    #[command(after_help = crate::mcp::EXAMPLES)]
    Mcp(crate::mcp::Mcp),
    /// Have a running service read its configuration again
    Reload(reload::Reload),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Deliveries(command) => command.run(output).await,
            Self::DeadLetters(command) => command.run(output).await,
            Self::Replay(command) => command.run(output).await,
            Self::Purge(command) => command.run(output).await,
            Self::Resend(command) => command.run(output).await,
            Self::Backfill(command) => command.run(output).await,
            Self::Resends(command) => command.run(output).await,
            Self::Tail(command) => command.run(output).await,
            Self::Ledger(command) => command.run(output).await,
            Self::Connections(command) => command.run(output).await,
            Self::DeleteUser(command) => command.run(output).await,
            Self::Pause(command) => command.run(output).await,
            Self::Resume(command) => command.run(output).await,
            Self::Pauses(command) => command.run(output).await,
            Self::Sources(command) => command.run(output).await,
            Self::Mcp(command) => command.run().await,
            Self::Reload(command) => command.run(output).await,
        }
    }
}
