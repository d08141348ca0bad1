//! What preparing a payload costs, the payload's own copy not counted.

#![allow(clippy::expect_used, reason = "the fields are written down here")]

use divan::{Bencher, black_box};
use serde_json::{Value, json};
use waystation_fields::{Fields, Mode, Schema};

fn main() {
    divan::main();
}

/// Fifteen fields such as actions have: texts, numbers, choices, lists, an object and conditions on none.
fn fields() -> Value {
    json!({
        "email": {"label": "Email", "type": "string", "format": "email", "required": true},
        "user_id": {"label": "User ID", "type": "string", "required": true},
        "anonymous_id": {"label": "Anonymous ID", "type": "string"},
        "event": {"label": "Event", "type": "string", "maximum": 255},
        "timestamp": {"label": "Timestamp", "type": "datetime"},
        "revenue": {"label": "Revenue", "type": "number", "minimum": 1},
        "quantity": {"label": "Quantity", "type": "integer"},
        "currency": {"label": "Currency", "type": "string", "choices": ["EUR", "GBP", "NOK", "SEK", "USD"]},
        "consent": {"label": "Consent", "type": "boolean"},
        "phone": {"label": "Phone", "type": "string", "allowNull": true},
        "url": {"label": "URL", "type": "string", "format": "uri"},
        "tags": {"label": "Tags", "type": "string", "multiple": true},
        "address": {"label": "Address", "type": "object", "properties": {
            "city": {"label": "City", "type": "string", "required": true},
            "zip": {"label": "Zip", "type": "string"},
            "country": {"label": "Country", "type": "string"},
        }},
        "traits": {"label": "Traits", "type": "object"},
        "enable_batching": {"label": "Batch", "type": "boolean"},
    })
}

fn payload() -> Value {
    json!({
        "email": "ada@example.com",
        "user_id": "user-1234",
        "anonymous_id": "4b2f0c1e-6f0a-4a55-9f43-2f1f6f0a4a55",
        "event": "Order Completed",
        "timestamp": "2024-03-07T10:00:00.000Z",
        "revenue": 129.5,
        "quantity": 3,
        "currency": "NOK",
        "consent": true,
        "phone": "+4712345678",
        "url": "https://example.com/orders/1234?ref=mail",
        "tags": ["new", "mail"],
        "address": {"city": "Oslo", "zip": "0150", "country": "NO"},
        "traits": {"plan": "pro", "seats": 12},
        "enable_batching": true,
    })
}

fn schema(fields: Value) -> Schema {
    let fields: Fields = serde_json::from_value(fields).expect("the fields are well formed");
    Schema::compile(&fields).expect("the fields are consistent")
}

fn bench(bencher: Bencher<'_, '_>, schema: &Schema, payload: &Value) {
    let payload = payload.as_object().expect("a payload is an object");
    bencher
        .with_inputs(|| payload.clone())
        .bench_local_values(|payload| schema.prepare(black_box(payload), Mode::Single));
}

#[divan::bench]
fn valid(bencher: Bencher<'_, '_>) {
    bench(bencher, &schema(fields()), &payload());
}

/// Fields that are checked for their type alone: no formats, no date.
#[divan::bench]
fn valid_types_only(bencher: Bencher<'_, '_>) {
    let mut fields = fields();
    for field in ["email", "url", "timestamp"] {
        fields[field] = json!({"label": field, "type": "string"});
    }
    bench(bencher, &schema(fields), &payload());
}

/// Numbers and booleans as text, a lone value for a list, empty values and undeclared keys.
#[divan::bench]
fn to_be_cleaned(bencher: Bencher<'_, '_>) {
    let mut payload = payload();
    payload["revenue"] = json!("129.5");
    payload["consent"] = json!("true");
    payload["tags"] = json!("new");
    payload["phone"] = json!("");
    payload["undeclared"] = json!(1);
    bench(bencher, &schema(fields()), &payload);
}

#[divan::bench]
fn with_a_condition(bencher: Bencher<'_, '_>) {
    let mut fields = fields();
    fields["revenue"]["required"] =
        json!({"conditions": [{"fieldKey": "event", "operator": "is", "value": "Order Completed"}]});
    bench(bencher, &schema(fields), &payload());
}

#[divan::bench]
fn invalid(bencher: Bencher<'_, '_>) {
    let payload =
        json!({"email": "nobody", "revenue": "much", "currency": "DKK", "address": {"zip": "0150"}});
    bench(bencher, &schema(fields()), &payload);
}
