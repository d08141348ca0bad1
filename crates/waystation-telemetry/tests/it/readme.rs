//! The README's tables are made from the code.

use std::path::Path;

use waystation_telemetry::metrics::Label;
use waystation_telemetry::metrics::catalog::Metric;

/// With this variable set, the test writes the tables instead of comparing them.
const WRITE: &str = "WAYSTATION_WRITE_README";

fn metrics() -> String {
    let rows = Metric::ALL.iter().map(|metric| {
        let labels = metric.labels().iter().map(|label| format!("`{}`", label.name()));
        let labels = labels.collect::<Vec<_>>().join(", ");
        format!(
            "| `{}` | {} | {labels} | {} |",
            metric.name(),
            metric.kind().name(),
            metric.help()
        )
    });
    table(
        "| Name | Kind | Labels | Meaning |\n| --- | --- | --- | --- |",
        rows,
    )
}

fn labels() -> String {
    let rows = Label::ALL
        .iter()
        .map(|label| format!("| `{}` | {} |", label.name(), label.meaning()));
    table("| Label | Values |\n| --- | --- |", rows)
}

fn table(head: &str, rows: impl Iterator<Item = String>) -> String {
    format!("{head}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

/// The text with something else between two marks.
fn with_part(text: &str, name: &str, part: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{part}{end}{after}")
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let expected = with_part(&with_part(&written, "metrics", &metrics()), "labels", &labels());
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, expected).unwrap();
        return;
    }
    assert!(
        written == expected,
        "the tables are out of date; run this test with {WRITE}=1 to write them"
    );
}
