//! What can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use waystation_client::Rewrite;
use waystation_config::{ListenAddress, quantity};

/// Runs Segment-style destinations: an event comes in, a mapping turns it into a payload, and an action sends
/// it to the partner.
#[derive(Parser)]
#[command(name = "waystation", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  See what there is, and what one destination is made of:
    waystation list
    waystation manifest customerio

  Try a destination with your own credentials:
    waystation serve --destination customerio

  See what would be sent, without sending anything:
    waystation serve --destination customerio --dry-run

  See what a running service does, and send again what failed:
    waystation connections
    waystation deliveries --failed --since 1h
    waystation replay --connection crm --cause 503 --dry-run

`waystation help COMMAND` has more.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve destinations over HTTP, to try them out and to develop them: the workbench, a page at /
    ///
    /// With --destination, its routes are there as well, those of Segment's development server: POST /{action} takes
    /// {payload, settings, mapping} and answers with the requests that went to the partner and what came back. POST
    /// /destinations/{slug}/actions/{action} takes the same and tells more: outcome, results of single events,
    /// attempts, timings. The routes are listed at the start, with a command to paste.
    Serve(Serve),
    /// Run the service: take events over HTTP, keep them on disk, deliver them
    ///
    /// Events arrive by Segment's tracking API (POST /v1/track and the others), so its SDKs work with the address
    /// changed and nothing else. An event is on disk before its sender is told that it was taken. Without a
    /// configuration the service starts with a demo source and a destination that shows what arrives.
    Run(Run),
    /// Check a configuration without running it: every fault, where it is, and what to do about it
    Validate(Validate),
    /// Ask a running service whether it is ready: status 0 if so, else 1 with the reason
    Health(Health),
    /// Write a new destination, or an action of one: code that compiles, is registered and passes its tests
    New(New),
    /// Register every destination under destinations/, in the two Cargo.toml that want to know of it
    Register,
    #[command(flatten)]
    Operate(Box<waystation_operate::Command>),
    /// Print what a shell needs to complete commands and their flags
    ///
    /// For instance: waystation completions bash > ~/.local/share/bash-completion/completions/waystation
    Completions(Completions),
    /// Look after a store: find out whether it is sound, and save what can be saved of a damaged one
    #[command(subcommand, after_help = STORE_EXAMPLES)]
    Store(StoreCommand),
    /// List the destinations with their actions
    List,
    /// Print the definition of a destination as JSON
    Manifest(Manifest),
}

/// What `waystation serve` takes.
#[derive(Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub(crate) struct Serve {
    /// The destination to serve; `waystation list` has the names. Without it there is the workbench alone, for all of
    /// them
    #[arg(short, long, value_name = "SLUG")]
    pub(crate) destination: Option<String>,

    /// The port to listen on; 0 takes any that is free
    #[arg(short, long, env = "PORT", default_value_t = 3000, overrides_with = "port")]
    pub(crate) port: u16,

    /// Settings for requests that bring none, as TOML or JSON; any text may be kept elsewhere: { env = "NAME" } or
    /// { file = "/path" }
    #[arg(short, long, value_name = "FILE", requires = "destination")]
    pub(crate) settings: Option<PathBuf>,

    /// Build and start anew whenever a source file changes; the port stays
    #[arg(short, long)]
    pub(crate) watch: bool,

    /// The address or name to listen on; by default only this machine can connect
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,

    /// A host name by which the server may be called besides localhost and addresses (repeatable)
    #[arg(long = "allow-host", value_name = "NAME")]
    pub(crate) allowed_hosts: Vec<String>,

    /// Send the requests for one origin to another, path and query kept (repeatable); * stands for all origins
    #[arg(long = "rewrite", value_name = "FROM=TO")]
    pub(crate) rewrites: Vec<Rewrite>,

    /// Answer requests from a script instead of sending them: a JSON list of {status, headers, json} used in
    /// order, or an object of such answers by "METHOD pattern"
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) mock: Option<PathBuf>,

    /// Send nothing: each request is shown, and answered with 200 and {}. That this is not the partner's answer is no
    /// failure; an outcome says "dryRun" in place of "delivered"
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// How often a delivery is tried again after an attempt that failed for now; 0 shows every failure as it is
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub(crate) retries: u32,

    /// How long a call may take in all, attempts and waits included: 500ms, 30s, 2m. Each request to the partner
    /// has a limit of its own besides
    #[arg(long, value_name = "DURATION", value_parser = quantity::duration)]
    pub(crate) timeout: Option<Duration>,

    /// The largest answer that is read from the partner: 500KiB, 8MiB
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = quantity::size)]
    pub(crate) max_response_bytes: usize,

    /// The largest body that is taken: 500KiB, 16MiB
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = quantity::size)]
    pub(crate) body_limit: usize,

    /// Accepted for scripts that pass it to Segment's server; here no page is opened by itself
    #[arg(short, long)]
    pub(crate) no_ui: bool,

    #[command(flatten)]
    pub(crate) logging: Logging,
}

