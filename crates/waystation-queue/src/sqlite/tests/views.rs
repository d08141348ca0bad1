//! What people see who look inside with the sqlite3 shell.

use super::records::varied;

#[tokio::test]
async fn the_views_speak_plainly() {
    let bench = varied().await;
    let shell = bench.shell();
    let row = |sql: &str| -> Vec<String> {
        let mut statement = shell.prepare(sql).unwrap();
        let columns = statement.column_count();
        let texts = statement.query_row([], |row| {
            (0..columns)
                .map(|at| row.get::<_, rusqlite::types::Value>(at))
                .collect::<Result<Vec<_>, _>>()
        });
        texts.unwrap().iter().map(|value| format!("{value:?}")).collect()
    };
    assert_eq!(
        row("SELECT outcome, connection, status, received_at FROM delivery_record WHERE id = 1"),
        [
            "Text(\"delivered\")",
            "Text(\"mail\")",
            "Integer(200)",
            "Text(\"2023-11-14T22:13:20.000Z\")"
        ]
    );
    assert_eq!(
        row("SELECT stage, error_type, message, body FROM dead_letters WHERE id = 5"),
        [
            "Text(\"mapping\")",
            "Text(\"PayloadValidationFailed\")",
            "Text(\"no email\")",
            "Text(\"{\\\"messageId\\\":\\\"m5\\\"}\")"
        ]
    );
    assert_eq!(row("SELECT count(*) FROM dead_letters"), ["Integer(3)"]);
    assert_eq!(
        row("SELECT * FROM queue_depth WHERE connection = 'crm'"),
        [
            "Text(\"crm\")",
            "Integer(2)",
            "Text(\"2023-11-14T22:18:20.000Z\")"
        ]
    );
    assert_eq!(
        row("SELECT entry, rule, total FROM ledger WHERE connection IS NULL AND entry = 'skipped'"),
        ["Text(\"skipped\")", "Text(\"no_connection\")", "Integer(1)"]
    );
}
