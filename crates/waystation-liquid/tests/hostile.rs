//! Templates that try to take more than their budget.

#![allow(clippy::expect_used, clippy::panic)]

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_liquid::{
    Budget, BudgetExceeded, Counters, Failure, Limits, RenderError, SyntaxProblem, Template,
};

fn render_within(source: &str, event: &Value, limits: Limits) -> Result<String, RenderError> {
    let template = Template::compile(source).expect("a template");
    template.render(event, &mut Counters::default(), &mut Budget::new(limits))
}

fn exceeded(source: &str, event: &Value) -> BudgetExceeded {
    // Time is left out, so that the test does not depend on the machine.
    let limits = Limits {
        steps: 50_000,
        output_bytes: 1 << 18,
        time: Duration::MAX,
    };
    match render_within(source, event, limits) {
        Err(RenderError {
            failure: Failure::BudgetExceeded(exceeded),
            ..
        }) => exceeded,
        other => panic!("{source:?} gave {:?}", other.map(|text| text.len())),
    }
}

#[test]
fn texts_that_double_run_out_of_bytes() {
    let event = json!({ "a": "<\"100%\">" });
    for doubling in [
        "{% assign a = a | append: a %}",
        "{% assign a = a | replace: \"\", a %}",
        "{% capture a %}{{ a }}{{ a }}{% endcapture %}",
        "{% assign a = a | json | json %}",
    ] {
        assert_eq!(
            exceeded(&doubling.repeat(1000 / doubling.len()), &event),
            BudgetExceeded::OutputBytes
        );
    }
}

#[test]
fn lists_that_double_run_out_when_they_are_walked() {
    let event = json!({ "a": ["x"] });
    let doubling = "{% assign a = a | push: a %}".repeat(33);
    for walk in [
        "{{ a }}",
        "{{ a | json }}",
        "{% if a == a %}{% endif %}",
        "{{ a | join }}",
    ] {
        let exceeded = exceeded(&format!("{doubling}{walk}"), &event);
        assert!(
            matches!(exceeded, BudgetExceeded::OutputBytes | BudgetExceeded::Steps),
            "{walk}: {exceeded}"
        );
    }
}

#[test]
fn absurd_sizes_are_refused_before_they_are_made() {
    let event = json!({ "d": 0, "big": 1e300, "text": "x" });
    for (source, limit) in [
        ("{{ (1..2000000000) | size }}", BudgetExceeded::RequestedUnits),
        ("{{ (1..big) | first }}", BudgetExceeded::RequestedUnits),
        (
            "{{ (1..60000000) | size }}{{ (1..60000000) | size }}",
            BudgetExceeded::RequestedUnits,
        ),
        ("{{ (1..60000000) | push: 1 }}", BudgetExceeded::OutputBytes),
        ("{{ (1..60000000) }}", BudgetExceeded::Steps),
        ("{{ text | slice: 0, 200000000 }}", BudgetExceeded::RequestedUnits),
        (
            "{{ d | date: \"%99999999999d\" }}",
            BudgetExceeded::RequestedUnits,
        ),
        ("{{ d | date: \"%90000000N\" }}", BudgetExceeded::OutputBytes),
    ] {
        assert_eq!(exceeded(source, &event), limit, "{source}");
    }
}

#[test]
fn looking_at_large_texts_takes_steps() {
    let event = json!({ "a": "ab".repeat(5_000_000) });
    let limits = Limits {
        steps: 100_000,
        output_bytes: u64::MAX,
        time: Duration::MAX,
    };
    for source in [
        "{% if a contains \"x\" %}{% endif %}",
        "{{ a | number_of_words }}",
        "{{ a | plus: a }}",
    ] {
        let template = source.repeat(3);
        let failure = render_within(&template, &event, limits)
            .expect_err("too many steps")
            .failure;
        assert_eq!(
            failure,
            Failure::BudgetExceeded(BudgetExceeded::Steps),
            "{source}"
        );
    }
}

#[test]
fn nesting_is_bounded() {
    for source in [
        format!("{{{{ {}", "a[".repeat(400)),
        format!("{{{{ {}a{} }}}}", "a[".repeat(300), "]".repeat(300)),
        format!("{{{{ {}", "(".repeat(900)),
        "{%if a%}".repeat(124),
        format!("{{% {}echo a %}}", "liquid ".repeat(130)),
    ] {
        let problem = Template::compile(&source).expect_err("too deep").problem;
        assert!(
            matches!(
                problem,
                SyntaxProblem::TooDeep { .. } | SyntaxProblem::NotClosed { .. }
            ),
            "{source}: {problem}"
        );
    }
    let deep = format!("{{{{ {}a{} }}}}", "a[".repeat(99), "]".repeat(99));
    assert!(Template::compile(&deep).is_ok());
}

