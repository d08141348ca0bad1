//! JSON text as `JSON.stringify` writes it.

use std::fmt::Write;

use serde_json::Value;
use waystation_json::number_text;

use crate::key_order::members_in_order;

/// Appends a value as JSON text.
pub(super) fn push_json(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => push_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_json(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members_in_order(members).enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_string(out, key);
                out.push(':');
                push_json(out, member);
            }
            out.push('}');
        }
    }
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut written = 0;
    for (position, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..=0x1f) {
            continue;
        }
        out.push_str(&text[written..position]);
        written = position + 1;
        push_escape(out, byte);
    }
    out.push_str(&text[written..]);
    out.push('"');
}

fn push_escape(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        // Writing to a String cannot fail.
        other => _ = write!(out, "\\u{other:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_what_json_stringify_writes() {
        let mut text = String::new();
        push_json(
            &mut text,
            &json!({"b": [1.0, 1e21, null, true], "1": "a\"\\\n\u{1}é\u{7f}", "a": {}}),
        );
        assert_eq!(
            text,
            "{\"1\":\"a\\\"\\\\\\n\\u0001é\u{7f}\",\"b\":[1,1e+21,null,true],\"a\":{}}"
        );
    }
}
