//! No secret is in anything that the service shows, however it comes back.

use std::collections::BTreeSet;
use std::io;
use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use waystation_testkit::{Answer, Partner};

use crate::support::{Home, Running, to};

/// Set for the process in which the service runs, with the secrets in its environment.
const INSIDE: &str = "WAYSTATION_TEST_INSIDE";

const TOKEN_VARIABLE: &str = "ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN";

/// What no output may hold. Those of the environment have everything in them that some language escapes.
const TOKEN: &str = "CNRYTOKEN/a+b=c&d\"e<f>'g";
const KEY: &str = "CNRYKEY-/x+y&z\"w\\v";
const SITE: &str = "CNRYSITE-1";
const HOOK: &str = "services/T0CNRY/B0CNRY/CNRYsLacKpAtH";
const PASSWORD: &str = "CNRYPASS-word~1";
const QUERY: &str = "CNRYQUERY-2026-x";
const HEADER: &str = "CNRYHEADER.abc.def";
const CALLER: &str = "CNRYCALLER+/9&\"q";
const WRITE_KEY: &str = "CNRYWRITEKEY-55";

const ALL: [&str; 9] = [TOKEN, KEY, SITE, HOOK, PASSWORD, QUERY, HEADER, CALLER, WRITE_KEY];

#[test]
fn no_output_no_store_and_no_log_shows_a_secret() {
    if std::env::var_os(INSIDE).is_some() {
        return scenario();
    }
    let process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "secrets::no_output_no_store_and_no_log_shows_a_secret",
            "--nocapture",
        ])
        .env(INSIDE, "1")
        .env(TOKEN_VARIABLE, TOKEN)
        .env("CANARY_KEY", KEY)
        .env("CANARY_SITE", SITE)
        .env("CANARY_WRITE_KEY", WRITE_KEY)
        .output()
        .unwrap();
    let (told, faults) = (
        String::from_utf8_lossy(&process.stdout),
        String::from_utf8_lossy(&process.stderr),
    );
    assert!(process.status.success(), "{told}\n{faults}");
    assert!(told.contains("1 passed"), "{told}");
}

/// A secret in many encodings, each with its name.
fn encodings(secret: &str) -> Vec<(&'static str, String)> {
    let each = |escape: &dyn Fn(char) -> String| secret.chars().map(escape).collect::<String>();
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let percent = |upper: bool, all: bool| {
        each(&|c| match (plain(c) && !all, upper) {
            (true, _) => c.to_string(),
            (false, true) => format!("%{:02X}", u32::from(c)),
            (false, false) => format!("%{:02x}", u32::from(c)),
        })
    };
    let json = Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let html = |escape: &dyn Fn(char) -> String| {
        each(&|c| match plain(c) {
            true => c.to_string(),
            false => escape(c),
        })
    };
    let named = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        other => other.to_string(),
    };
    vec![
        ("raw", secret.to_owned()),
        ("percent, upper case", percent(true, false)),
        ("percent, lower case", percent(false, false)),
        ("percent, every byte", percent(false, true)),
        ("percent, twice", percent(true, false).replace('%', "%25")),
        ("json", json.clone()),
        ("json, slashes", json.replace('/', "\\/")),
        ("json, units", each(&|c| format!("\\u{:04x}", u32::from(c)))),
        (
            "json, units upper case",
            html(&|c| format!("\\u{:04X}", u32::from(c))),
        ),
        (
            "json within json",
            json.replace('\\', "\\\\").replace('"', "\\\""),
        ),
        ("javascript", html(&|c| format!("\\x{:02x}", u32::from(c)))),
        ("html", html(&named)),
        ("html, decimal", html(&|c| format!("&#{};", u32::from(c)))),
        ("html, hexadecimal", html(&|c| format!("&#x{:X};", u32::from(c)))),
        ("hexadecimal", each(&|c| format!("{:02x}", u32::from(c)))),
        (
            "hexadecimal, upper case",
            each(&|c| format!("{:02X}", u32::from(c))),
        ),
        ("base64", STANDARD.encode(secret)),
        ("base64 of a user name", STANDARD.encode(format!("{secret}:"))),
        (
            "base64 of basic credentials",
            STANDARD.encode(format!("{SITE}:{secret}")),
        ),
        ("base64, one byte further", STANDARD.encode(format!("x{secret}y"))),
        (
            "base64, two bytes further",
            URL_SAFE_NO_PAD.encode(format!("xy{secret}yz")),
        ),
    ]
}

/// A partner's words with the secret in every encoding, each between its number.
fn words(secret: &str) -> String {
    let encodings = encodings(secret).into_iter().enumerate();
    let words = encodings.map(|(number, (_, text))| format!("[{number:02} {text} {number:02}]"));
    words.collect::<Vec<_>>().join(" ")
}

