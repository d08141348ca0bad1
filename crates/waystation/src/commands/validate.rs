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
    let lacking = checked.as_ref().ok().and_then(lacking);
    let code = match (&checked, lacking) {
        (Ok(_), None) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    };
    output::print(&match arguments.json {
        true => as_json(&checked, lacking),
        false => as_text(path, &checked, lacking),
    })?;
    Ok(code)
}

/// What a configuration asks for and this program was built without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lacking {
    setting: &'static str,
    message: &'static str,
    hint: &'static str,
}

const WITHOUT_OTLP: Lacking = Lacking {
    setting: "telemetry.otlp",
    message: "this program was built without the feature \"otlp\", and cannot export to a collector",
    hint: "build it with --features otlp, or leave the section out",
};

/// What `waystation run` would refuse although nothing is wrong with the configuration itself.
fn lacking(config: &Config) -> Option<Lacking> {
    (config.telemetry.otlp.is_some() && cfg!(not(feature = "otlp"))).then_some(WITHOUT_OTLP)
}

fn as_json(checked: &Result<Config, Faults>, lacking: Option<Lacking>) -> String {
    let faults = match checked {
        Ok(config) => &config.warnings,
        Err(faults) => faults,
    };
    let mut faults: Vec<_> = faults.iter().map(|fault| json!(fault)).collect();
    faults.extend(lacking.map(|lacking| {
        json!({
            "severity": "error",
            "code": "not_built_in",
            "message": lacking.message,
            "hint": lacking.hint,
            "place": {"setting": lacking.setting},
        })
    }));
    let is_valid = checked.is_ok() && lacking.is_none();
    let told = json!({"valid": is_valid, "faults": faults});
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

fn as_text(path: &Path, checked: &Result<Config, Faults>, lacking: Option<Lacking>) -> String {
    if let Some(Lacking {
        setting,
        message,
        hint,
    }) = lacking
    {
        return format!("error: {}: {setting}: {message}\n hint: {hint}\n", path.display());
    }
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

    fn checked(text: &str) -> Result<Config, Faults> {
        let registry = Registry::new(waystation_destinations::all()).unwrap();
        waystation_config::Loader::new(&registry).parse("waystation.toml", text)
    }

    #[test]
    fn what_run_would_refuse_is_no_valid_configuration() {
        let plain = checked("sources.web.write_keys = [\"key\"]\n");
        assert_eq!(plain.as_ref().ok().and_then(lacking), None);
        let exporting =
            "sources.web.write_keys = [\"key\"]\ntelemetry.otlp.endpoint = \"http://localhost:4318\"\n";
        let exporting = checked(exporting);
        let lacks = exporting.as_ref().ok().and_then(lacking);
        assert_eq!(lacks.is_none(), cfg!(feature = "otlp"));
        let text = as_text(Path::new("waystation.toml"), &exporting, Some(WITHOUT_OTLP));
        assert!(
            text.contains("telemetry.otlp") && text.contains("--features otlp"),
            "{text}"
        );
        let json: serde_json::Value = serde_json::from_str(&as_json(&exporting, Some(WITHOUT_OTLP))).unwrap();
        assert_eq!(json["valid"], false);
        let faults = json["faults"].as_array().unwrap();
        assert!(
            faults.iter().any(|fault| fault["code"] == "not_built_in"),
            "{json}"
        );
    }
}
