//! What a new file changes.

use waystation_config::{Changes, Difference, Section};

use crate::support::{config, with_connection};

fn changes(old: &str, new: &str) -> Changes {
    config(old).changes_to(&config(new))
}

fn names(names: &[std::sync::Arc<str>]) -> Vec<&str> {
    names.iter().map(|name| &**name).collect()
}

#[test]
fn the_same_file_changes_nothing() {
    let text = with_connection("");
    assert!(changes(&text, &text).is_empty());
    let other_words = format!(
        "# A comment.\n{}",
        text.replace("destination", "enabled = true\ndestination")
    );
    assert!(changes(&text, &other_words).is_empty());
}

#[test]
fn sources_and_connections_come_change_and_go() {
    let old = "[sources.a]\nwrite_keys = [\"a\"]\n[sources.b]\nwrite_keys = [\"b\"]\n[sources.c]\nwrite_keys = [\"c\"]\n";
    let new = "[sources.a]\nwrite_keys = [\"a\"]\n[sources.b]\nwrite_keys = [\"B\"]\n[sources.d]\nwrite_keys = [\"d\"]\n";
    let found = changes(old, new);
    assert_eq!(names(&found.sources.added), ["d"]);
    assert_eq!(names(&found.sources.removed), ["c"]);
    assert_eq!(names(&found.sources.changed), ["b"]);
    assert_eq!(found.connections, Difference::default());
    let found = changes(
        old,
        &format!("{old}[connections.i]\ndestination = \"inspector\"\n"),
    );
    assert_eq!(names(&found.connections.added), ["i"]);
    assert!(found.sources.is_empty());
}

/// Each of these changes the connection, and nothing else.
#[test]
fn everything_about_a_connection_counts() {
    let old = with_connection("subscriptions = [{ action = \"trackEvent\" }]");
    for (from, to) in [
        ("\"site\"", "\"elsewhere\""),
        ("\"site\"", "{ env = \"SECRET\" }"),
        ("subscriptions", "enabled = false\nsubscriptions"),
        ("subscriptions", "features = [\"x\"]\nsubscriptions"),
        ("subscriptions", "auth.access_token = \"t\"\nsubscriptions"),
        ("subscriptions", "delivery.hold.longest = \"1h\"\nsubscriptions"),
        ("subscriptions", "delivery.batch.linger = \"2s\"\nsubscriptions"),
        ("\"trackEvent\"", "\"trackEvent\", name = \"x\""),
        ("\"trackEvent\"", "\"trackEvent\", subscribe = 'type = \"track\"'"),
        (
            "\"trackEvent\"",
            "\"trackEvent\", extend_defaults = true, mapping.name = \"x\"",
        ),
        ("\"trackEvent\"", "\"trackEvent\", matching_key = \"x\""),
        ("sources.web", "delivery.deadline = \"50s\"\nsources.web"),
    ] {
        let new = old.replace(from, to);
        let found = changes(&old, &new);
        assert_eq!(names(&found.connections.changed), ["crm"], "{new}");
        let sections = found
            .sections
            .iter()
            .filter(|section| **section != Section::Delivery);
        assert!(found.sources.is_empty() && sections.count() == 0, "{new}");
    }
}

#[test]
fn sections_that_change_are_named() {
    for (text, section) in [
        ("server.listen = \"127.0.0.1:1\"", "server"),
        (
            "api.tokens.a = { scope = \"admin\", token = \"0123456789abcdef\" }",
            "api",
        ),
        ("ingest.max_events = 1", "ingest"),
        ("store.path = \"x\"", "store"),
        ("record.keep = \"1h\"", "record"),
        ("telemetry.log_level = \"debug\"", "telemetry"),
        ("network.rewrite = [\"*=http://127.0.0.1:1\"]", "network"),
        ("network.allow = [\"10.0.0.0/8\"]", "network"),
        ("delivery.deadline = \"50s\"", "delivery"),
    ] {
        let sections: Vec<_> = changes("", text)
            .sections
            .iter()
            .map(|section| section.name())
            .collect();
        assert_eq!(sections, [section], "{text}");
    }
}

#[test]
fn a_secret_that_changes_at_its_place_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("waystation.toml");
    std::fs::write(
        &file,
        with_connection("").replace("\"site\"", "{ file = \"site\" }"),
    )
    .unwrap();
    let load = |secret: &str| {
        std::fs::write(folder.path().join("site"), secret).unwrap();
        crate::support::loader().load(&file).unwrap()
    };
    let (one, two, again) = (load("1"), load("2"), load("1"));
    assert_eq!(names(&one.changes_to(&two).connections.changed), ["crm"]);
    assert!(one.changes_to(&again).is_empty());
}

/// Whatever is compared is in the file, and what is in the file is compared.
#[test]
fn no_section_of_the_file_is_forgotten() {
    let schema = waystation_config::json_schema();
    let written = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str);
    let compared = Section::ALL.iter().map(|section| section.name());
    let compared: Vec<&str> = compared.chain(["sources", "connections"]).collect();
    assert_eq!(written.collect::<Vec<_>>(), compared);
}

/// What is written further down in the same file does not make a section another one.
#[test]
fn a_section_that_only_moves_in_the_file_does_not_change() {
    let text =
        "ingest.rate_limit.per_second = 5\n[api.tokens.a]\nscope = \"admin\"\ntoken = \"0123456789abcdef\"\n";
    assert!(changes(text, &format!("# moved\n\n{text}")).is_empty());
}