/// What `waystation new` takes.
#[derive(Args)]
#[command(after_help = NEW_EXAMPLES)]
pub(crate) struct New {
    #[command(subcommand)]
    pub(crate) what: NewWhat,
}

#[derive(Subcommand)]
pub(crate) enum NewWhat {
    /// Write the crate of a destination into destinations/, and register it
    Destination(NewDestination),
    /// Write an action of a destination that is there
    Action(NewAction),
}

/// What `waystation new destination` takes.
#[derive(Args)]
pub(crate) struct NewDestination {
    /// Its name in addresses, and of its folder: small letters, digits and hyphens
    #[arg(value_name = "SLUG")]
    pub(crate) slug: String,

    /// What a workspace connects with
    #[arg(long, value_enum, default_value_t = Auth::Key, conflicts_with = "from_manifest")]
    pub(crate) auth: Auth,

    /// An action to begin with (repeatable)
    #[arg(
        long = "action",
        value_name = "NAME",
        default_value = "trackEvent",
        conflicts_with = "from_manifest"
    )]
    pub(crate) actions: Vec<String>,

    /// Take actions, fields, presets and the rest from a manifest: what `GET /manifest` of a server answers, or a
    /// recorded one. What people read is not taken over, and what actions do is left to write
    #[arg(long, value_name = "FILE")]
    pub(crate) from_manifest: Option<PathBuf>,
}

/// What `waystation new action` takes.
#[derive(Args)]
pub(crate) struct NewAction {
    /// The destination; `waystation list` has the names
    #[arg(value_name = "DESTINATION")]
    pub(crate) destination: String,

    /// The name of the action in addresses
    #[arg(value_name = "SLUG")]
    pub(crate) slug: String,

    /// Take its fields from the action of this name in a manifest
    #[arg(long, value_name = "FILE")]
    pub(crate) from_manifest: Option<PathBuf>,

    /// Draft its fields from an operation of an OpenAPI document (JSON): a field for each property of the body
    #[arg(
        long,
        value_name = "FILE",
        requires = "operation",
        conflicts_with = "from_manifest"
    )]
    pub(crate) from_openapi: Option<PathBuf>,

    /// The operation: its operationId, or "POST /contacts"
    #[arg(long, value_name = "NAME", requires = "from_openapi")]
    pub(crate) operation: Option<String>,
}

/// What a workspace connects with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    /// A key that is sent as a bearer token.
    Key,
    /// A user name and a password.
    Basic,
    /// Access tokens that are refreshed.
    Oauth2,
}

const NEW_EXAMPLES: &str = "\
Examples:
  Begin a destination, test it and try it:
    waystation new destination acme --auth key --action trackEvent --action upsertContact
    cargo test -p waystation-destination-acme
    cargo run -- serve --destination acme --dry-run

  Take over what another implementation declares:
    waystation new destination acme --from-manifest acme.json

  Add an action, empty or drafted from the partner's own description:
    waystation new action acme deleteContact
    waystation new action acme addContact --from-openapi acme.openapi.json --operation createContact";

/// What `waystation run` takes.
#[derive(Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct Run {
    /// The configuration; without it, waystation.toml in the working directory if there is one, else the demo.
    /// Changes take effect as they are saved, and on SIGHUP
    #[arg(short, long, value_name = "FILE", env = "WAYSTATION_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Listen here in place of what the configuration says: 0.0.0.0:8080
    #[arg(long, value_name = "HOST:PORT", env = "WAYSTATION_LISTEN")]
    pub(crate) listen: Option<ListenAddress>,

    /// How log lines look, in place of what the configuration says
    #[arg(long = "log", value_name = "FORMAT", value_enum)]
    pub(crate) log_format: Option<LogFormat>,

    /// What is logged, in place of what the configuration says
    #[arg(long = "log-level", value_name = "FILTER", env = "RUST_LOG")]
    pub(crate) log_level: Option<String>,
}

const RUN_EXAMPLES: &str = r#"Examples:
  See an event arrive, without writing a configuration:
    waystation run
    curl -sS http://127.0.0.1:8080/v1/track -u demo: -H 'content-type: application/json' \
      -d '{"userId": "user-1", "event": "Signed Up"}'

  Begin a configuration of your own from the commented reference, and check it:
    waystation validate --reference > waystation.toml
    waystation validate --config waystation.toml
    waystation run --config waystation.toml"#;

/// What `waystation health` takes.
#[derive(Args)]
pub(crate) struct Health {
    /// Where the service listens, without TLS
    #[arg(
        long,
        value_name = "URL",
        env = "WAYSTATION_HEALTH_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub(crate) url: String,

