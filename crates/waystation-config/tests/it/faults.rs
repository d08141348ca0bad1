//! Each kind of fault: its sentence, its place, its hint.

use insta::assert_snapshot;

use crate::support::{faults, with_connection, with_source};

#[test]
fn a_file_that_is_not_toml() {
    assert_snapshot!(faults("[server\nlisten = 1\nmax_body = \n"), @r#"
    error: this is not TOML: unclosed table, expected `]`
       --> waystation.toml:1:8

    1 error
    "#);
}

#[test]
fn several_mistakes_of_syntax_and_meaning_at_once() {
    let text = "[server]\nlisten = \"127.0.0.1:80\nmax_body = \"16 stone\"\nlisten = \"x\"\n";
    assert_snapshot!(faults(&with_source(text)), @r#"
    error: this is not TOML: invalid basic string, expected `"`
       --> waystation.toml:4:23

    error: `server.max_body` cannot be used: "stone" is no unit of size: use KiB, MiB, GiB or TiB
       --> waystation.toml:5:12

    error: this is not TOML: duplicate key
       --> waystation.toml:6:1

    3 errors
    "#);
}

#[test]
fn a_file_that_is_not_there() {
    let path = std::path::Path::new("no/such/waystation.toml");
    let faults = crate::support::loader().load(path).unwrap_err();
    assert_snapshot!(faults, @r#"
    error: the file cannot be read: No such file or directory (os error 2)
       --> no/such/waystation.toml

    1 error
    "#);
    assert_eq!(faults.files(), [path]);
}

#[test]
fn keys_that_nothing_reads() {
    assert_snapshot!(faults(&with_connection("[server]\nlissen = \"x\"\n[sorces.a]\n")), @r#"
    error: `server.lissen` is no setting
       --> waystation.toml:7:1
      hint: did you mean `listen`?

    error: `sorces` is no setting
       --> waystation.toml:8:2
      hint: did you mean `sources`?

    2 errors
    "#);
}

#[test]
fn values_of_the_wrong_type() {
    let text = "\
server.max_body = 16
ingest.max_events = -1
delivery.admission = 0
delivery.retry.attempts = 2.5
delivery.breaker.failure_share = 50
network.proxies = \"yes\"
network.allow = \"10.0.0.0/8\"
store = \"waystation.db\"
";
    assert_snapshot!(faults(&format!("{text}{}", with_connection(""))), @r#"
    error: `server.max_body` must be a size in quotes such as "500KiB", and is a whole number
       --> waystation.toml:1:19

    error: `ingest.max_events` must be between 1 and 4294967295
       --> waystation.toml:2:21

    error: `delivery.admission` must be between 1 and 4294967295
       --> waystation.toml:3:22

    error: `delivery.retry.attempts` must be a whole number, and is a number
       --> waystation.toml:4:27

    error: `delivery.breaker.failure_share` must be between 0 and 1
       --> waystation.toml:5:34

    error: `network.proxies` must be true or false, and is a text
       --> waystation.toml:6:19

    error: `network.allow` must be a list, and is a text
       --> waystation.toml:7:17

    error: `store` must be a table, and is a text
       --> waystation.toml:8:9

    8 errors
    "#);
}

#[test]
fn values_that_cannot_be_used() {
    let text = "\
[server]
listen = \"8080\"
shutdown_grace = \"a while\"
[network]
allow = [\"10.0.0.0/40\"]
rewrite = [\"https://api.partner.com\"]
[telemetry]
log_format = \"xml\"
otlp.endpoint = \"localhost:4318\"
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `server.listen` cannot be used: "8080" is no host and port, such as 127.0.0.1:8080 or [::1]:8080
       --> waystation.toml:7:10

    error: `server.shutdown_grace` cannot be used: "a while" does not begin with a number
       --> waystation.toml:8:18

    error: `network.allow[0]` cannot be used: "10.0.0.0/40" is not a range of addresses such as 10.20.0.0/16
       --> waystation.toml:10:10

    error: `network.rewrite[0]` cannot be used: "https://api.partner.com" is not FROM=TO, for example https://api.partner.com=http://127.0.0.1:9000
       --> waystation.toml:11:12

    error: `telemetry.log_format` must be "text" or "json", and is "xml"
       --> waystation.toml:13:14

    error: `telemetry.otlp.endpoint` cannot be used: it does not begin with http:// or https://
       --> waystation.toml:14:17

    6 errors
    "#);
}

#[test]
fn a_part_that_lacks_something() {
    let text = "[api.tokens.ops]\n[telemetry.otlp]\nservice_name = \"x\"\n[ingest.rate_limit]\nburst = 5\n";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `api.tokens.ops` needs `scope`
       --> waystation.toml:6:13
      hint: write scope = "read", "operate", "admin" or "execute"

    error: `api.tokens.ops` needs `token`
       --> waystation.toml:6:13
      hint: write token = { env = "NAME" }

    error: `telemetry.otlp` needs `endpoint`
       --> waystation.toml:7:1
      hint: write endpoint = "http://localhost:4318"

    error: `ingest.rate_limit` needs `per_second`
       --> waystation.toml:9:1
      hint: write per_second = 100

    4 errors
    "#);
}

#[test]
fn names_that_cannot_be_names() {
    let text = "[sources.\"a/b\"]\nwrite_keys = [\"k\"]\n[connections.\"\"]\ndestination = \"customerio\"\n";
    assert_snapshot!(faults(text), @r#"
    error: `sources."a/b"` has the name "a/b", which cannot be one
       --> waystation.toml:1:10
      hint: a name has at most 64 letters, digits, dots, hyphens and underscores, the first of them a letter or digit

    error: `connections.""` has the name "", which cannot be one
       --> waystation.toml:3:14
      hint: a name has at most 64 letters, digits, dots, hyphens and underscores, the first of them a letter or digit

    error: `connections."".settings` lacks the required field `siteId`
       --> waystation.toml:3:14

    error: `connections."".settings` lacks the required field `apiKey`
       --> waystation.toml:3:14

    4 errors
    "#);
}

#[test]
fn a_destination_that_does_not_exist() {
    assert_snapshot!(faults(&with_source("connections.crm.destination = \"custmerio\"")), @r#"
    error: `connections.crm.destination` names the destination "custmerio", which does not exist
       --> waystation.toml:3:31
      hint: did you mean `customerio`?

    1 error
    "#);
    assert_snapshot!(faults(&with_source("connections.crm.enabled = true")), @r#"
    error: `connections.crm` needs `destination`
       --> waystation.toml:3:13
      hint: write destination = "..."; `waystation list` has the names

    1 error
    "#);
}

#[test]
fn settings_that_the_destination_refuses() {
    let text = "[connections.crm]\ndestination = \"customerio\"\n";
    assert_snapshot!(faults(&with_source(text)), @r#"
    error: `connections.crm.settings` lacks the required field `siteId`
       --> waystation.toml:3:14

    error: `connections.crm.settings` lacks the required field `apiKey`
       --> waystation.toml:3:14

    2 errors
    "#);
    let text = format!(
        "{text}[connections.crm.settings]\nsiteID = \"a\"\napiKey = \"b\"\naccountRegion = \"Mars\"\n"
    );
    assert_snapshot!(faults(&with_source(&text)), @r#"
    error: `connections.crm.settings` lacks the required field `siteId`
       --> waystation.toml:5:1

    error: `connections.crm.settings.siteID` is no setting
       --> waystation.toml:6:1
      hint: did you mean `siteId`?

    error: `connections.crm.settings.accountRegion` must be one of "US 🇺🇸", "EU 🇪🇺"
       --> waystation.toml:8:17

    3 errors
    "#);
}

#[test]
fn a_source_that_does_not_exist() {
    assert_snapshot!(faults(&with_connection("sources = [\"webb\", \"phone\"]")), @r#"
    error: `connections.crm.sources[0]` names the source "webb", which is not configured
       --> waystation.toml:6:12
      hint: did you mean "web"?

    error: `connections.crm.sources[1]` names the source "phone", which is not configured
       --> waystation.toml:6:20
      hint: add it as `[sources.NAME]`

    2 errors
    "#);
}

#[test]
fn actions_that_do_not_exist() {
    let text = "subscriptions = [{ action = \"trackEvnt\" }, { name = \"x\" }]";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `connections.crm.subscriptions[0].action` names the action "trackEvnt", which customerio does not have
       --> waystation.toml:6:29
      hint: did you mean `trackEvent`?

    error: `connections.crm.subscriptions[1]` needs `action`
       --> waystation.toml:6:44
      hint: write action = "..."; `waystation list` has the names

    2 errors
    "#);
}

#[test]
fn filters_that_cannot_be_read() {
    let text = "\
[[connections.crm.subscriptions]]
action = \"trackEvent\"
subscribe = 'type = \"track\" and event ~ \"x\"'
[[connections.crm.subscriptions]]
name = \"escaped\"
action = \"trackEvent\"
subscribe = \"type = \\\"track\\\" and (\"
[[connections.crm.subscriptions]]
name = \"suspect\"
action = \"trackEvent\"
subscribe = '''
type = \"track\" and
anonymousId != null'''
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `connections.crm.subscriptions[0].subscribe` is no subscription: expected an operator, a value or a condition, found `~`
       --> waystation.toml:8:39

    error: `connections.crm.subscriptions[1].subscribe` is no subscription: expected a `)` for the group that begins here, found the end (line 1, column 20 of it)
       --> waystation.toml:12:13

    warning: `connections.crm.subscriptions[2].subscribe` may not mean what it looks like: `anonymousId != null` is left out: conditions ask for type, event, name, userId, properties, traits or context
       --> waystation.toml:18:1

    2 errors, 1 warning
    "#);
}

#[test]
fn mappings_that_cannot_be_used() {
    let text = "\
[[connections.crm.subscriptions]]
action = \"trackEvent\"
extend_defaults = true
mapping.name = { \"@path\" = 5 }
mapping.data = { \"@liquid\" = \"{% if %}\" }
[[connections.crm.subscriptions]]
name = \"json\"
action = \"trackEvent\"
mapping = '{\"name\": {\"@shrug\": 1}}'
[[connections.crm.subscriptions]]
name = \"broken json\"
action = \"trackEvent\"
mapping = '''
{
  \"name\": ,
}'''
[[connections.crm.subscriptions]]
name = \"infinite\"
action = \"trackEvent\"
mapping = { name = inf }
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `connections.crm.subscriptions[0].mapping.name."@path"` must be a string or a directive, but is a number
       --> waystation.toml:9:28

    error: `connections.crm.subscriptions[0].mapping.data."@liquid"` is no template: expected a value, found `` (line 1, column 6)
       --> waystation.toml:10:30

    error: `connections.crm.subscriptions[1].mapping` has a part /name that names an unknown directive: @shrug
       --> waystation.toml:14:11

    error: `connections.crm.subscriptions[2].mapping` is not JSON: expected value
       --> waystation.toml:20:11

    error: `connections.crm.subscriptions[3].mapping.name` is infinite or no number, which JSON cannot hold
       --> waystation.toml:25:20

    5 errors
    "#);
}

#[test]
fn mappings_that_miss_the_fields_of_their_action() {
    let text = "\
[[connections.crm.subscriptions]]
action = \"trackEvent\"
mapping.nam = { \"@path\" = \"$.event\" }
omit = [\"timestamp\"]
[[connections.crm.subscriptions]]
name = \"omitting\"
action = \"trackEvent\"
omit = [\"nothing\"]
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    warning: `connections.crm.subscriptions[0].mapping` leaves out `name`, which the action "trackEvent" requires
       --> waystation.toml:8:1
      hint: map it; as it is, every event of this subscription is refused

    warning: `connections.crm.subscriptions[0].mapping.nam` fills `nam`, a field that the action "trackEvent" does not have
       --> waystation.toml:8:15
      hint: did you mean `name`? What is mapped here is dropped

    warning: `connections.crm.subscriptions[0].omit` has no effect: `mapping` takes the place of the default mapping; see `extend_defaults`
       --> waystation.toml:9:8

    warning: `connections.crm.subscriptions[1].omit[0]` has no effect: the default mapping does not fill `nothing`
       --> waystation.toml:13:9

    4 warnings
    "#);
}

#[test]
fn an_action_that_does_not_say_which_events() {
    let text = "connections.hook = { destination = \"webhook\", subscriptions = [{ action = \"send\" }] }";
    assert_snapshot!(faults(&with_source(text)), @r#"
    error: `connections.hook.subscriptions[0].action` needs `subscribe`, for the action "send" does not say which events it is for
       --> waystation.toml:3:75
      hint: for all events: subscribe = 'type != ""'

    warning: `connections.hook.subscriptions[0]` leaves out `url`, which the action "send" requires
       --> waystation.toml:3:64
      hint: map it; as it is, every event of this subscription is refused

    1 error, 1 warning
    "#);
}

#[test]
fn ways_of_syncing_that_the_action_does_not_offer() {
    let text = "subscriptions = [{ action = \"trackEvent\", sync_mode = \"upsert\" }]";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `connections.crm.subscriptions[0].sync_mode` is "upsert", which the action "trackEvent" does not offer
       --> waystation.toml:6:55
      hint: leave it out: the action tells no modes apart

    1 error
    "#);
    let text = "\
[connections.example]
destination = \"example\"
settings = { workspace = \"acme\", workspaceKey = \"key\" }
subscriptions = [{ action = \"syncAudience\", sync_mode = \"mirrored\" }]
";
    assert_snapshot!(faults(&with_source(text)), @r#"
    error: `connections.example.subscriptions[0].sync_mode` is "mirrored", which the action "syncAudience" does not offer
       --> waystation.toml:6:57
      hint: it offers add, mirror

    1 error
    "#);
}

#[test]
fn things_that_exist_twice() {
    let text = "\
[sources.b]
write_keys = [\"other\", \"key\", \"other\"]
[api.tokens.one]
scope = \"admin\"
token = \"0123456789abcdef\"
[api.tokens.two]
scope = \"execute\"
token = \"0123456789abcdef\"
[[connections.crm.subscriptions]]
action = \"trackEvent\"
[[connections.crm.subscriptions]]
name = \"trackEvent\"
action = \"createUpdatePerson\"
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `sources.b.write_keys[1]` is the same write key as `sources.web.write_keys[0]`, at waystation.toml:1:27
       --> waystation.toml:7:24

    error: `sources.b.write_keys[2]` is the same write key as `sources.b.write_keys[0]`, at waystation.toml:7:15
       --> waystation.toml:7:31

    error: `api.tokens.two.token` is the same token as `api.tokens.one.token`, at waystation.toml:10:9
       --> waystation.toml:13:9

    error: `connections.crm.subscriptions[1].name` has the name "trackEvent", as has `connections.crm.subscriptions[0].action` at waystation.toml:15:10
       --> waystation.toml:17:8
      hint: give one of them another name: name = "..."

    4 errors
    "#);
}

#[test]
fn keys_and_tokens_that_cannot_be_sent() {
    let text = "sources.web.write_keys = [\"a:b\"]\n[api.tokens.a]\nscope = \"admin\"\ntoken = \"a b c d e f g h i\"";
    assert_snapshot!(faults(text), @r#"
    error: `sources.web.write_keys[0]` must not contain a colon
       --> waystation.toml:1:27

    error: `api.tokens.a.token` must consist of visible ASCII characters
       --> waystation.toml:4:9

    2 errors
    "#);
}

#[test]
fn interfaces_that_are_open_to_everybody() {
    let text = "\
[server]
listen = \"0.0.0.0:8080\"
[api]
open = true
tokens.a = { scope = \"admin\", token = \"short\" }
[sources.demo]
write_keys = [\"demo\"]
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `api.open` is only possible while `server.listen` is an address of this machine alone
       --> waystation.toml:9:8

    warning: `api.tokens.a.token` is shorter than 16 characters: it can be guessed
       --> waystation.toml:10:39

    warning: `sources.demo.write_keys[0]` is the key of the demo, which everybody knows, and other machines can connect
       --> waystation.toml:12:15

    1 error, 2 warnings
    "#);
}

#[test]
fn nothing_to_do() {
    assert_snapshot!(faults(""), @r#"
    warning: no source is configured: nobody can send events
       --> waystation.toml:1:1
      hint: add one: [sources.web] with write_keys = ["..."]

    1 warning
    "#);
    let text = "[sources.lonely]\nwrite_keys = [\"k\"]\n[sources.mute]\n[sources.off]\nenabled = false\nwrite_keys = [\"o\"]\n";
    let connections = "[connections.a]\ndestination = \"inspector\"\nsources = [\"off\"]\n[connections.b]\ndestination = \"inspector\"\nsources = [\"mute\"]\nsubscriptions = []\n[connections.c]\ndestination = \"inspector\"\nsources = []\n";
    assert_snapshot!(faults(&format!("{text}{connections}")), @r#"
    warning: `sources.lonely` has events that no connection takes
       --> waystation.toml:1:10
      hint: add its name to the `sources` of a connection

    warning: `sources.mute` gets no events: it has no `write_keys`
       --> waystation.toml:3:10

    warning: `connections.a` gets no events: none of its sources is enabled
       --> waystation.toml:7:14

    warning: `connections.b.subscriptions` sends nothing: it has no subscriptions
       --> waystation.toml:13:17

    warning: `connections.c.sources` gets no events: its list of sources is empty
       --> waystation.toml:16:11

    5 warnings
    "#);
}

#[test]
fn times_that_contradict_each_other() {
    let text = "\
[delivery]
horizon = \"10m\"
longest_return = \"15m\"
[connections.crm.delivery]
deadline = \"20s\"
first_return = \"20m\"
retry = { first_wait = \"2m\", longest_partner_wait = \"1m\" }
breaker = { longest_wait = \"500ms\" }
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `delivery.longest_return` is 15m, and `horizon` is 10m: deliveries would become dead letters while they wait
       --> waystation.toml:8:18

    error: `connections.crm.delivery.first_return` is 20m, and `longest_return` is 15m: the first wait cannot be longer than the longest
       --> waystation.toml:11:16

    error: `connections.crm.delivery.retry.first_wait` is 2m, and `retry.longest_wait` is 1m: the first wait cannot be longer than the longest
       --> waystation.toml:12:24

    error: `connections.crm.delivery.breaker.longest_wait` is 500ms, and `breaker.first_wait` is 1s: the first wait cannot be longer than the longest
       --> waystation.toml:13:28

    warning: `connections.crm.delivery.retry.longest_partner_wait` is 1m, and `retry.budget` is 30s: there is no time for so long a wait in process
       --> waystation.toml:12:53

    4 errors, 1 warning
    "#);
}

#[test]
fn limits_that_contradict_each_other() {
    let text = "\
[delivery.concurrency]
ceiling = 5
[connections.crm.delivery.concurrency]
start = 10
[connections.other]
destination = \"inspector\"
delivery.concurrency = { fixed = 3, start = 2 }
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    error: `connections.crm.delivery.concurrency.start` is 10, and `concurrency.ceiling` is 5: the limit cannot begin above its ceiling
       --> waystation.toml:9:9

    error: `connections.other.delivery.concurrency.fixed` excludes `start` and `ceiling`: a limit is fixed, or it adapts
       --> waystation.toml:12:34

    2 errors
    "#);
}

#[test]
fn values_without_effect() {
    let text = "\
auth.access_token = \"t\"
delivery.batch.size = 50
subscriptions = [{ action = \"trackEvent\", mapping = { name = \"x\", enable_batching = false, timestamp = \"2020-01-01\" } }]
[network]
addresses = \"all\"
allow = [\"10.0.0.0/8\"]
";
    assert_snapshot!(faults(&with_connection(text)), @r#"
    warning: `connections.crm.auth` has no effect: customerio does not use OAuth
       --> waystation.toml:6:1

    warning: `connections.crm.delivery.batch.size` has no effect: none of its actions takes batches as it is mapped
       --> waystation.toml:7:23

    warning: `network.allow` has no effect: `addresses` is "all"
       --> waystation.toml:11:9

    3 warnings
    "#);
}

#[test]
fn faults_for_programs() {
    let faults = crate::support::loader()
        .parse("waystation.toml", with_connection("[server]\nlisten = 8080\n"))
        .unwrap_err();
    insta::assert_json_snapshot!(faults, @r#"
    [
      {
        "severity": "error",
        "code": "wrong_type",
        "message": "`server.listen` must be a text such as \"127.0.0.1:8080\", and is a whole number",
        "hint": null,
        "place": {
          "file": "waystation.toml",
          "line": 7,
          "column": 10,
          "key": "server.listen"
        }
      }
    ]
    "#);
}

/// Of what is wrong with the defaults of all connections, each is told once, however many connections there are.
#[test]
fn faults_of_all_connections_are_told_once() {
    let text = "[delivery]\nhorizon = \"20s\"\nretry.attempts = 0\n[connections.other]\ndestination = \"inspector\"\n";
    let told = faults(&with_connection(text));
    assert!(told.ends_with("\n2 errors"), "{told}");
    assert_eq!(
        told.matches("the first call could outlast the time for all of them")
            .count(),
        1,
        "{told}"
    );
}

#[test]
fn write_keys_with_something_in_them_that_nobody_sees() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waystation.toml");
    for (key, name) in [
        ("wk\n\n", "a line end"),
        ("wk \n", "a blank"),
        ("wk\t", "a tab"),
        ("wk\r", "a line end"),
        ("\u{feff}wk", "a byte order mark"),
        ("w\u{0}k", "the character U+0000"),
        ("w\u{a0}k", "the character U+00A0"),
    ] {
        std::fs::write(folder.path().join("key"), key).unwrap();
        std::fs::write(&path, "sources.web.write_keys = [{ file = \"key\" }]\n").unwrap();
        let faults = crate::support::loader().load(&path).unwrap_err().to_string();
        let expected = format!("must not contain {name}: senders show the key without it");
        assert!(faults.contains(&expected), "{key:?}: {faults}");
    }
    for key in ["wk", "wk\n", "wk\r\n"] {
        std::fs::write(folder.path().join("key"), key).unwrap();
        let config = crate::support::loader().load(&path).unwrap();
        assert_eq!(config.sources[0].write_keys[0].expose(), "wk", "{key:?}");
    }
}

#[cfg(unix)]
#[test]
fn files_that_never_end_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let large = folder.path().join("large");
    std::fs::write(&large, vec![b'#'; (1 << 20) + 1]).unwrap();
    for (path, reason) in [
        (pipe.as_path(), "it is no regular file"),
        (std::path::Path::new("/dev/zero"), "it is no regular file"),
        (folder.path(), "it is no regular file"),
        (large.as_path(), "it is larger than 1 MiB"),
    ] {
        let faults = crate::support::loader().load(path).unwrap_err().to_string();
        assert!(faults.contains(reason), "{faults}");
        let text = format!("sources.web.write_keys = [{{ file = {path:?} }}]\n");
        let faults = crate::support::faults(&text);
        assert!(faults.contains(reason), "{faults}");
    }
}

#[test]
fn interfaces_are_not_opened_while_the_service_still_listens_for_other_machines() {
    let text = "server.listen = \"127.0.0.1:8080\"\napi.open = true\n";
    let judge = |bound: &str| {
        let loader = crate::support::loader().bound(bound.parse().unwrap());
        loader.parse("waystation.toml", text)
    };
    assert!(judge("127.0.0.1:8080").is_ok());
    assert!(judge("[::1]:8080").is_ok());
    for bound in ["0.0.0.0:8080", "[::]:8080", "192.0.2.2:8080"] {
        let faults = judge(bound).unwrap_err().to_string();
        let expected = "error: `api.open` is not possible yet: the service listens for other machines until the next \
                        start\n   --> waystation.toml:2:12\n";
        assert!(faults.starts_with(expected), "{faults}");
    }
}

#[test]
fn statuses_that_are_tried_again_and_never() {
    let text = "delivery.retry_on = [404, 200]\ndelivery.never_retry = [404]\n";
    assert_snapshot!(faults(&format!("{text}{}", with_connection(""))), @r#"
    error: `delivery.retry_on[1]` must be between 400 and 599
       --> waystation.toml:1:27

    error: `delivery.never_retry` has 404, which `retry_on` has as well
       --> waystation.toml:2:24

    2 errors
    "#);
}