fn refusal(status: u16, secret: &str) -> Answer {
    Answer::json(status, refused(status, secret)).header("x-echo", &STANDARD.encode(format!("a{secret}")))
}

fn refused(status: u16, secret: &str) -> Value {
    let words = words(secret);
    let code = if status == 401 { 190 } else { 100 };
    json!({"error": {"message": words, "code": code}, "errors": [{"message": words, "detail": words}]})
}

/// Everything that is logged at the finest level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn configuration(partner: &Partner) -> String {
    let delivery = "retry = { attempts = 1 }";
    format!(
        r#"{}
[sources.canary]
write_keys = [{{ env = "CANARY_WRITE_KEY" }}]

[connections.facebook]
destination = "facebook-conversions-api"
settings = {{ pixelId = "1234" }}
delivery = {{ {delivery} }}
[[connections.facebook.subscriptions]]
action = "purchase"
subscribe = 'type = "track"'
extend_defaults = true
mapping = {{ action_source = "app", user_data = {{ fbp = "fb.1.1" }} }}

[connections.customerio]
destination = "customerio"
settings = {{ siteId = {{ env = "CANARY_SITE" }}, apiKey = {{ env = "CANARY_KEY" }} }}
delivery = {{ {delivery} }}
[[connections.customerio.subscriptions]]
action = "trackEvent"
subscribe = 'type = "track"'
extend_defaults = true
mapping = {{ "__segment_internal" = "" }}

[connections.slack]
destination = "slack"
delivery = {{ {delivery} }}
[[connections.slack.subscriptions]]
action = "postToChannel"
subscribe = 'type = "track"'
mapping = {{ url = "https://hooks.slack.com/{HOOK}", text = "an order" }}

[connections.hook]
destination = "webhook"
delivery = {{ {delivery} }}
[[connections.hook.subscriptions]]
action = "send"
subscribe = 'type = "track"'
extend_defaults = true
mapping = {{ url = "https://user:{PASSWORD}@receiver.example.com/hook?api_key={QUERY}", headers = {{ Authorization = "Bearer {HEADER}" }} }}
"#,
        to(partner)
    )
    .replace("mapping = { \"__segment_internal\" = \"\" }\n", "")
}

#[tokio::main]
async fn scenario() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let partner = Partner::start().await;
    let home = Home::new();
    home.write(&configuration(&partner));
    let service = home.start().await;

    let mut outputs = configured(&service, &partner).await;
    outputs.extend(executed(&service, &partner).await);
    for path in [
        "config",
        "sources",
        "connections",
        "stats",
        "ledger",
        "deliveries",
        "dead-letters",
    ] {
        outputs.push((
            path.to_owned(),
            service.get(&format!("/admin/v1/{path}")).await.text().to_owned(),
        ));
    }
    for name in ["facebook", "customerio", "slack", "hook"] {
        let path = format!("/admin/v1/connections/{name}");
        outputs.push((path.clone(), service.get(&path).await.text().to_owned()));
    }
    for path in [
        "/metrics",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/v1/projects/x/settings",
    ] {
        outputs.push((path.to_owned(), service.get(path).await.text().to_owned()));
    }
    outputs.push((
        "reload".to_owned(),
        service
            .post("/admin/v1/reload", &json!({}))
            .await
            .text()
            .to_owned(),
    ));
    outputs.extend(files(&home));
    service.stop().await;
    outputs.extend(files(&home));
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("TRACE") && log.contains("hook"), "{}", log.len());
    outputs.push(("log".to_owned(), log));

    let found = found(&outputs);
    assert!(found.is_empty(), "{found:#?}");
    assert_told(&outputs);
}

