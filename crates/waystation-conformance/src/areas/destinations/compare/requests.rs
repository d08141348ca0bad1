//! Comparing the requests that the partner saw.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use waystation_kit::request::OutgoingRequest;

use super::values::Values;
use crate::Mismatch;

/// What a leftover of the peer looks like in a form, and in the header of a token refresh.
const UNDEFINED: &str = "undefined";
const BEARER_UNDEFINED: &str = "Bearer undefined";

/// Compares requests in order, or as a set if they were sent at the same time.
pub(super) fn compare(
    expected: &[Value],
    unordered: bool,
    actual: &[OutgoingRequest],
) -> Result<(), Mismatch> {
    let values = Values::new(&Value::Null, &[]);
    let mut open: Vec<&OutgoingRequest> = actual.iter().collect();
    for request in expected {
        let candidates = if unordered { open.len() } else { open.len().min(1) };
        let fitting = open[..candidates].iter().position(|candidate| {
            let (expected, actual) = compared(request, candidate);
            values.equal(&expected, &actual)
        });
        match fitting {
            Some(place) => drop(open.remove(place)),
            None => return Err(mismatch(expected, actual)),
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(mismatch(expected, actual))
    }
}

fn mismatch(expected: &[Value], actual: &[OutgoingRequest]) -> Mismatch {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for place in 0..expected.len().max(actual.len()) {
        match (expected.get(place), actual.get(place)) {
            (Some(recorded), Some(request)) => {
                let (recorded, request) = compared(recorded, request);
                left.push(recorded);
                right.push(request);
            }
            (Some(recorded), None) => left.push(recorded.clone()),
            (None, Some(request)) => right.push(compared(&json!({"body": null}), request).1),
            (None, None) => {}
        }
    }
    Mismatch {
        expected: json!({"requests": left}),
        actual: json!({"requests": right}),
    }
}

/// Both requests in the form in which they are compared.
fn compared(recorded: &Value, request: &OutgoingRequest) -> (Value, Value) {
    let (recorded_headers, headers) = headers(&recorded["headers"], request);
    let (recorded_body, body) = body(recorded, request);
    let expected = json!({
        "method": recorded["method"],
        "url": decoded(recorded["url"].as_str().unwrap_or_default()),
        "headers": recorded_headers,
        "body": recorded_body,
    });
    let actual = json!({
        "method": request.method.as_str(),
        "url": decoded(request.url.as_str()),
        "headers": headers,
        "body": body,
    });
    (expected, actual)
}

fn decoded(url: &str) -> String {
    percent_decode_str(url).decode_utf8_lossy().into_owned()
}

fn headers(recorded: &Value, request: &OutgoingRequest) -> (Value, Value) {
    let mut expected = recorded.as_object().cloned().unwrap_or_default();
    let mut actual: Map<String, Value> = request
        .headers
        .iter()
        .filter(|(name, value)| *name != "user-agent" || !value.as_bytes().starts_with(b"Waystation/"))
        .map(|(name, value)| (name.to_string(), header_text(value.as_bytes()).into()))
        .collect();
    for headers in [&mut expected, &mut actual] {
        headers.retain(|_, value| value != BEARER_UNDEFINED);
    }
    (Value::Object(expected), Value::Object(actual))
}

/// The body as the recording has it: as form pairs, as the exact text, or as JSON.
fn body(recorded: &Value, request: &OutgoingRequest) -> (Value, Value) {
    let bytes = request.body.as_deref().unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    if let Some(pairs) = recorded["form"].as_array() {
        return form(pairs, bytes);
    }
    if let Some(exact) = recorded.get("body_text") {
        return (exact.clone(), text.into());
    }
    let expected = recorded["body"].clone();
    let actual = match &expected {
        _ if bytes.is_empty() => Value::Null,
        Value::String(recorded) if *recorded == text => text.into(),
        _ => serde_json::from_slice(bytes).unwrap_or_else(|_| text.into()),
    };
    (expected, actual)
}

/// Pairs with their JSON values parsed, without leftovers.
fn form(recorded: &[Value], bytes: &[u8]) -> (Value, Value) {
    let parsed = |text: &str| match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
        _ => text.into(),
    };
    let pairs = url::form_urlencoded::parse(bytes);
    let actual = pairs
        .map(|(key, value)| json!([key, parsed(&value)]))
        .filter(is_no_leftover);
    let expected = recorded
        .iter()
        .map(|pair| json!([pair[0], told(&pair[1], &parsed)]))
        .filter(is_no_leftover);
    (expected.collect(), actual.collect())
}

/// A recorded value in the form that ours takes: only objects and lists are parsed.
fn told(value: &Value, parsed: &impl Fn(&str) -> Value) -> Value {
    match value {
        Value::String(text) => parsed(text),
        Value::Object(_) | Value::Array(_) => value.clone(),
        scalar => scalar.to_string().into(),
    }
}

fn is_no_leftover(pair: &Value) -> bool {
    pair[1] != UNDEFINED
}

/// The text of a header, which goes over the wire in Latin-1 as far as that has its characters.
fn header_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use waystation_kit::request::Addresses;

    use super::*;

    fn request(url: &str, body: &'static str) -> OutgoingRequest {
        OutgoingRequest {
            method: Method::POST,
            url: url.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Some(Bytes::from_static(body.as_bytes())),
            time_limit: None,
            addresses: Addresses::Any,
        }
    }

    fn recorded(extra: &Value) -> Value {
        let mut recorded = json!({"method": "POST", "url": "https://x.test/a b?q=ü", "headers": {}});
        recorded
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().cloned().unwrap());
        recorded
    }

    fn holds(expected: &Value, body: &'static str) -> bool {
        compare(
            &[recorded(expected)],
            false,
            &[request("https://x.test/a%20b?q=%C3%BC", body)],
        )
        .is_ok()
    }

    #[test]
    fn bodies_compare_as_they_were_recorded() {
        assert!(holds(&json!({"body": {"a": 1}}), r#"{"a":1.0}"#));
        assert!(!holds(&json!({"body": {"a": 1}}), r#"{"a":2}"#));
        assert!(holds(&json!({"body": "a,b\n"}), "a,b\n"));
        assert!(holds(&json!({"body": null}), ""));
        assert!(!holds(
            &json!({"body": {}, "body_text": r#"{"a":1}"#}),
            r#"{"a": 1}"#
        ));
    }

    #[test]
    fn forms_compare_by_pairs() {
        let form = json!({"form": [["d", {"a": 1}], ["n", "5"], ["x", "undefined"]]});
        assert!(holds(&form, "d=%7B%22a%22%3A1%7D&n=5"));
        assert!(!holds(&form, "d=%7B%22a%22%3A2%7D&n=5"));
        assert!(!holds(&form, "n=5&d=%7B%22a%22%3A1%7D"), "pairs are ordered");
    }

    #[test]
    fn order_counts_unless_requests_were_sent_at_the_same_time() {
        let expected: Vec<Value> = ["1", "2"].map(|body| recorded(&json!({"body": body}))).into();
        let actual = ["2", "1"].map(|body| request("https://x.test/a%20b?q=%C3%BC", body));
        assert!(compare(&expected, false, &actual).is_err());
        assert!(compare(&expected, true, &actual).is_ok());
        assert!(compare(&expected, true, &actual[..1]).is_err());
    }
}
