//! `waystation validate`

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use waystation_config::{Config, Faults};

use super::run::DEFAULT_CONFIG;
use crate::cli::Validate;
use crate::failure::Failure;
use crate::output;

/// Checks a configuration, or prints what one may hold.
pub(crate) fn run(arguments: &Validate) -> Result<ExitCode, Failure> {
    if arguments.reference {
        output::print(waystation_config::reference())?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.schema {
        output::print(&format!("{:#}\n", waystation_config::json_schema()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = arguments.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG));
    let checked = waystation_config::load(path, &super::registry()?);
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
            format!(
                "{warnings}{}: no faults; {} sources, {} connections\n",
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

    fn checked(text: &str) -> Result<Config, Faults> {
        let registry = crate::commands::registry().unwrap();
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
