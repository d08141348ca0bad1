//! Durations and sizes as people write them.
//!
//! ```
//! use std::time::Duration;
//! use waystation_config::quantity;
//!
//! assert_eq!(quantity::duration("1.5h"), Ok(Duration::from_secs(5_400)));
//! assert_eq!(quantity::size("500KiB"), Ok(512_000));
//! assert_eq!(quantity::duration("soon").unwrap_err().to_string(), "\"soon\" does not begin with a number");
//! ```

use std::time::Duration;

/// The longest duration: ten years. More is a typing mistake, and would overflow points in time.
const LONGEST: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

/// Why a text is no duration or size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// There is no number in front.
    #[error("\"{0}\" does not begin with a number")]
    NoNumber(String),
    /// The word behind the number means no duration.
    #[error("\"{0}\" is no unit of time: use ms, s, m, h or d")]
    UnitOfTime(String),
    /// The word behind the number means no size.
    #[error("\"{0}\" is no unit of size: use KiB, MiB, GiB or TiB")]
    UnitOfSize(String),
    /// Nothing, or more than ten years.
    #[error("a duration must be more than nothing, and at most ten years")]
    Duration,
    /// Nothing, or more than any machine has.
    #[error("a size must be at least a byte, and within reason")]
    Size,
}

/// Reads `500ms`, `30s`, `2m`, `4h`, `7d`; a number alone counts seconds.
///
/// # Errors
/// It cannot be read, is nothing or more than ten years.
pub fn duration(text: &str) -> Result<Duration, QuantityError> {
    match duration_or_none(text)? {
        Duration::ZERO => Err(QuantityError::Duration),
        duration => Ok(duration),
    }
}

/// Reads a duration that may be nothing: `0s`.
///
/// # Errors
/// It cannot be read, or is more than ten years.
pub fn duration_or_none(text: &str) -> Result<Duration, QuantityError> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "ms" => number / 1_000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3_600.0,
        "d" => number * 86_400.0,
        unit => return Err(QuantityError::UnitOfTime(unit.to_owned())),
    };
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| *duration <= LONGEST)
        .ok_or(QuantityError::Duration)
}

/// The duration in the largest unit that takes it whole: `90s`, `4h`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let millis = duration.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let whole = units
        .into_iter()
        .find(|(_, length)| millis >= *length && millis.is_multiple_of(*length));
    match whole {
        Some((unit, length)) => format!("{}{unit}", millis / length),
        None if millis == 0 => "0s".to_owned(),
        None => format!("{millis}ms"),
    }
}

/// Reads `500KiB`, `16MiB`, `10GiB`; a number alone counts bytes. `KB` and `K` mean `KiB` as well.
///
/// # Errors
/// It cannot be read, is nothing or beyond all machines.
pub fn size(text: &str) -> Result<usize, QuantityError> {
    let (number, unit) = split(text)?;
    let power = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        _ => return Err(QuantityError::UnitOfSize(unit.to_owned())),
    };
    let bytes = (number * 1024_f64.powi(power)).round();
    if !(1.0..=1e15).contains(&bytes) {
        return Err(QuantityError::Size);
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked just before"
    )]
    Ok(bytes as usize)
}

/// The size in the largest unit that takes it whole: `500KiB`, `10GiB`.
#[must_use]
pub fn size_text(bytes: usize) -> String {
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let whole = units
        .into_iter()
        .find(|(_, power)| bytes > 0 && bytes.is_multiple_of(1 << power));
    match whole {
        Some((unit, power)) => format!("{}{unit}", bytes >> power),
        None => bytes.to_string(),
    }
}

fn split(text: &str) -> Result<(f64, &str), QuantityError> {
    let text = text.trim();
    let end = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number = number
        .parse()
        .map_err(|_| QuantityError::NoNumber(text.to_owned()))?;
    Ok((number, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, millis) in [
            ("500ms", 500),
            ("1.5 s", 1_500),
            ("2", 2_000),
            ("2m", 120_000),
            ("4h", 14_400_000),
            ("7d", 604_800_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in [
            "",
            "s",
            "0",
            "-1s",
            "5w",
            "1e3",
            "5000d",
            "9999999999999999999999m",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration_or_none("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn durations_are_written_as_they_are_read() {
        for text in ["0s", "1ms", "1500ms", "90s", "15m", "4h", "7d"] {
            assert_eq!(duration_or_none(text).map(duration_text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for text in ["1", "1023", "500KiB", "1025KiB", "16MiB", "10GiB", "2TiB"] {
            assert_eq!(size(text).map(size_text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("16MiB", 16 << 20),
            ("1k", 1024),
            ("100", 100),
            ("10GiB", 10 << 30),
            ("2tb", 2 << 40),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "MiB", "0", "-1", "5PB", "1..2", "99999TiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