#[test]
fn templates_over_a_thousand_units_are_refused() {
    assert!(Template::compile(&"x".repeat(1000)).is_ok());
    assert!(Template::compile(&"x".repeat(1001)).is_err());
    assert!(Template::compile(&"😀".repeat(500)).is_ok());
    assert!(Template::compile(&"😀".repeat(501)).is_err());
}

fn event() -> Value {
    json!({
        "a": "some <b>text</b>, 100% é 😀", "n": 3.5, "l": [1, "x", null, { "k": [true] }],
        "o": { "k": { "z": "2024-03-07" } }, "e": ""
    })
}

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "a",
            "n",
            "l",
            "o.k.z",
            "l[3].k",
            "l[n]",
            "v",
            "e",
            "nope",
            "\"x\"",
            "''",
            "-1",
            "2",
            "1000000",
            "nil",
            "blank",
            "true",
            "(1..5)",
            "(1..n)",
            "a.size",
            "\"%Y %j\"",
            "\"%5000N\"",
            "o",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,3}(\\.[a-z]{1,3}|\\[[0-9]\\]){0,2}",
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "append",
        "prepend",
        "replace",
        "remove",
        "split",
        "join",
        "push",
        "unshift",
        "pop",
        "shift",
        "slice",
        "truncate",
        "truncatewords",
        "strip",
        "upcase",
        "capitalize",
        "escape_once",
        "strip_html",
        "plus",
        "times",
        "divided_by",
        "modulo",
        "round",
        "date",
        "date_to_string",
        "json",
        "size",
        "first",
        "last",
        "sum",
        "where",
        "compact",
        "default",
        "url_encode",
        "url_decode",
        "slugify",
        "base64_encode",
        "base64_decode",
        "sha256",
        "hmac_sha256",
        "sample",
        "sort",
        "unknown",
        "number_of_words",
        "at_least",
    ]);
    (names, prop::collection::vec(operand(), 0..3)).prop_map(|(name, arguments)| match arguments.len() {
        0 => format!(" | {name}"),
        _ => format!(" | {name}: {}", arguments.join(", ")),
    })
}

fn value() -> impl Strategy<Value = String> {
    let operators = prop::sample::select(vec!["==", "<", ">=", "contains", "and", "or not", ""]);
    (
        operand(),
        operators,
        operand(),
        prop::collection::vec(filter(), 0..4),
    )
        .prop_map(|(left, operator, right, filters)| format!("{left} {operator} {right}{}", filters.concat()))
}

fn template() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[ a-z\n]{0,8}",
        value().prop_map(|value| format!("{{{{ {value} }}}}")),
        value().prop_map(|value| format!("{{%- assign v = {value} -%}}")),
        value().prop_map(|value| format!("{{% cycle v: {value}, 2 %}}")),
        Just("{% increment n %}".to_owned()),
        Just("{% raw %}{{ a }{% endraw %}".to_owned()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let body = prop::collection::vec(inner, 1..4).prop_map(|nodes| nodes.concat());
        prop_oneof![
            (value(), body.clone()).prop_map(|(value, body)| {
                format!("{{% if {value} %}}{body}{{% else %}}{body}{{% endif %}}")
            }),
            body.clone()
                .prop_map(|body| format!("{{% capture v %}}{body}{{% endcapture %}}{{{{ v }}}}")),
            body.clone()
                .prop_map(|body| format!("{{% unless v %}}{body}{{% endunless %}}")),
            body,
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_compiles_or_is_refused(source in "\\PC{0,80}") {
        let _ = Template::compile(&source);
    }

    #[test]
    fn scraps_of_templates_compile_or_are_refused(
        source in "(\\{\\{|\\}\\}|\\{%|%\\}|-| |\n|raw|endraw|if|endif|liquid|#|\"|'|\\\\|a|1|\\.|\\[|\\]|\\(|\\)|\\||:|,|==|not|é){0,24}"
    ) {
        if let Ok(template) = Template::compile(&source) {
            let _ = template.render(&event(), &mut Counters::default(), &mut Budget::default());
        }
    }

    #[test]
    fn the_output_stays_within_the_budget(source in template(), bytes in 0_u64..2000, steps in 0_u64..400) {
        let Ok(template) = Template::compile(&source) else { return Ok(()) };
        let limits = Limits { steps, output_bytes: bytes, time: Duration::MAX };
        let small = template.render(&event(), &mut Counters::default(), &mut Budget::new(limits));
        if let Ok(text) = &small {
            prop_assert!(text.len() as u64 <= bytes, "{} bytes of {bytes}: {source}", text.len());
        }
        let large = template.render(&event(), &mut Counters::default(), &mut Budget::default());
        if let (Ok(small), Ok(large)) = (small, large) && !source.contains("sample") {
            prop_assert_eq!(small, large, "a budget changed the output of {}", source);
        }
    }
}
