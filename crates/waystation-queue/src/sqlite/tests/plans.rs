//! Statements that must not become slow on large stores: each walks an index, and none sorts.

use super::*;
use crate::sqlite::leasing;
use crate::sqlite::search::{Direction, Path};

fn plan(connection: &rusqlite::Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let parameters = vec![1_i64; statement.parameter_count()];
    let rows = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| {
            row.get::<_, String>(3)
        })
        .unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

#[test]
fn leasing_reads_on_where_it_stopped() {
    let bench = Bench::new();
    let place = |sql| plan(&bench.shell(), sql);
    assert_eq!(
        place(leasing::READ_SAME_DUE),
        "SEARCH deliveries USING COVERING INDEX deliveries_waiting (connection=? AND due=? AND rowid>?)"
    );
    assert_eq!(
        place(leasing::READ_LATER_DUE),
        "SEARCH deliveries USING COVERING INDEX deliveries_waiting (connection=? AND due>?)"
    );
    let delivery = plan(&bench.shell(), leasing::READ_DELIVERIES);
    let scans: Vec<&str> = delivery.lines().filter(|line| line.contains("SCAN")).collect();
    assert_eq!(scans, ["SCAN places VIRTUAL TABLE INDEX 1:"], "{delivery}");
    assert!(
        delivery.contains("deliveries_in_order (connection=? AND order_key=? AND rowid<?)"),
        "{delivery}"
    );
}

#[test]
fn statements_are_not_prepared_anew_for_each_value() {
    let bench = Bench::new();
    let shell = bench.shell();
    for sql in [
        leasing::READ_DELIVERIES,
        leasing::READ_SAME_DUE,
        leasing::READ_LATER_DUE,
    ] {
        let mut statement = shell.prepare(sql).unwrap();
        for value in 0..5 {
            let parameters = vec![value; statement.parameter_count()];
            statement.exists(rusqlite::params_from_iter(parameters)).unwrap();
        }
        assert_eq!(
            statement.get_status(rusqlite::StatementStatus::RePrepare),
            0,
            "{sql}"
        );
    }
}

#[test]
fn searches_walk_an_index_in_the_order_of_ids() {
    let bench = Bench::new();
    let shell = bench.shell();
    let cases = [
        (Path::All, "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (
            Path::Connection(1),
            "deliveries_by_connection (connection=? AND rowid>? AND rowid<?)",
        ),
        (Path::Dead, "deliveries_dead (state=? AND rowid>? AND rowid<?)"),
        (Path::Message(1), "events_by_message (message_key=? AND rowid<?)"),
        (
            Path::User(1),
            "events_by_user (<expr>=? AND user_key=? AND rowid<?)",
        ),
    ];
    for (path, expected) in cases {
        for direction in [Direction::Backward, Direction::Forward] {
            let plan = plan(&shell, &path.statement(direction));
            assert!(plan.contains(expected), "{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
        }
    }
}