/// Deliveries of the configured connections, all of which the partner refuses.
async fn configured(service: &Running, partner: &Partner) -> Vec<(String, String)> {
    let hook = format!("/{HOOK}");
    let mut dead = 0;
    for (secret, of_customerio) in [(PASSWORD, KEY), (QUERY, SITE), (HEADER, KEY)] {
        partner
            .on("POST", "/v24.0/1234/events")
            .answers_with(refusal(400, TOKEN));
        partner
            .on("POST", "/api/v2/batch")
            .answers_with(refusal(400, of_customerio));
        partner
            .on("POST", &hook)
            .answers_with(Answer::text(400, &words(HOOK)));
        partner
            .on("POST", "/hook")
            .answers_with(Answer::text(400, &words(secret)));
        let id = format!("m-{secret}").replace("CNRY", "");
        assert_eq!(service.post("/v1/track", &order(&id)).await.status, 200);
        dead += 4;
        service.until_counted(&[("accepted", dead), ("dead", dead)]).await;
    }
    // Refused credentials pause the connection, and the partner's words are in its state.
    for (path, secret) in [("/v24.0/1234/events", TOKEN), ("/api/v2/batch", KEY)] {
        partner.on("POST", path).always_answers(401, refused(401, secret));
    }
    partner
        .on("POST", &hook)
        .always_answers(400, json!({"message": words(HOOK)}));
    partner
        .on("POST", "/hook")
        .always_answers(400, json!({"message": words(QUERY)}));
    for id in ["m-paused-1", "m-paused-2", "m-paused-3"] {
        assert_eq!(service.post("/v1/track", &order(id)).await.status, 200);
    }
    service
        .until("two connections are paused", || async {
            let paused = service.get("/admin/v1/connections").await;
            paused.text().matches("credentialsRefused").count() >= 2
        })
        .await;
    let paused = service.get("/admin/v1/connections").await;
    assert_eq!(
        paused.text().matches("[00 <redacted> 00]").count(),
        2,
        "{}",
        paused.text()
    );
    let mut outputs = Vec::new();
    for id in 1..=dead + 12 {
        let path = format!("/admin/v1/deliveries/{id}");
        let answer = service.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        outputs.push((path, answer.text().to_owned()));
    }
    outputs
}

fn order(id: &str) -> Value {
    json!({"type": "track", "event": "Order Completed", "userId": "u-1", "messageId": id,
        "timestamp": "2026-11-22T10:00:00Z", "properties": {"currency": "EUR", "revenue": 34.5,
        "products": [{"product_id": "a", "quantity": 2, "price": 12}]}})
}

/// Calls whose secrets come with the request, or are the operator's.
async fn executed(service: &Running, partner: &Partner) -> Vec<(String, String)> {
    let event = order("m-9");
    let facebook = json!({"settings": {"pixelId": "77"}, "payload": event, "mapping": {"action_source": "app",
        "user_data": {"fbp": "fb.1.1"}}});
    let customerio = json!({"settings": {"siteId": SITE, "apiKey": CALLER}, "payload": event});
    let webhook = json!({"settings": {}, "payload": event, "mapping": {"method": "POST",
        "url": format!("https://a:{PASSWORD}@receiver.example.com/exec?token={QUERY}"),
        "headers": {"X-Api-Key": HEADER}}});
    let mut outputs = Vec::new();
    for (action, path, body, secret) in [
        (
            "facebook-conversions-api/actions/purchase",
            "/v24.0/77/events",
            &facebook,
            TOKEN,
        ),
        (
            "customerio/actions/trackEvent",
            "/api/v2/entity",
            &customerio,
            CALLER,
        ),
        ("webhook/actions/send", "/exec", &webhook, HEADER),
        ("webhook/actions/send", "/exec", &webhook, PASSWORD),
    ] {
        let route = partner.on("POST", path);
        route.answers_with(refusal(400, secret));
        let answer = service.post(&format!("/v1/destinations/{action}"), body).await;
        assert!((400..500).contains(&answer.status), "{action}: {}", answer.text());
        outputs.push((format!("execution of {action}"), answer.text().to_owned()));
    }
    outputs
}

/// Every file of the store.
fn files(home: &Home) -> Vec<(String, String)> {
    let folder = home.store().parent().unwrap().to_owned();
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let files = files.filter(|file| file.file_name().is_some_and(|name| name != "waystation.toml"));
    let read = |file: std::path::PathBuf| {
        let bytes = std::fs::read(&file).unwrap();
        (
            file.display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    };
    files.map(read).collect()
}

/// Which secret is where, and how it is written.
fn found(outputs: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for secret in ALL {
        for (encoding, text) in encodings(secret) {
            // The first and the last digits of base64 have bits of the neighbours in them.
            let text = match encoding.starts_with("base64") {
                true => text[4..text.len() - 4].to_owned(),
                false => text,
            };
            let holds = |output: &&(String, String)| output.1.contains(&text);
            for (name, output) in outputs.iter().filter(holds) {
                let place = output.find(&text).unwrap();
                let (from, to) = (
                    output.floor_char_boundary(place.saturating_sub(60)),
                    output.ceil_char_boundary((place + 120).min(output.len())),
                );
                found.push(format!(
                    "{secret} ({encoding}) is in {name}: {}",
                    &output[from..to]
                ));
            }
        }
    }
    found
}

/// The words of the partner came through, with every encoding hidden: what is not there proves nothing.
fn assert_told(outputs: &[(String, String)]) {
    let names = encodings(TOKEN);
    for (number, (encoding, _)) in names.iter().enumerate() {
        let hidden = format!("[{number:02} <redacted> {number:02}]");
        let told: BTreeSet<&str> = outputs
            .iter()
            .filter(|(_, output)| output.contains(&hidden))
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(told.len() >= 10, "{encoding} is told in {told:?} alone");
    }
}
