//! Bodies as receivers know them: JSON, byte for byte as `JSON.stringify` writes it.
//!
//! Receivers may check the signature against JSON that they write themselves, so the text of a number matters:
//! `1e21` is `1e+21`, and `3.0` is `3`. Integers keep all their digits.

use std::io::{self, Write};
use std::ops::Range;

use serde_json::ser::{Formatter, Serializer};
use waystation_kit::json::number::f64_text;
use waystation_kit::prelude::*;

/// A body, written once, and where in it the part stands that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    json: Vec<u8>,
    signed: Option<Range<usize>>,
}

impl Body {
    /// The data of a single event, all of which is signed.
    ///
    /// # Errors
    /// The data cannot be written as JSON.
    pub fn object(data: &JsonObject) -> Result<Self> {
        let mut json = Vec::new();
        write_json(&mut json, data)?;
        Ok(Self {
            signed: Some(0..json.len()),
            json,
        })
    }

    /// The data of each event of a batch, `null` where there is none. The first item is signed, if it has data.
    ///
    /// # Errors
    /// The data cannot be written as JSON.
    pub fn list<'data>(items: impl IntoIterator<Item = Option<&'data JsonObject>>) -> Result<Self> {
        let mut json = vec![b'['];
        let mut signed = None;
        for (index, data) in items.into_iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            let start = json.len();
            write_json(&mut json, &data)?;
            if index == 0 && data.is_some() {
                signed = Some(start..json.len());
            }
        }
        json.push(b']');
        Ok(Self { json, signed })
    }

    /// All of it, as it is sent.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// What receivers compute the signature of Segment's kind of.
    #[must_use]
    pub fn signed_part(&self) -> Option<&[u8]> {
        self.json.get(self.signed.clone()?)
    }

    /// The bytes.
    #[must_use]
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }
}

fn write_json(json: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(json, EcmaScriptNumbers))
        .map_err(|error| Error::internal(format!("the data cannot be written as JSON: {error}")))
}

/// Compact JSON with the numbers of ECMAScript.
struct EcmaScriptNumbers;

impl Formatter for EcmaScriptNumbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(f64_text(value).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> JsonObject {
        serde_json::from_str(json).unwrap()
    }

    fn text(body: Body) -> String {
        String::from_utf8(body.into_json()).unwrap()
    }

    #[test]
    fn numbers_are_written_as_in_ecmascript() {
        for (given, written) in [
            ("1e21", "1e+21"),
            ("0.0000001", "1e-7"),
            ("0.000001", "0.000001"),
            ("3.0", "3"),
            ("-0.0", "0"),
            ("10.50", "10.5"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            let body = Body::object(&object(&format!(r#"{{"n":{given}}}"#))).unwrap();
            assert_eq!(text(body), format!(r#"{{"n":{written}}}"#), "{given}");
        }
    }

    #[test]
    fn texts_and_the_order_of_keys_are_kept() {
        let json = r#"{"z":"ł \"\\\n\u0001</script>🐢","a":[null,true,{}]}"#;
        assert_eq!(text(Body::object(&object(json)).unwrap()), json);
    }

    #[test]
    fn a_single_body_is_signed_as_a_whole_and_a_list_by_its_first_item() {
        let first = object(r#"{"a":1}"#);
        let second = object(r#"{"b":2}"#);
        let single = Body::object(&first).unwrap();
        assert_eq!(single.signed_part(), Some(br#"{"a":1}"#.as_slice()));
        let list = Body::list([Some(&first), None, Some(&second)]).unwrap();
        assert_eq!(list.signed_part(), Some(br#"{"a":1}"#.as_slice()));
        assert_eq!(text(list), r#"[{"a":1},null,{"b":2}]"#);
    }

    #[test]
    fn a_list_that_starts_without_data_is_not_signed() {
        let list = Body::list([None, Some(&object("{}"))]).unwrap();
        assert_eq!(list.signed_part(), None);
        assert_eq!(text(list), "[null,{}]");
    }
}
