//! Where this engine differs from the recorded one on purpose.

#![allow(clippy::expect_used)]

use serde_json::{Value, json};
use waystation_liquid::{Budget, Counters, Template};

fn render(source: &str, event: &Value) -> String {
    let template = Template::compile(source).expect("a template");
    template
        .render(event, &mut Counters::default(), &mut Budget::default())
        .expect("a text")
}

#[test]
fn surrogate_pairs_stay_together_or_become_replacement_characters() {
    let event = json!({ "a": "x😀y" });
    assert_eq!(
        render("{{ a | split: \"\" | json }}", &event),
        r#"["x","😀","y"]"#
    );
    assert_eq!(render("{{ a | slice: 0, 2 }}", &event), "x\u{FFFD}");
    assert_eq!(render("{{ a | size }}", &event), "4");
}

#[test]
fn rounding_to_ten_thousands_is_exact() {
    assert_eq!(render("{{ a | round: -4 }}", &json!({ "a": 123_456 })), "120000");
}

#[test]
fn ranges_of_huge_numbers_end() {
    // There, adding 1 to 2^53 gives 2^53 again, for ever.
    let event = json!({ "low": 9_007_199_254_740_992_u64, "high": 9_007_199_254_740_994_u64 });
    assert_eq!(
        render("{% if (low..high).size < 9 %}few{% endif %}", &event),
        "few"
    );
}

#[test]
fn errors_say_where_they_are() {
    let compile = |source| Template::compile(source).expect_err("an error").to_string();
    assert_eq!(
        compile("a\n{{ b | }}{% nope %}"),
        "there is no tag `nope` here (line 2, column 10)"
    );
    assert_eq!(
        compile("{% if a %}"),
        "`{% if a %}` is not closed (line 1, column 1)"
    );
    let template = Template::compile("x\n {{ a | sort }}").expect("a template");
    let error = template.render(&json!({}), &mut Counters::default(), &mut Budget::default());
    assert_eq!(
        error.expect_err("an error").to_string(),
        "the filter `sort` is disabled (line 2, column 2)"
    );
}

#[test]
fn only_counting_templates_change_counters() {
    let changes = |source| Template::compile(source).expect("a template").changes_counters();
    assert!(changes("{% if false %}{% decrement a %}{% endif %}"));
    assert!(!changes(
        "{% assign a = 1 %}{% comment %}{% increment a %}{% endcomment %}"
    ));
}
