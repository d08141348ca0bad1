//! Points in time as the service writes them.

use std::ops::Deref;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A point in time in an answer: ISO 8601, or milliseconds since 1970 where it lies beyond the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Deref for Moment {
    type Target = Timestamp;

    fn deref(&self) -> &Timestamp {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match (text.parse(), text.parse::<i64>()) {
            (Ok(timestamp), _) => Ok(Self(timestamp)),
            (Err(_), Ok(_)) => Ok(Self(Timestamp::MAX)),
            (Err(error), Err(_)) => Err(D::Error::custom(error)),
        }
    }
}
