//! Time zones, from the IANA database that is compiled in.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use waystation_json::date::MILLIS_A_DAY;

use crate::error::Failure;
use crate::value::Text;

#[derive(Debug)]
pub(super) enum Zone<'a> {
    /// That of the process: UTC.
    Local,
    /// Minutes west of Greenwich.
    Offset(f64),
    Named(Text<'a>),
}

impl Zone<'_> {
    /// Minutes that local time is behind UTC, as JavaScript's `getTimezoneOffset` counts them.
    pub(super) fn minutes_behind_utc(&self, millis: i64) -> Result<f64, Failure> {
        Ok(match self {
            Self::Local => 0.0,
            Self::Offset(minutes) => *minutes,
            Self::Named(name) => {
                let zone = find(name).ok_or_else(|| Failure::UnknownTimeZone {
                    name: name.to_string(),
                })?;
                -f64::from(zone.to_offset(timestamp(millis)).seconds()) / 60.0
            }
        })
    }
}

fn find(name: &str) -> Option<TimeZone> {
    // Entries of the database that are no zones.
    const NO_ZONES: [&str; 4] = ["Etc/Unknown", "Factory", "localtime", "posixrules"];
    if NO_ZONES.iter().any(|other| other.eq_ignore_ascii_case(name)) {
        return None;
    }
    let short = SHORT_NAMES
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(name));
    TimeZone::get(short.map_or(name, |(_, zone)| zone)).ok()
}

/// Moves dates beyond the years that the zone rules reach by whole cycles of the calendar (400 years), in
/// which weekdays and so the rules repeat.
fn timestamp(millis: i64) -> Timestamp {
    const CYCLE: i64 = 146_097 * MILLIS_A_DAY;
    const REACH: i64 = 10 * CYCLE;
    let within = if millis.abs() <= REACH {
        millis
    } else {
        millis % CYCLE + 2 * CYCLE * millis.signum()
    };
    Timestamp::from_millisecond(within).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Old three-letter names that ICU, and with it JavaScript, still knows.
const SHORT_NAMES: [(&str, &str); 25] = [
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Maputo"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Nairobi"),
    ("ECT", "Europe/Paris"),
    ("IET", "America/Indiana/Indianapolis"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(name: &'static str, millis: i64) -> Result<f64, Failure> {
        Zone::Named(Text::Borrowed(name)).minutes_behind_utc(millis)
    }

    #[test]
    fn zones_follow_their_rules() {
        const SUMMER_2024: i64 = 1_720_000_000_000;
        const WINTER_2024: i64 = 1_705_000_000_000;
        const SUMMER_12024: i64 = SUMMER_2024 + 25 * 146_097 * MILLIS_A_DAY;
        for (name, millis, expected) in [
            ("America/New_York", SUMMER_2024, 240.0),
            ("America/New_York", WINTER_2024, 300.0),
            ("america/new_york", SUMMER_12024, 240.0),
            ("Asia/Kolkata", SUMMER_2024, -330.0),
            ("PST", SUMMER_2024, 420.0),
            ("EST", SUMMER_2024, 300.0),
            ("Etc/GMT+5", SUMMER_2024, 300.0),
        ] {
            assert_eq!(minutes(name, millis), Ok(expected), "{name} at {millis}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "America/Nowhere",
            "+02:00",
            "GMT+2",
            "CEST",
            "Factory",
            "Etc/Unknown",
            "UTC ",
        ] {
            assert!(minutes(name, 0).is_err(), "{name:?}");
        }
    }
}
