//! Durations and sizes as people write them.

use std::time::Duration;

/// Reads `500ms`, `30s`, `2m`; a number alone counts seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "ms" => number / 1_000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        unit => return Err(format!("\"{unit}\" is no unit of time: use ms, s or m")),
    };
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "a duration must be more than nothing, and within reason".to_owned())
}

/// Reads `500KiB`, `16MiB`, `1GiB`; a number alone counts bytes.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        unit => return Err(format!("\"{unit}\" is no unit of size: use KiB, MiB or GiB")),
    };
    let bytes = (number * factor).round();
    if !(1.0..=1e15).contains(&bytes) {
        return Err("a size must be at least a byte, and within reason".to_owned());
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked just before"
    )]
    Ok(bytes as usize)
}

fn split(text: &str) -> Result<(f64, &str), String> {
    let text = text.trim();
    let end = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number = number
        .parse()
        .map_err(|_| format!("\"{text}\" does not begin with a number"))?;
    Ok((number, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5 s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "0", "-1s", "5h", "1e3", "9999999999999999999999m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("16MiB"), Ok(16 << 20));
        assert_eq!(size("1k"), Ok(1024));
        assert_eq!(size("100"), Ok(100));
        for wrong in ["", "MiB", "0", "-1", "5TB", "1..2"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
