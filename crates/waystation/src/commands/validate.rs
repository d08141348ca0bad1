//! `waystation validate`

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use waystation_config::{Config, Faults};
use waystation_runtime::Registry;

use super::run::DEFAULT_CONFIG;
use crate::cli::Validate;
use crate::failure::Failure;
use crate::output;

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

fn as_text(path: &Path, checked: &Result<Config, Faults>) -> String {
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