    /// Ask only whether the process answers, not whether it can take and deliver events
    #[arg(long)]
    pub(crate) live: bool,

    /// How long to wait for the answer: 500ms, 2s
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = quantity::duration)]
    pub(crate) timeout: Duration,
}

/// What can be done with a store.
#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// Find out whether a store is sound; status 0 if it is, else 1
    ///
    /// Reads everything and changes nothing: the file's own structure, every row, whether the ledger adds up, and whether
    /// rows name others that are not there. The service may run meanwhile; its write-ahead log grows until the check is
    /// done.
    Check(StoreFile),
    /// Save what can be saved of a damaged store; the service must be stopped
    ///
    /// Reads row by row around what is damaged, and writes what can be read into a new store, which takes the place of
    /// the old one. The old one stays beside it as FILE.damaged-TIME, and what was lost is listed in FILE.lost-TIME.txt:
    /// nothing is destroyed. Events that have lost what was to become of them are dead letters afterwards, to be replayed.
    /// A sound store is left alone. There must be room on the disk for a second store.
    Repair(StoreFile),
}

/// Which store.
#[derive(Args)]
pub(crate) struct StoreFile {
    /// The database file, as in `[store] path` of the configuration
    #[arg(long, value_name = "FILE", default_value = "waystation.db")]
    pub(crate) store: PathBuf,
}

const STORE_EXAMPLES: &str = "\
Examples:
  Look whether a store, or a backup of one, is sound:
    waystation store check --store /var/lib/waystation/waystation.db

  Save what can be saved, when the log says that the store is damaged:
    systemctl stop waystation
    waystation store repair --store /var/lib/waystation/waystation.db
    systemctl start waystation";

/// What `waystation validate` takes.
#[derive(Args)]
pub(crate) struct Validate {
    /// The configuration; waystation.toml in the working directory unless another is named
    #[arg(short, long, value_name = "FILE", env = "WAYSTATION_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Print what is wrong as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Print the commented reference of all settings instead
    #[arg(long, conflicts_with_all = ["json", "schema"])]
    pub(crate) reference: bool,

    /// Print the JSON schema of configurations instead, for editors
    #[arg(long, conflicts_with = "json")]
    pub(crate) schema: bool,
}

const SERVE_EXAMPLES: &str = r#"Examples:
  Serve Customer.io and send it an event:
    waystation serve --destination customerio
    curl -sS http://127.0.0.1:3000/trackEvent -H 'content-type: application/json' \
      -d '{"payload": {"type": "track", "event": "Signed Up", "userId": "user-1"},
           "settings": {"siteId": "...", "apiKey": "..."}}'

  Keep the settings out of every command, and start anew with each change of the code:
    waystation serve --destination customerio --settings settings.toml --watch

  Develop against a stand-in for the partner:
    waystation serve --destination customerio --rewrite '*=http://127.0.0.1:9000'
    waystation serve --destination customerio --mock answers.json

  Find out how failures are dealt with:
    echo '[{"status": 503}, {"status": 200, "json": {}}]' > answers.json
    waystation serve --destination customerio --mock answers.json --retries 2"#;

/// How the log is written; it goes to standard error.
#[derive(Args)]
pub(crate) struct Logging {
    /// How log lines look
    #[arg(long = "log", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) format: LogFormat,

    /// What is logged: error, warn, info, debug, trace, or a filter such as info,waystation_client=debug
    #[arg(
        long = "log-level",
        value_name = "FILTER",
        env = "RUST_LOG",
        default_value = "info"
    )]
    pub(crate) level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// An object a line, for machines.
    Json,
}

impl From<LogFormat> for waystation_config::LogFormat {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}

/// What `waystation manifest` takes.
#[derive(Args)]
pub(crate) struct Manifest {
    /// The destination; `waystation list` has the names
    #[arg(value_name = "SLUG")]
    pub(crate) destination: String,

    /// Print what the destination consists of instead: no texts for people, but which functions there are
    #[arg(long)]
    pub(crate) structure: bool,
}

/// What `waystation completions` takes.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_flags_of_the_reference_are_taken() {
        let cli = Cli::try_parse_from(["waystation", "serve", "-d", "customerio", "-n"]).unwrap();
        let Command::Serve(serve) = cli.command else {
            panic!("serve was asked for");
        };
        assert_eq!(
            (serve.destination.as_deref(), serve.retries, serve.no_ui),
            (Some("customerio"), 0, true)
        );
        assert_eq!(serve.body_limit, waystation_author::DEFAULT_BODY_LIMIT);
    }

    #[test]
    fn answers_come_from_one_place() {
        let both = ["waystation", "serve", "-d", "x", "--mock", "file", "--dry-run"];
        assert!(Cli::try_parse_from(both).is_err());
    }
}
