//! Comparing the requests that the partner saw.

use serde_json::{Value, json};

use super::deviations::Deviations;
use crate::Mismatch;
use crate::compare::json_equal;

/// Which of the recorded token requests were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::areas::runtime) enum TokenRequests {
    /// All of them.
    AsRecorded,
    /// All but the last, which nothing followed.
    LastSpared,
}

pub(in crate::areas::runtime) fn compare(
    expected: &[Value],
    actual: &[Value],
    deviations: Deviations,
) -> Result<TokenRequests, Mismatch> {
    let (needed, token_requests) = match expected.split_last() {
        Some((last, others))
            if deviations.waste && asks_for_tokens(last) && !actual_reaches(actual, expected) =>
        {
            (others, TokenRequests::LastSpared)
        }
        _ => (expected, TokenRequests::AsRecorded),
    };
    let comparison = Comparison { deviations, actual };
    if comparison.holds(needed) {
        return Ok(token_requests);
    }
    Err(Mismatch {
        expected: json!({"requests": expected}),
        actual: json!({"requests": actual}),
    })
}

fn actual_reaches(actual: &[Value], expected: &[Value]) -> bool {
    actual.len() >= expected.len()
}

fn asks_for_tokens(request: &Value) -> bool {
    request["method"] == "POST" && request["url"].as_str().is_some_and(|url| url.ends_with("/token"))
}

struct Comparison<'a> {
    deviations: Deviations,
    actual: &'a [Value],
}

impl Comparison<'_> {
    /// Gives each recorded request one of ours; those that are left over must have been unnecessary.
    fn holds(&self, expected: &[Value]) -> bool {
        let mut open: Vec<usize> = (0..self.actual.len()).collect();
        for request in expected {
            let candidates = if self.deviations.unordered {
                open.len()
            } else {
                open.len().min(1)
            };
            let fitting = open[..candidates]
                .iter()
                .position(|place| self.fits(request, *place));
            match fitting {
                Some(position) => drop(open.remove(position)),
                None if self.deviations.duplicate && self.is_repetition(request) => {}
                None => return false,
            }
        }
        open.is_empty()
    }

    /// Whether our request in this place is the recorded one, or all of it that had not succeeded before.
    fn fits(&self, expected: &Value, place: usize) -> bool {
        let actual = &self.actual[place];
        if json_equal(expected, actual) {
            return true;
        }
        let earlier: Vec<&Value> = self.actual[..place]
            .iter()
            .map(|request| &request["json"])
            .collect();
        self.deviations.duplicate
            && ["method", "url", "headers"]
                .iter()
                .all(|key| expected[key] == actual[key])
            && is_rest(&expected["json"], &actual["json"], &earlier)
    }

    /// Whether we sent the same before, with whatever credentials.
    fn is_repetition(&self, request: &Value) -> bool {
        let same = |other: &Value| {
            ["method", "url", "json", "text"]
                .iter()
                .all(|key| json_equal(&request[key], &other[key]))
        };
        self.actual.iter().any(same)
    }
}

/// Whether a body is the recorded one without list items that an earlier body carried.
fn is_rest(expected: &Value, actual: &Value, earlier: &[&Value]) -> bool {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| {
                    let earlier: Vec<&Value> = earlier.iter().filter_map(|body| body.get(key)).collect();
                    right
                        .get(key)
                        .is_some_and(|other| is_rest(value, other, &earlier))
                })
        }
        (Value::Array(left), Value::Array(right)) => {
            let mut kept = right.iter().peekable();
            let carried = |item: &Value| {
                let lists = earlier.iter().filter_map(|body| body.as_array());
                lists.flatten().any(|other| json_equal(item, other))
            };
            left.iter().all(|item| match kept.peek() {
                Some(next) if json_equal(item, next) => kept.next().is_some(),
                _ => carried(item),
            }) && kept.peek().is_none()
        }
        _ => json_equal(expected, actual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(token: &str, path: &str, items: &Value) -> Value {
        let url = format!("https://probe.test{path}");
        json!({"method": "POST", "url": url, "headers": {"authorization": token}, "json": {"items": items}})
    }

    fn holds(tags: &[&str], expected: &[Value], actual: &[Value]) -> Option<TokenRequests> {
        compare(expected, actual, Deviations::of(&json!({"tags": tags}))).ok()
    }

    #[test]
    fn only_the_last_token_request_may_be_spared() {
        let (call, token) = (post("a", "/echo", &json!([])), post("", "/token", &json!([])));
        let recorded = [call.clone(), token.clone(), call.clone(), token.clone()];
        assert_eq!(
            holds(&["waste"], &recorded, &recorded),
            Some(TokenRequests::AsRecorded)
        );
        assert_eq!(
            holds(&["waste"], &recorded, &recorded[..3]),
            Some(TokenRequests::LastSpared)
        );
        assert_eq!(holds(&["waste"], &recorded, &recorded[..2]), None);
        assert_eq!(holds(&[], &recorded, &recorded[..3]), None);
        assert_eq!(holds(&["waste"], &recorded[..3], &recorded[..2]), None);
    }

    #[test]
    fn what_had_succeeded_need_not_be_sent_again() {
        let first = post("a", "/batch", &json!([1, 2]));
        let again = post("b", "/batch", &json!([1, 2]));
        let rest = post("b", "/batch", &json!([2]));
        let recorded = [first.clone(), again.clone()];
        assert!(holds(&["duplicate"], &recorded, &[first.clone(), rest.clone()]).is_some());
        assert!(holds(&[], &recorded, &[first.clone(), rest.clone()]).is_none());
        assert!(
            holds(&["duplicate"], &recorded, &[rest, again]).is_none(),
            "item 1 was never sent"
        );
        let other = post("b", "/other", &json!([1, 2]));
        assert!(
            holds(&["duplicate"], &[first.clone(), other], &[first]).is_none(),
            "never sent at all"
        );
    }

    #[test]
    fn order_counts_unless_requests_were_sent_at_the_same_time() {
        let (one, two) = (post("a", "/one", &json!([])), post("a", "/two", &json!([])));
        let recorded = [one.clone(), two.clone()];
        let swapped = [two, one.clone()];
        assert!(holds(&[], &recorded, &swapped).is_none());
        assert!(holds(&["unordered"], &recorded, &swapped).is_some());
        assert!(holds(&["unordered"], &recorded, &[one.clone(), one]).is_none());
    }
}
