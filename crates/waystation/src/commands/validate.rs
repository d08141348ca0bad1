//! `waystation validate`

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use waystation_config::{Config, DeliveryPolicy, Faults};
use waystation_delivery::schedule;
use waystation_runtime::Registry;

use super::run::DEFAULT_CONFIG;
use crate::cli::Validate;
use crate::failure::Failure;
use crate::output;

/// How many attempts of a schedule are shown.
const MOST_SHOWN: usize = 16;

/// Checks a configuration, or prints what one may hold.
pub(crate) fn run(arguments: &Validate, registry: &Registry) -> Result<ExitCode, Failure> {
    if arguments.reference {
        output::print(waystation_config::reference())?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.schema {
        output::print(&format!("{:#}\n", waystation_config::json_schema()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = arguments.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG));
    let checked = waystation_config::load(path, registry);
    let code = match &checked {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    };
    output::print(&match arguments.json {
        true => as_json(&checked),
        false => as_text(path, &checked),
    })?;
    Ok(code)
}

fn as_json(checked: &Result<Config, Faults>) -> String {
    let faults = match checked {
        Ok(config) => &config.warnings,
        Err(faults) => faults,
    };
    let told = json!({"valid": checked.is_ok(), "faults": faults.iter().collect::<Vec<_>>()});
    format!("{told:#}\n")
}

/// When a delivery of a connection is tried that fails each time.
fn schedule(connection: &str, policy: &DeliveryPolicy) -> String {
    let attempts = schedule::attempts(policy);
    let shown = attempts.iter().take(MOST_SHOWN).map(|at| moment(*at));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let rest = if attempts.len() > MOST_SHOWN { ", ..." } else { "" };
    let all = attempts.len();
    format!("{connection}: what fails each time is tried after {shown}{rest} ({all} attempts)\n")
}

/// A time after the acceptance, in its two largest units.
fn moment(at: Duration) -> String {
    if at < Duration::from_secs(1) && !at.is_zero() {
        return format!("{}ms", at.as_millis());
    }
    let seconds = at.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let known = parts.into_iter().skip_while(|(count, _)| *count == 0).take(2);
    let told: String = known
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if told.is_empty() { "0s".to_owned() } else { told }
}

fn as_text(path: &Path, checked: &Result<Config, Faults>) -> String {
    match checked {
        Ok(config) => {
            let warnings: String = config
                .warnings
                .iter()
                .map(|fault| format!("{fault}\n\n"))
                .collect();
            let schedules: String = config
                .connections
                .iter()
                .map(|connection| schedule(&connection.name, &connection.policy))
                .collect();
            format!(
                "{warnings}{}: no faults; {} sources, {} connections\n{schedules}",
                path.display(),
                config.sources.len(),
                config.connections.len()
            )
        }
        Err(faults) => format!("{faults}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_schedule_is_told_in_a_line() {
        assert_eq!(
            schedule("crm", &DeliveryPolicy::default()),
            "crm: what fails each time is tried after 0s, 1s, 3s, 7s, 17s, 57s, 3m37s, 14m17s, 56m57s, 3h47m, 4h \
             (11 attempts)\n"
        );
    }

    #[test]
    fn a_long_schedule_is_cut_and_says_so() {
        let policy = DeliveryPolicy {
            first_return: Duration::from_millis(1),
            longest_return: Duration::from_millis(1),
            ..DeliveryPolicy::default()
        };
        let told = schedule("crm", &policy);
        assert!(told.ends_with(", ... (100 attempts)\n"), "{told}");
    }

    #[test]
    fn moments_have_two_units_at_most() {
        let told = |millis| moment(Duration::from_millis(millis));
        assert_eq!(
            [250, 90_000_000, 86_405_000, 3_661_000].map(told),
            ["250ms", "1d1h", "1d", "1h1m"]
        );
    }
}
