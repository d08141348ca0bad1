//! The commands that look at a running service and drive it, as they are typed.

use clap::Parser;
use serde_json::{Value, json};
use waystation_http::Stopped;
use waystation_operate::{Command, Failure, Form, OPERATIONS, Output, Screen};
use waystation_testkit::Partner;

use crate::support::{Home, Running, inspector, to, webhook};

/// What the binary has around the commands.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const TERMINAL: Screen = Screen {
    width: 80,
    colour: false,
    form: Form::Table,
};

const PIPE: Screen = Screen {
    form: Form::Json,
    ..TERMINAL
};

/// What a command prints.
async fn printed(service: &Running, line: &str, screen: Screen) -> Result<String, Failure> {
    let url = format!("http://{}", service.address);
    printed_from(&url, line, screen).await
}

async fn printed_from(url: &str, line: &str, screen: Screen) -> Result<String, Failure> {
    let words = ["waystation"].into_iter().chain(line.split(' '));
    let cli = Cli::try_parse_from(words.chain(["--url", url])).unwrap_or_else(|error| panic!("{error}"));
    let mut printed = Vec::new();
    let mut output = Output::new(&mut printed, screen);
    cli.command.run(&mut output).await?;
    Ok(String::from_utf8(printed).unwrap())
}

fn lines_of_json(printed: &str) -> Vec<Value> {
    let lines = printed.lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A service with a connection whose partner refuses everything until it is told otherwise, and with two dead letters.
async fn with_dead_letters(partner: &Partner, home: &Home) -> Running {
    partner.always_answers(422, json!({"error": "no such list, \u{1b}[31mred"}));
    home.write(&format!("{}{}", to(partner), webhook("hook", "")));
    let service = home.start().await;
    for id in ["m-1", "m-2"] {
        assert_eq!(service.track(id).await.status, 200);
    }
    service.until_counted(&[("dead", 2)]).await;
    service
}

#[tokio::test]
async fn every_operation_of_a_command_is_in_the_document() {
    let home = Home::new();
    home.write("");
    let service = home.start().await;
    let document = service.get("/openapi.json").await.body;
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let documented = &document["paths"][operation.path][&method];
        assert_eq!(documented["operationId"], operation.id, "{operation:?}");
        let parameters = documented["parameters"].as_array().cloned().unwrap_or_default();
        let mut documented: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let mut known = operation.query.to_vec();
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, documented, "{}", operation.id);
    }
    service.stop().await;
}

#[tokio::test]
async fn what_failed_fits_the_terminal_and_cannot_drive_it() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    for line in [
        "deliveries --failed --since 1h",
        "dead-letters --cause 422 -c hook",
    ] {
        let printed = printed(&service, line, TERMINAL).await.unwrap();
        let rows: Vec<&str> = printed.lines().collect();
        assert!(
            rows[0].contains("CONNECTION") && rows[0].contains("WHY"),
            "{printed}"
        );
        for row in &rows[1..3] {
            let is_told = row.contains("hook") && row.contains("Order Completed") && row.contains("422");
            assert!(is_told, "{printed}");
        }
        assert!(rows.iter().all(|row| row.chars().count() <= 80), "{printed}");
        assert!(!printed.contains('\u{1b}'), "{printed}");
    }
    let none = printed(&service, "deliveries --failed --until 1h", TERMINAL)
        .await
        .unwrap();
    assert_eq!(none, "No deliveries are like that.\n");
    let one = printed(&service, "deliveries 1", TERMINAL).await.unwrap();
    for part in ["Round 1", "receiver.example.com/hook", "m-1", "no such list"] {
        assert!(one.contains(part), "{part}: {one}");
    }
    assert!(!one.contains('\u{1b}'), "{one}");
    service.stop().await;
}

#[tokio::test]
async fn colours_are_for_terminals_that_want_them() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    let coloured = Screen {
        colour: true,
        ..TERMINAL
    };
    let printed = printed(&service, "deliveries", coloured).await.unwrap();
    assert!(printed.contains("\u{1b}[31mdead\u{1b}[0m"), "{printed}");
    service.stop().await;
}

#[tokio::test]
async fn a_pipe_gets_lines_of_json() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    let deliveries = printed(&service, "deliveries --failed", PIPE).await.unwrap();
    let ids: Vec<Value> = lines_of_json(&deliveries)
        .iter()
        .map(|line| line["id"].clone())
        .collect();
    assert_eq!(ids, [2, 1]);
    let one = printed(&service, "deliveries -n 1 --json", TERMINAL)
        .await
        .unwrap();
    assert_eq!(lines_of_json(&one).len(), 1);
    for (line, count) in [
        ("ledger", 1),
        ("connections", 1),
        ("sources", 1),
        ("deliveries 1", 1),
    ] {
        let printed = printed(&service, line, PIPE).await.unwrap();
        assert_eq!(lines_of_json(&printed).len(), count, "{line}: {printed}");
    }
    service.stop().await;
}

