//! What is logged: a filter, which can be changed while the program runs.

use std::fmt;

use tracing_subscriber::{EnvFilter, reload};

use super::LogError;

/// What watches files and logs each event: with the log beside the configuration, each line would lead to the next.
const OWN_WATCH: [&str; 2] = ["notify=warn", "mio=info"];

/// Decides what is logged while the program runs.
pub struct FilterControl(pub(super) Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

impl FilterControl {
    /// Logs what another filter lets through from now on.
    ///
    /// # Errors
    /// The filter is not one; the one before stays.
    pub fn set(&self, filter: &str) -> Result<(), LogError> {
        Ok(self.0(parse(filter)?)?)
    }
}

impl fmt::Debug for FilterControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FilterControl")
    }
}

pub(super) fn parse(filter: &str) -> Result<EnvFilter, LogError> {
    let parsed = EnvFilter::try_new(filter).map_err(|problem| LogError::Filter {
        filter: filter.to_owned(),
        problem,
    })?;
    let quiet = OWN_WATCH.iter().filter(|directive| {
        let target = directive.split('=').next().unwrap_or_default();
        !filter.contains(target)
    });
    Ok(quiet
        .filter_map(|directive| directive.parse().ok())
        .fold(parsed, EnvFilter::add_directive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_none_is_told() {
        let error = parse("info=loud=x").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the log filter \"info=loud=x\" cannot be used"),
            "{error}"
        );
    }
}
