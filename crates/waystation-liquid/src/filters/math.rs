//! Arithmetic on 64-bit floats.

use super::{Arguments, Filtered};
use crate::error::Failure;
use crate::value::{Value, to_number};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MathFilter {
    Abs,
    AtLeast,
    AtMost,
    Ceil,
    DividedBy,
    Floor,
    Minus,
    Modulo,
    Plus,
    Round,
    Times,
    ToInteger,
}

impl MathFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "abs" => Self::Abs,
            "at_least" => Self::AtLeast,
            "at_most" => Self::AtMost,
            "ceil" => Self::Ceil,
            "divided_by" => Self::DividedBy,
            "floor" => Self::Floor,
            "minus" => Self::Minus,
            "modulo" => Self::Modulo,
            "plus" => Self::Plus,
            "round" => Self::Round,
            "times" => Self::Times,
            "to_integer" => Self::ToInteger,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let number = to_number(input, arguments.budget)?;
        if self == Self::ToInteger {
            // Despite its name, it keeps fractions, and what is no number stays NaN.
            return Ok(Value::Number(number));
        }
        let number = or_zero(number);
        Ok(Value::Number(match self {
            Self::Abs => number.abs(),
            Self::AtLeast => fold(number, arguments, max)?,
            Self::AtMost => fold(number, arguments, |a, b| -max(-a, -b))?,
            Self::Ceil => number.ceil(),
            Self::Floor => number.floor(),
            Self::DividedBy => divide(number, arguments)?,
            Self::Minus => number - second(0, arguments)?,
            Self::Modulo => {
                let divisor = second(0, arguments)?;
                (number % divisor + divisor) % divisor
            }
            Self::Plus => number + second(0, arguments)?,
            Self::Round => {
                let places = if arguments.values.is_empty() {
                    0.0
                } else {
                    second(0, arguments)?
                };
                round(number, places)
            }
            Self::Times => number * second(0, arguments)?,
            Self::ToInteger => number,
        }))
    }
}

/// NaN counts as 0.
fn or_zero(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number }
}

/// An argument as a number. One that was not given at all is NaN.
fn second(index: usize, arguments: &mut Arguments<'_, '_>) -> Result<f64, Failure> {
    match arguments.values.get(index) {
        Some(value) => Ok(or_zero(to_number(value, arguments.budget)?)),
        None => Ok(f64::NAN),
    }
}

fn fold(
    number: f64,
    arguments: &mut Arguments<'_, '_>,
    choose: impl Fn(f64, f64) -> f64,
) -> Result<f64, Failure> {
    (0..arguments.values.len()).try_fold(number, |chosen, index| {
        Ok(choose(chosen, second(index, arguments)?))
    })
}

/// `Math.max` of two numbers.
fn max(left: f64, right: f64) -> f64 {
    if left > right || (left == right && left.is_sign_positive()) {
        left
    } else {
        right
    }
}

/// With a second argument that is not 0, the quotient is rounded down.
fn divide(number: f64, arguments: &mut Arguments<'_, '_>) -> Result<f64, Failure> {
    let quotient = number / second(0, arguments)?;
    let rounds_down = arguments.values.len() > 1 && second(1, arguments)? != 0.0;
    Ok(if rounds_down { quotient.floor() } else { quotient })
}

/// Half up at a decimal place, after a nudge that makes up for decimals a float cannot hold (1.005).
fn round(number: f64, places: f64) -> f64 {
    let scale = power_of_ten(places);
    round_half_up(number * scale * (1.0 + f64::EPSILON)) / scale
}

/// Exact where floats allow it. V8's `Math.pow` is off in the last digit for -4 and -5, and so its rounding
/// to ten thousands; this one is not.
fn power_of_ten(exponent: f64) -> f64 {
    const MOST_EXACT: f64 = 22.0;
    if exponent.fract() != 0.0 || exponent.abs() > MOST_EXACT {
        return 10_f64.powf(exponent);
    }
    let power = (0..super::to_index(exponent.abs())).fold(1.0, |power, _| power * 10.0);
    if exponent < 0.0 { 1.0 / power } else { power }
}

/// `Math.round`.
fn round_half_up(number: f64) -> f64 {
    let floor = number.floor();
    let rounded = if number - floor >= 0.5 { floor + 1.0 } else { floor };
    rounded.copysign(number)
}
