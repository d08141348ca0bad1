//! `waystation serve`, with settings of its own and nobody to send to.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Ends the server with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn post(address: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn settings_come_from_a_file_and_requests_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key"), "key-from-file\n").unwrap();
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, "siteId = \"site\"\napiKey = { file = \"key\" }\n").unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_waystation"))
        .args([
            "serve",
            "--destination",
            "customerio",
            "--port",
            "0",
            "--dry-run",
            "--settings",
        ])
        .arg(&settings)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let mut announced = BufReader::new(server.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let first = announced.next().unwrap();
    let address = first.rsplit_once("http://").unwrap().1.to_owned();
    // One command for each action, without settings.
    let commands: Vec<String> = announced
        .by_ref()
        .skip_while(|line| line != "Try:")
        .skip(1)
        .take_while(|line| !line.contains("unsuppressPerson"))
        .collect();
    assert!(
        commands.iter().any(|line| line.contains("/trackEvent -H")),
        "{commands:?}"
    );
    assert!(
        !commands.iter().any(|line| line.contains("\"settings\"")),
        "{commands:?}"
    );

    let event =
        r#"{"payload": {"type": "track", "event": "Signed Up", "userId": "u-1", "messageId": "m-1"}}"#;
    let answer = post(&address, "/trackEvent", event);
    assert!(
        answer.contains("https://track.customer.io/api/v2/entity"),
        "{answer}"
    );
    assert!(!answer.contains("key-from-file"), "{answer}");

    let mut log = BufReader::new(server.0.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let told = log.find(|line| line.contains("-> POST")).unwrap();
    assert!(
        told.contains("https://track.customer.io/api/v2/entity") && told.contains("Signed Up"),
        "{told}"
    );
    assert!(!told.contains("key-from-file"), "{told}");
}

#[test]
fn settings_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, "apiKey = { env = \"WAYSTATION_TEST_NOT_SET\" }\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_waystation"))
        .args([
            "serve",
            "--destination",
            "customerio",
            "--port",
            "0",
            "--settings",
        ])
        .arg(&settings)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(
        told.contains("the environment variable WAYSTATION_TEST_NOT_SET is not set"),
        "{told}"
    );
}