#[tokio::test]
async fn dead_letters_are_counted_and_sent_again() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    let counted = printed(&service, "replay --cause 422 --dry-run", TERMINAL)
        .await
        .unwrap();
    assert_eq!(
        counted,
        "2 dead letters would be sent again; nothing has changed.\n"
    );
    let none = printed(&service, "replay --cause 503 --dry-run", PIPE)
        .await
        .unwrap();
    assert_eq!(
        lines_of_json(&none),
        [json!({"replayed": 0, "matching": 0, "exact": true})]
    );
    service.until_counted(&[("dead", 2), ("replayed", 0)]).await;
    partner.always_answers(200, json!({}));
    let replayed = printed(&service, "replay --cause 422 -c hook", TERMINAL)
        .await
        .unwrap();
    assert!(
        replayed.starts_with("2 dead letters wait again: `waystation tail"),
        "{replayed}"
    );
    service
        .until_counted(&[("dead", 0), ("delivered", 2), ("replayed", 2)])
        .await;
    service.stop().await;
}

#[tokio::test]
async fn nothing_is_removed_without_being_confirmed() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    let refused = printed(&service, "purge --all", TERMINAL).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "2 dead letters would be removed for good; nothing has changed"
    );
    assert!(refused.hint().unwrap().contains("--yes"));
    assert_eq!(service.ledger().await["dead"], 2);
    let all = printed(&service, "purge --yes", TERMINAL).await.unwrap_err();
    assert!(all.is_usage(), "{all}");
    let one = printed(&service, "purge 1 --yes", TERMINAL).await.unwrap();
    assert_eq!(one, "1 dead letters are removed for good.\n");
    service.until_counted(&[("dead", 1), ("purged", 1)]).await;
    service.stop().await;
}

#[tokio::test]
async fn a_tail_shows_what_happens_and_ends_with_the_service() {
    let partner = Partner::start().await;
    partner.always_answers(200, json!({}));
    let home = Home::new();
    home.write(&format!(
        "{}{}{}",
        to(&partner),
        webhook("hook", ""),
        inspector("see", "refused")
    ));
    let service = home.start().await;
    let url = format!("http://{}", service.address);
    let follow = |line: &'static str, screen| {
        let url = url.clone();
        tokio::spawn(async move { printed_from(&url, line, screen).await })
    };
    let all = follow("tail -n 4", PIPE);
    let failed = follow("tail -n 2 --failed", TERMINAL);
    let hook = follow("tail -n 2 --connection hook --outcome delivered", TERMINAL);
    service
        .until("three follow", || async { service.followers().await == 3 })
        .await;
    for id in ["m-1", "m-2"] {
        service.track(id).await;
    }
    let all = lines_of_json(&all.await.unwrap().unwrap());
    let mut outcomes: Vec<&str> = all.iter().filter_map(|line| line["outcome"].as_str()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["dead", "dead", "delivered", "delivered"]);
    let failed = failed.await.unwrap().unwrap();
    assert!(
        failed
            .lines()
            .all(|line| line.contains("dead") && line.contains("see")),
        "{failed}"
    );
    let hook = hook.await.unwrap().unwrap();
    assert_eq!(hook.lines().count(), 2, "{hook}");
    assert!(
        hook.lines()
            .all(|line| line.contains("hook") && line.chars().count() <= 80),
        "{hook}"
    );
    // Whoever follows does not hold up the end.
    let endless = follow("tail", PIPE);
    service
        .until("one follows", || async { service.followers().await == 1 })
        .await;
    assert_eq!(service.stop().await, Stopped::Clean);
    endless.abort();
}

#[tokio::test]
async fn what_is_accepted_only_to_be_skipped_is_shown_as_well() {
    let home = Home::new();
    home.write("");
    let service = home.start().await;
    let url = format!("http://{}", service.address);
    let skipped = tokio::spawn(async move { printed_from(&url, "tail -n 1 --source web", TERMINAL).await });
    service
        .until("one follows", || async { service.followers().await == 1 })
        .await;
    service.track("m-1").await;
    let skipped = skipped.await.unwrap().unwrap();
    assert!(
        skipped.contains("skipped") && skipped.contains("no_connection"),
        "{skipped}"
    );
    service.stop().await;
}

#[tokio::test]
async fn the_service_is_shown_as_a_whole() {
    let (partner, home) = (Partner::start().await, Home::new());
    let service = with_dead_letters(&partner, &home).await;
    let connections = printed(&service, "connections", TERMINAL).await.unwrap();
    assert!(
        connections.contains("hook") && connections.contains("running"),
        "{connections}"
    );
    let one = printed(&service, "connections hook", TERMINAL).await.unwrap();
    assert!(one.contains("\"destination\": \"webhook\""), "{one}");
    let ledger = printed(&service, "ledger", TERMINAL).await.unwrap();
    assert!(ledger.contains("It adds up"), "{ledger}");
    let sources = printed(&service, "sources", TERMINAL).await.unwrap();
    assert!(sources.contains("web") && sources.contains("hook"), "{sources}");
    let reloaded = printed(&service, "reload", TERMINAL).await.unwrap();
    assert_eq!(reloaded, "The configuration is the same as before.\n");
    home.write("sources.app.write_keys = [\"other\"]\n");
    let refused = printed(&service, "reload", TERMINAL).await.unwrap_err();
    assert!(refused.to_string().contains("reload_may_remove"), "{refused}");
    service.stop().await;
}

