//! Whole numbers in bodies, as JSON Schema has them: `5.0` and `5e0` are the number 5.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Number;

/// A whole number that has to be there.
///
/// # Errors
/// It is something else, or `T` does not hold it.
pub(crate) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    read(&Number::deserialize(deserializer)?).map(Some)
}

/// A whole number, or null.
///
/// # Errors
/// It is something else, or `T` does not hold it.
pub(crate) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    let number = Option::<Number>::deserialize(deserializer)?;
    number.map(|number| read(&number)).transpose()
}

fn read<E: Error, T: TryFrom<u64>>(number: &Number) -> Result<T, E> {
    let whole = number.as_u64().or_else(|| whole_float(number.as_f64()?));
    let fitting = whole.and_then(|whole| T::try_from(whole).ok());
    fitting.ok_or_else(|| E::custom(format!("{number} is not a whole number that fits here")))
}

fn whole_float(float: f64) -> Option<u64> {
    let whole = (float.fract() == 0.0).then(|| format!("{float:.0}"))?;
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        #[serde(default, deserialize_with = "super::some")]
        id: Option<u64>,
        #[serde(default, deserialize_with = "super::optional")]
        status: Option<u16>,
    }

    fn read(body: Value) -> Option<(Option<u64>, Option<u16>)> {
        let body: Body = serde_json::from_value(body).ok()?;
        Some((body.id, body.status))
    }

    #[test]
    fn numbers_with_nothing_behind_the_point_are_whole() {
        for (body, read_as) in [
            (json!({"id": 5.0, "status": 4e2}), Some((Some(5), Some(400)))),
            (
                json!({"id": u64::MAX, "status": null}),
                Some((Some(u64::MAX), None)),
            ),
            (json!({}), Some((None, None))),
            (json!({"id": null}), None),
            (json!({"id": 5.5}), None),
            (json!({"id": -1}), None),
            (json!({"id": 1e300}), None),
            (json!({"status": 65536}), None),
            (json!({"status": "400"}), None),
        ] {
            assert_eq!(read(body.clone()), read_as, "{body}");
        }
    }
}
