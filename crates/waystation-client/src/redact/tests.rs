use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::json;
use url::Url;

use super::*;

fn redactor() -> Redactor {
    Redactor::builder()
        .secret(&"key-12345".into())
        .secret(&"40817263".into())
        .basic(&BasicCredentials {
            username: "ana".into(),
            password: "hunter22".into(),
        })
        .build()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

#[test]
fn headers_are_hidden_by_name_and_by_value_both_ways() {
    let headers = headers(&[
        ("authorization", "Basic YW5hOmh1bnRlcjIy"),
        ("x-api-key", "anything"),
        ("x-customer", "key key-12345 of ana"),
        ("x-echo", "YW5hOmh1bnRlcjIy"),
        ("set-cookie", "a=1"),
        ("content-type", "application/json"),
        ("x-many", "1"),
        ("x-many", "2"),
    ]);
    for direction in [Direction::Request, Direction::Response] {
        assert_eq!(
            Value::Object(redactor().headers(&headers, direction)),
            json!({
                "authorization": "<redacted>",
                "x-api-key": "<redacted>",
                "x-customer": "key <redacted> of ana",
                "x-echo": "<redacted>",
                "set-cookie": "<redacted>",
                "content-type": "application/json",
                "x-many": "1, 2",
            })
        );
    }
}

#[test]
fn addresses_are_hidden_in_every_part() {
    for (url, expected) in [
        ("https://a.test/x?v=1", "https://a.test/x?v=1"),
        (
            "https://a.test/x?api_key=zzz&v=%26+b",
            "https://a.test/x?api_key=<redacted>&v=%26+b",
        ),
        ("https://a.test/x?api_key=&v", "https://a.test/x?api_key=&v"),
        ("https://a.test/x?v=key-12345", "https://a.test/x?v=<redacted>"),
        (
            "https://a.test/hooks/key-12345/go",
            "https://a.test/hooks/<redacted>/go",
        ),
        ("https://ana:pw@a.test/", "https://<redacted>@a.test/"),
        (
            "https://key@a.test/?a#key-12345",
            "https://<redacted>@a.test/?a#<redacted>",
        ),
        (
            "https://a.test/?user%5Bpassword%5D=x",
            "https://a.test/?user[password]=<redacted>",
        ),
    ] {
        assert_eq!(redactor().url(&url.parse().unwrap()), expected, "{url}");
    }
}

#[test]
fn pairs_without_secrets_stay_as_they_were_written() {
    for query in ["", "a", "a=", "=b", "a=b&&c=%20+d", "a=%zz", "next_page_token=x"] {
        let url: Url = format!("https://a.test/%20?{query}").parse().unwrap();
        assert_eq!(redactor().url(&url), url.as_str());
    }
}

#[test]
fn json_is_hidden_by_name_at_every_depth() {
    let shown = redactor().value(&json!({
        "api_key": "zzz",
        "events": [{"properties": {"token": "t", "token_count": 3, "name": "key-12345!"}}],
        "credentials": {"user": "u", "nested": [{"pin": "p"}], "since": null, "active": true, "note": ""},
        "device_token": "d",
        "account": 40_817_263,
        "amount": 40_817_264,
    }));
    assert_eq!(
        shown,
        json!({
            "api_key": "<redacted>",
            "events": [{"properties": {"token": "<redacted>", "token_count": 3, "name": "<redacted>!"}}],
            "credentials": {
                "user": "<redacted>", "nested": [{"pin": "<redacted>"}], "since": null, "active": true, "note": ""
            },
            "device_token": "d",
            "account": "<redacted>",
            "amount": 40_817_264,
        })
    );
}

#[test]
fn keys_may_be_secrets_too() {
    assert_eq!(
        redactor().value(&json!({"key-12345": 1})),
        json!({"<redacted>": 1})
    );
}

#[test]
fn bodies_are_read_by_their_content_type() {
    let json_type = headers(&[("content-type", "application/json")]);
    let form_type = headers(&[("content-type", "application/x-www-form-urlencoded;charset=UTF-8")]);
    let none = HeaderMap::new();
    for (headers, body, expected) in [
        (&json_type, r#"{ "a" : 1.0 }"#, r#"{ "a" : 1.0 }"#),
        (&json_type, r#"{ "token" : "t" }"#, r#"{"token":"<redacted>"}"#),
        (
            &json_type,
            r#"{"broken": "key-12345"#,
            r#"{"broken": "<redacted>"#,
        ),
        (&none, r#"[{"password":"p"}]"#, r#"[{"password":"<redacted>"}]"#),
        (&none, "password=p", "password=p"),
        (&form_type, "password=p&a=b+c", "password=<redacted>&a=b+c"),
        (
            &form_type,
            "refresh_token=&a=key-12345",
            "refresh_token=&a=<redacted>",
        ),
        (
            &form_type,
            "data=%7B%22token%22%3A%22t%22%7D&a=%20",
            "data={\"token\":\"<redacted>\"}&a=%20",
        ),
        (&form_type, "data=%7B%22a%22%3A1%7D", "data=%7B%22a%22%3A1%7D"),
        (&none, "", ""),
    ] {
        assert_eq!(redactor().body(headers, body.as_bytes()), expected, "{body}");
    }
    assert_eq!(redactor().body(&none, b"\xFFkey-12345"), "\u{FFFD}<redacted>");
}

#[test]
fn json_inside_of_texts_is_looked_into() {
    assert_eq!(
        redactor().value(&json!({"message": "{\"api_key\":\"zzz\",\"v\":1}"})),
        json!({"message": "{\"api_key\":\"<redacted>\",\"v\":1}"})
    );
}

#[test]
fn the_reference_hides_some_request_headers_by_name_and_nothing_else() {
    let reference = Redactor::builder()
        .secret(&"key-12345".into())
        .names(NameRules::Reference)
        .build();
    let headers = headers(&[
        ("authorization", "x"),
        ("x-requested-with", "x"),
        ("api-key", "x"),
        ("set-cookie", "key-12345"),
    ]);
    assert_eq!(
        Value::Object(reference.headers(&headers, Direction::Request)),
        json!({"authorization": "<redacted>", "x-requested-with": "<redacted>", "api-key": "x",
               "set-cookie": "<redacted>"})
    );
    assert_eq!(
        Value::Object(reference.headers(&headers, Direction::Response)),
        json!({"authorization": "x", "x-requested-with": "x", "api-key": "x", "set-cookie": "<redacted>"})
    );
    let url = "https://a.test/?api_key=x&v=key-12345".parse().unwrap();
    assert_eq!(reference.url(&url), "https://a.test/?api_key=x&v=<redacted>");
    assert_eq!(reference.value(&json!({"token": "t"})), json!({"token": "t"}));
}

proptest! {
    /// However a known secret is embedded, it does not come out.
    #[test]
    fn known_secrets_never_come_out(secret in "[ -~éß漢]{8,24}", before in "[a-z&=/ ]{0,4}", after in "[a-z&=/ ]{0,4}") {
        prop_assume!(secret.trim().chars().count() >= 8);
        let redactor = Redactor::builder().secret(&Secret::from(secret.as_str())).build();
        let text = format!("{before}{secret}{after}");
        let json = json!({"list": [{"text": text}], "twice": json!({"text": text}).to_string()});
        let form_type = headers(&[("content-type", "application/x-www-form-urlencoded")]);
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", &text)
            .append_pair(&text, "value")
            .finish();
        let mut url: Url = "https://a.test/".parse().unwrap();
        url.path_segments_mut().unwrap().push("segment").push(&text);
        url.query_pairs_mut().append_pair("name", &text);
        url.set_fragment(Some(&text));

        let none = HeaderMap::new();
        for shown in [
            redactor.text(&text).into_owned(),
            redactor.value(&json).to_string(),
            redactor.body(&none, text.as_bytes()).into_owned(),
            redactor.body(&none, json.to_string().as_bytes()).into_owned(),
            redactor.body(&form_type, form.as_bytes()).into_owned(),
            redactor.url(&url),
        ] {
            let decoded = percent_encoding::percent_decode_str(&shown).decode_utf8_lossy();
            for shown in [shown.as_str(), &decoded, &decoded.replace('+', " ")] {
                prop_assert!(!shown.contains(secret.trim()), "{shown}");
            }
        }
    }

    /// Whoever writes a secret, and for whom it is escaped after that, it does not come out.
    #[test]
    fn escaped_secrets_never_come_out(
        secret in "[a-zA-Z0-9/+=\"'<>@:;,.?!{} -]{8,40}",
        inner in 0..INNER.len(),
        outer in prop::collection::vec(0..OUTER.len(), 0..3),
        before in "[a-z ]{0,3}",
    ) {
        prop_assume!(secret.trim().len() >= 8);
        let redactor = Redactor::builder().secret(&Secret::from(secret.as_str())).build();
        let written = INNER[inner](&secret);
        let escaped = outer.iter().fold(written, |text, escape| text.chars().map(OUTER[*escape]).collect());
        let text = format!("{before}\"{escaped}\"");
        let shown = redactor.text(&text);
        prop_assert!(!shown.contains(escaped.trim()), "{text}: {shown}");
        prop_assert!(shown.contains(REDACTED), "{text}: {shown}");
    }
}

const INNER: [fn(&str) -> String; 5] = [
    str::to_owned,
    |secret| secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    |secret| secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
    |secret| STANDARD.encode(secret),
    |secret| URL_SAFE_NO_PAD.encode(format!("x{secret}")),
];

const OUTER: [fn(char) -> String; 7] = [
    |c| percent(c, true),
    |c| percent(c, false),
    |c| match c {
        '"' | '\\' | '/' => format!("\\{c}"),
        other => other.to_string(),
    },
    |c| format!("\\u{:04x}", u32::from(c)),
    |c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => other.to_string(),
    },
    |c| format!("&#{};", u32::from(c)),
    |c| format!("&#x{:X};", u32::from(c)),
];

fn percent(c: char, upper: bool) -> String {
    match (c.is_ascii_alphanumeric(), upper) {
        (true, _) => c.to_string(),
        (false, true) => format!("%{:02X}", u32::from(c)),
        (false, false) => format!("%{:02x}", u32::from(c)),
    }
}
