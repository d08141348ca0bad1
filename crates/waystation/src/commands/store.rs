//! `waystation store check`, `waystation store repair`

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use waystation_queue::maintenance::{self, Checked, CheckedTable, Finding, Repaired, RepairedTable};

use crate::cli::{StoreCommand, StoreFile};
use crate::failure::Failure;
use crate::output;

/// How many stretches of unreadable rows are told of a table.
const MOST_STRETCHES: usize = 5;

/// Looks after a store.
pub(crate) fn run(command: &StoreCommand) -> Result<ExitCode, Failure> {
    match command {
        StoreCommand::Check(StoreFile { store }) => check(store),
        StoreCommand::Repair(StoreFile { store }) => repair(store),
    }
}

fn check(path: &Path) -> Result<ExitCode, Failure> {
    let checked = maintenance::check(path)?;
    output::print(&told(path, &checked))?;
    Ok(match checked.is_sound() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn repair(path: &Path) -> Result<ExitCode, Failure> {
    let repaired = maintenance::repair(path)?;
    output::print(&match repaired {
        Repaired::WasSound => format!("{}: the store is sound; nothing was changed\n", path.display()),
        Repaired::Renewed {
            tables,
            revived,
            old,
            list,
        } => renewed(path, &tables, revived, &old, &list),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What a check found, for people.
fn told(path: &Path, checked: &Checked) -> String {
    let mut text = format!("{}: layout {}\n\n", path.display(), checked.version);
    let _ = writeln!(text, "  {:<14} {:>12}  cannot be read", "table", "rows");
    for table in &checked.tables {
        let _ = writeln!(
            text,
            "  {:<14} {:>12}  {}",
            table.name,
            table.rows,
            unreadable(table)
        );
    }
    text.push('\n');
    for finding in &checked.findings {
        let (what, examples) = described(finding);
        let _ = writeln!(text, "{what}");
        for example in examples {
            for line in example.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    if checked.is_sound() {
        text.push_str("The store is sound.\n");
    } else {
        let _ = write!(
            text,
            "\nThe store is not sound. Stop the service, then save what can be saved:\n  \
             waystation store repair --store {}\n",
            path.display()
        );
    }
    text
}

fn unreadable(table: &CheckedTable) -> String {
    if table.reason.is_none() {
        return "-".to_owned();
    }
    let stretches = table.unreadable.iter().take(MOST_STRETCHES);
    let mut stretches: Vec<String> = stretches
        .map(|(from, to)| match from == to {
            true => from.to_string(),
            false => format!("{from} to {to}"),
        })
        .collect();
    if table.unreadable.len() > MOST_STRETCHES {
        stretches.push("...".to_owned());
    }
    match stretches.is_empty() {
        true => "some".to_owned(),
        false => stretches.join(", "),
    }
}

fn described(finding: &Finding) -> (String, &[String]) {
    match finding {
        Finding::Structure { count, examples } => (format!("{count} faults of the file itself:"), examples),
        Finding::Ledger { count, examples } => {
            (format!("{count} counts of the ledger do not add up:"), examples)
        }
        Finding::References { count, examples } => {
            (format!("{count} rows name others that are not there:"), examples)
        }
        Finding::Unreadable { table, reason } => (format!("Rows of {table} cannot be read: {reason}"), &[]),
    }
}

/// What a repair kept and lost, for people.
fn renewed(path: &Path, tables: &[RepairedTable], revived: u64, old: &Path, list: &Path) -> String {
    let mut text = format!("{}: repaired\n\n", path.display());
    let _ = writeln!(text, "  {:<14} {:>12} {:>12}", "table", "kept", "lost");
    for table in tables {
        let more = if table.may_be_more { " or more" } else { "" };
        let _ = writeln!(
            text,
            "  {:<14} {:>12} {:>12}{more}",
            table.name, table.kept, table.lost
        );
    }
    let _ = write!(
        text,
        "\nThe damaged store is kept as {}\nWhat was lost is listed in {}\n",
        old.display(),
        list.display()
    );
    if revived > 0 {
        let _ = write!(
            text,
            "{revived} events have lost what was to become of them, and are dead letters with the error type \
             STORE_DAMAGED.\nSome may have been delivered: look at them before you replay them.\n"
        );
    }
    text.push_str("Start the service again.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &'static str, rows: u64, unreadable: &[(i64, i64)]) -> CheckedTable {
        CheckedTable {
            name,
            rows,
            unreadable: unreadable.to_vec(),
            reason: (!unreadable.is_empty()).then(|| "malformed".to_owned()),
        }
    }

    #[test]
    fn a_check_says_what_is_wrong_and_what_to_do() {
        let checked = Checked {
            version: 2,
            tables: vec![table("events", 56, &[(31, 34), (40, 40)]), table("kept", 1, &[])],
            findings: vec![
                Finding::Structure {
                    count: 1,
                    examples: vec!["Tree 5 page 17: btreeInitPage() returns error code 11".to_owned()],
                },
                Finding::Unreadable {
                    table: "events",
                    reason: "malformed".to_owned(),
                },
            ],
        };
        let text = told(Path::new("waystation.db"), &checked);
        assert_eq!(
            text,
            "waystation.db: layout 2\n\n  table                  rows  cannot be read\n  \
             events                   56  31 to 34, 40\n  kept                      1  -\n\n\
             1 faults of the file itself:\n  Tree 5 page 17: btreeInitPage() returns error code 11\n\
             Rows of events cannot be read: malformed\n\n\
             The store is not sound. Stop the service, then save what can be saved:\n  waystation store repair --store \
             waystation.db\n"
        );
    }

    #[test]
    fn a_repair_says_what_was_kept_and_lost_and_where_the_rest_is() {
        let lost = RepairedTable {
            name: "events",
            kept: 56,
            lost: 4,
            may_be_more: true,
        };
        let text = renewed(
            Path::new("waystation.db"),
            &[lost],
            2,
            Path::new("waystation.db.damaged-1"),
            Path::new("waystation.db.lost-1.txt"),
        );
        for part in [
            "56            4 or more",
            "waystation.db.damaged-1",
            "2 events have lost",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
}
