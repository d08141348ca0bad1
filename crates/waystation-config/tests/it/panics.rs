//! Nothing that can be written makes reading it panic.

use proptest::prelude::*;
use waystation_config::{Severity, reference};

use crate::support::{loader, with_connection};

/// Values and keys, sound and unsound, that lead deep into the reading.
fn fragment() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "server",
        "listen",
        "api",
        "tokens",
        "scope",
        "token",
        "sources",
        "web",
        "write_keys",
        "connections",
        "crm",
        "destination",
        "settings",
        "siteId",
        "subscriptions",
        "action",
        "subscribe",
        "mapping",
        "extend_defaults",
        "omit",
        "sync_mode",
        "delivery",
        "retry",
        "batch",
        "size",
        "concurrency",
        "fixed",
        "start",
        "rate_limit",
        "per_second",
        "network",
        "allow",
        "rewrite",
        "auth",
        "@path",
        "\"\"",
        "'a.b'",
    ]);
    let value = prop::sample::select(vec![
        "1",
        "-1",
        "0.5",
        "inf",
        "nan",
        "99999999999999999999",
        "true",
        "\"\"",
        "\"x\"",
        "\"1s\"",
        "\"0s\"",
        "\"9999d\"",
        "\"1.7976931348623157e308\"",
        "\"99999999999TiB\"",
        "\"customerio\"",
        "\"trackEvent\"",
        "'type = \"track\"'",
        "'type = '",
        "'(((('",
        "'{\"a\": {\"@liquid\": \"{{\"}}'",
        "\"é\\u0000\"",
        "[]",
        "[1, \"x\"]",
        "{}",
        "{ env = \"SECRET\" }",
        "{ file = \"/\" }",
        "{ siteId = \"a\", apiKey = \"b\" }",
        "1979-05-27",
        "[{ action = \"trackEvent\" }]",
        "{ \"@path\" = \"$.x\" }",
        "\"\"\"\n\"\"\"",
        "\"unclosed",
        "[",
        "{ a = ",
    ]);
    let keys = prop::collection::vec(key, 1..4).prop_map(|keys| keys.join("."));
    (keys, value, 0..4_u8).prop_map(|(keys, value, form)| match form {
        0 => format!("[{keys}]\n"),
        1 => format!("[[{keys}]]\n"),
        _ => format!("{keys} = {value}\n"),
    })
}

fn read(text: &str) {
    match loader().parse("waystation.toml", text) {
        Ok(config) => {
            let is_warning = |severity| severity == Severity::Warning;
            assert!(config.warnings.iter().all(|fault| is_warning(fault.severity())));
        }
        Err(faults) => {
            assert!(faults.errors() > 0, "refused without a reason: {text}");
            let lines = text.lines().count() + 1;
            for fault in &faults {
                let position = fault.place.position.unwrap();
                assert!(position.line <= lines, "{fault} is beyond the text: {text}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn texts_that_look_like_a_configuration(fragments in prop::collection::vec(fragment(), 0..12)) {
        read(&fragments.concat());
    }

    #[test]
    fn a_configuration_with_a_piece_missing(from in 0..2_000_usize, length in 0..30_usize) {
        let text = with_connection("[[connections.crm.subscriptions]]\naction = \"trackEvent\"\nsubscribe = 'type = \"track\"'\nmapping = '{\"name\": \"x\"}'\n");
        let cut: String = text.chars().take(from).chain(text.chars().skip(from + length)).collect();
        read(&cut);
    }
}

proptest! {
    // The reference is long.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_reference_with_a_piece_missing(from in 0..20_000_usize, length in 1..40_usize) {
        let text = reference();
        let cut: String = text.chars().take(from).chain(text.chars().skip(from + length)).collect();
        read(&cut);
    }
}
