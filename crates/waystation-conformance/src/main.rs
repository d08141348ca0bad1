//! `cargo run -p waystation-conformance -- PATH...`

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use waystation_conformance::{
    areas,
    areas::StageError,
    corpus,
    corpus::CorpusError,
    differences::Differences,
    report,
    run::{FileOutcome, run_file},
};

/// Runs recorded cases against the real code and counts which of them hold.
///
/// A file's folder names its area: `.../fql/cases.jsonl` is run by the subscription language, wherever it
/// lies. Files of areas that do not exist yet are reported as skipped, never as passed.
#[derive(Debug, Parser)]
#[command(name = "waystation-conformance", after_help = AFTER_HELP)]
struct Arguments {
    /// Files (.jsonl) or folders of cases [default: tests/conformance]
    paths: Vec<PathBuf>,

    /// Show what differs in every failing case
    #[arg(long)]
    failures: bool,

    /// Print the counts as JSON; with --failures, the failing cases too
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  waystation-conformance                           run everything that was recorded
  waystation-conformance tests/conformance/fql     run one area
  waystation-conformance --failures held-out/fql/cases.jsonl

Each file gets a line `name passed/total (core p/t, quirk p/t)`; the last line is
`total passed/total core passed/total`. Cases listed in tests/conformance/differences.jsonl are held
against the expectation given there, and counted as `different by design`.

Exit status: 0 when every core case passed, 1 when one did not, 2 when no case was run: the cases could not be read, or
each was skipped.";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcomes = match run(&arguments.paths) {
        Ok(outcomes) => outcomes,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let report = if arguments.json {
        format!("{:#}\n", report::as_json(&outcomes, arguments.failures))
    } else {
        report::text(&outcomes, arguments.failures)
    };
    // A reader that has seen enough, such as `head`, may have closed the pipe.
    let _ = io::stdout().write_all(report.as_bytes());
    if outcomes.iter().all(FileOutcome::is_empty) {
        eprintln!("error: no case was run; the lines above say why each was skipped");
        return ExitCode::from(2);
    }
    ExitCode::from(u8::from(outcomes.iter().any(FileOutcome::is_broken)))
}

/// Why nothing was run.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Stage(#[from] StageError),
}

fn run(paths: &[PathBuf]) -> Result<Vec<FileOutcome>, Failure> {
    let default = corpus::default_folder();
    let differences = match &default {
        Ok(folder) => Differences::read_from(folder)?,
        Err(_) => Differences::default(),
    };
    let files = if paths.is_empty() {
        corpus::find(&[default?])?
    } else {
        corpus::find(paths)?
    };
    let areas = areas::all()?;
    let outcomes = files.iter().map(|file| run_file(file, &areas, &differences));
    Ok(outcomes.collect::<Result<_, _>>()?)
}