#[tokio::test]
async fn what_is_paused_by_hand_is_shown_until_it_is_resumed() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let none = printed(&service, "pauses", TERMINAL).await.unwrap();
    assert_eq!(none, "Nothing is paused.\n");
    let paused = printed(&service, "pause -c see --reason moving", TERMINAL)
        .await
        .unwrap();
    assert!(
        paused.starts_with("The connection \"see\" is paused."),
        "{paused}"
    );
    printed(&service, "pause --source web --skip", TERMINAL)
        .await
        .unwrap();
    let pauses = printed(&service, "pauses", TERMINAL).await.unwrap();
    assert!(pauses.contains("moving") && pauses.contains("skip"), "{pauses}");
    let connections = printed(&service, "connections", TERMINAL).await.unwrap();
    assert!(connections.contains("paused, moving"), "{connections}");
    let sources = printed(&service, "sources", TERMINAL).await.unwrap();
    assert!(sources.contains("paused: events skip"), "{sources}");
    let resumed = printed(&service, "resume -c see", TERMINAL).await.unwrap();
    assert_eq!(resumed, "The connection \"see\" is not paused any more.\n");
    assert_eq!(
        lines_of_json(&printed(&service, "pauses", PIPE).await.unwrap()).len(),
        1
    );
    service.stop().await;
}

#[tokio::test]
async fn a_connection_is_filled_from_the_command_line() {
    let partner = Partner::start().await;
    partner.always_answers(200, json!({}));
    let home = Home::new();
    home.write(&format!("{}{}", to(&partner), webhook("hook", "")));
    let service = home.start().await;
    for id in ["m-1", "m-2"] {
        service.track(id).await;
    }
    service.until_counted(&[("delivered", 2)]).await;
    home.write(&format!(
        "{}{}{}",
        to(&partner),
        webhook("hook", ""),
        webhook("late", "")
    ));
    printed(&service, "reload", TERMINAL).await.unwrap();
    let usage = printed(&service, "backfill late", TERMINAL).await.unwrap_err();
    assert!(usage.is_usage(), "{usage}");
    let counted = printed(&service, "backfill late --since 60d --dry-run", TERMINAL)
        .await
        .unwrap();
    assert!(counted.starts_with("2 events would be looked at"), "{counted}");
    assert!(counted.contains("older ones may be missing"), "{counted}");
    let done = printed(&service, "backfill late --since 1h", TERMINAL)
        .await
        .unwrap();
    assert!(
        done.ends_with("done: 2 of 2 events, 2 sent, 0 passed over\n"),
        "{done}"
    );
    let again = printed(&service, "resend -c hook --since 1h --json", TERMINAL)
        .await
        .unwrap();
    assert_eq!(lines_of_json(&again)[0]["sent"], 2);
    service.until_counted(&[("delivered", 6)]).await;
    let resends = printed(&service, "resends", TERMINAL).await.unwrap();
    assert!(
        resends.lines().count() == 3 && resends.contains("late"),
        "{resends}"
    );
    assert!(
        resends.lines().all(|line| line.chars().count() <= 80),
        "{resends}"
    );
    service.stop().await;
}

#[tokio::test]
async fn what_went_wrong_is_told_with_what_to_do() {
    let home = Home::new();
    home.write(&inspector("crm", "delivered"));
    let service = home.start().await;
    let unknown = printed(&service, "connections crn", TERMINAL).await.unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "There is no connection \"crn\". Did you mean \"crm\"?"
    );
    let stage = printed(&service, "deliveries --cause mappin", TERMINAL)
        .await
        .unwrap_err();
    assert!(stage.to_string().contains("must be one of"), "{stage}");
    let nothing = printed(&service, "replay", TERMINAL).await.unwrap_err();
    assert!(
        nothing.is_usage() && nothing.to_string().contains("--all"),
        "{nothing}"
    );
    service.stop().await;
    let token = "api.tokens.ops = { scope = \"admin\", token = \"token-of-the-operator\" }\n";
    let closed = Home::new();
    closed.write_closed(token);
    let service = closed.start().await;
    let denied = printed(&service, "ledger", TERMINAL).await.unwrap_err();
    assert!(denied.hint().unwrap().contains("WAYSTATION_TOKEN"), "{denied}");
    let wrong = printed(&service, "ledger --token wrong", TERMINAL)
        .await
        .unwrap_err();
    assert!(wrong.hint().unwrap().contains("[api.tokens]"), "{wrong}");
    let right = "ledger --token token-of-the-operator";
    assert!(
        printed(&service, right, TERMINAL)
            .await
            .unwrap()
            .contains("ACCEPTED")
    );
    let address = service.address;
    service.stop().await;
    let gone = printed_from(&format!("http://{address}"), "ledger", TERMINAL)
        .await
        .unwrap_err();
    assert!(gone.to_string().contains("refused"), "{gone}");
    assert!(gone.hint().unwrap().contains("--url"));
}
