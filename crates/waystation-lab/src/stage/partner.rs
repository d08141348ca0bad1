//! A partner that takes events over real sockets, writes down each before it answers, and breaks on demand.
//!
//! It speaks just enough HTTP/1.1 for requests with a `Content-Length`, by hand, for no server library lets its
//! user reset a connection in the middle of an answer or answer with noise.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::stage::Error;
use crate::stage::journal::{Arrival, digest, now_millis};

/// How the partner behaves towards one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    /// It takes everything.
    #[default]
    Healthy,
    /// Now and then it fails, decided by the seed, the event and how often the event came: 500, 429, a refusal for
    /// good, a slow answer, a connection that is reset.
    Moody,
    /// It answers 500.
    Failing,
    /// It answers 429 and asks for two seconds.
    Limiting,
    /// It does not answer.
    Hanging,
    /// It resets connections.
    Resetting,
    /// It answers with noise.
    Babbling,
}

impl Mood {
    /// Every mood that a partner recovers from, in the order in which they are tried.
    pub(crate) const SICK: [Self; 5] = [
        Self::Failing,
        Self::Limiting,
        Self::Hanging,
        Self::Resetting,
        Self::Babbling,
    ];

    /// Its name on the wire.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Moody => "moody",
            Self::Failing => "failing",
            Self::Limiting => "limiting",
            Self::Hanging => "hanging",
            Self::Resetting => "resetting",
            Self::Babbling => "babbling",
        }
    }

    /// The mood of this name.
    #[must_use]
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [Self::Healthy, Self::Moody].into_iter().chain(Self::SICK);
        all.into_iter().find(|mood| mood.name() == name)
    }
}

/// What a partner process is started with.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The port on the loopback address; 0 takes any.
    pub(crate) port: u16,
    /// Where arrivals are written down.
    pub(crate) journal: PathBuf,
    /// Decides what [`Mood::Moody`] does.
    pub(crate) seed: u64,
    /// The mood towards every path at first.
    pub(crate) mood: Mood,
}

/// A partner process; killed when dropped.
#[derive(Debug)]
pub(crate) struct Partner {
    /// Kept for its end: the process is killed when this is dropped.
    _child: Child,
    port: u16,
    client: reqwest::Client,
}

impl Partner {
    /// Starts a partner as a process of its own, through the hidden command `partner` of the running program.
    ///
    /// # Errors
    /// The process cannot be started, or does not say where it listens.
    pub(crate) async fn spawn(journal: &std::path::Path, seed: u64, mood: Mood) -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::io("finding the running program"))?;
        let mut child = Command::new(program)
            .arg("partner")
            .args(["--seed", &seed.to_string(), "--mood", mood.name()])
            .arg("--journal")
            .arg(journal)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io("starting the partner"))?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Error::Other("the partner has no output".into()))?;
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line).await;
        read.map_err(Error::io("reading the partner's port"))?;
        let port = line.trim().parse();
        let port =
            port.map_err(|_| Error::Other(format!("the partner said {line:?} in place of its port")))?;
        Ok(Self {
            _child: child,
            port,
            client: reqwest::Client::new(),
        })
    }

    /// Its address, without a path.
    #[must_use]
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Changes its mood towards a path.
    ///
    /// # Errors
    /// It cannot be reached.
    pub(crate) async fn set_mood(&self, path: &str, mood: Mood) -> Result<(), Error> {
        let body = format!("{} {path}", mood.name());
        let request = self.client.post(format!("{}/mood", self.origin())).body(body);
        request.send().await?.error_for_status()?;
        Ok(())
    }
}

struct State {
    seed: u64,
    journal: Mutex<File>,
    moods: Mutex<Moods>,
}

struct Moods {
    at_first: Mood,
    by_path: HashMap<String, Mood>,
    came: HashMap<String, u32>,
}

/// What is done with one request.
enum Reaction {
    Answer { status: u16, after: Duration },
    Limit,
    Hang,
    Reset,
    Babble,
}

/// Is a partner until the process is killed. Prints its port.
///
/// # Errors
/// The socket or the journal cannot be used.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    let journal = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&options.journal);
    let journal = journal.map_err(Error::io(format!("opening {}", options.journal.display())))?;
    let listener = TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(Error::io("listening"))?;
    let address = listener.local_addr().map_err(Error::io("listening"))?;
    writeln!(std::io::stdout(), "{}", address.port()).map_err(Error::io("telling the port"))?;
    let state = Arc::new(State {
        seed: options.seed,
        journal: Mutex::new(journal),
        moods: Mutex::new(Moods {
            at_first: options.mood,
            by_path: HashMap::new(),
            came: HashMap::new(),
        }),
    });
    loop {
        let (stream, _) = listener.accept().await.map_err(Error::io("accepting"))?;
        let state = Arc::clone(&state);
        // Whoever breaks a connection off has its reasons.
        tokio::spawn(async move { drop(serve(stream, &state).await) });
    }
}

async fn serve(stream: TcpStream, state: &State) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some((path, body)) = request(&mut stream).await? {
        if path == "/mood" {
            state.change_mood(&body);
            answer(&mut stream, 200, "").await?;
            continue;
        }
        let events = events(&body);
        let reaction = state.reaction(&path, &events);
        let answered = match reaction {
            Reaction::Answer { status, .. } => status,
            Reaction::Limit => 429,
            Reaction::Hang | Reaction::Reset | Reaction::Babble => 0,
        };
        state.write_down(&path, &events, answered)?;
        match reaction {
            Reaction::Answer { status, after } => {
                tokio::time::sleep(after).await;
                answer(&mut stream, status, "").await?;
            }
            Reaction::Limit => answer(&mut stream, 429, "retry-after: 2\r\n").await?,
            Reaction::Hang => std::future::pending().await,
            Reaction::Reset => {
                stream.get_ref().set_zero_linger()?;
                return Ok(());
            }
            Reaction::Babble => {
                stream.write_all(b"\x00\xffnoise\r\nnoise\r\n\r\n").await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or_default();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some((path, body)))
}

async fn answer(stream: &mut BufReader<TcpStream>, status: u16, headers: &str) -> std::io::Result<()> {
    let text = format!("HTTP/1.1 {status} Partner\r\n{headers}content-length: 2\r\n\r\n{{}}");
    stream.write_all(text.as_bytes()).await
}

/// The events of a body: one, or a list.
fn events(body: &[u8]) -> Vec<Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(events)) => events,
        Ok(event) => vec![event],
        Err(_) => Vec::new(),
    }
}

fn message_id(event: &Value) -> &str {
    event.get("messageId").and_then(Value::as_str).unwrap_or_default()
}

impl State {
    fn change_mood(&self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        if let Some((mood, path)) = text.split_once(' ')
            && let Some(mood) = Mood::named(mood)
        {
            self.moods().by_path.insert(path.to_owned(), mood);
        }
    }

    fn moods(&self) -> std::sync::MutexGuard<'_, Moods> {
        self.moods.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reaction(&self, path: &str, events: &[Value]) -> Reaction {
        let mut moods = self.moods();
        match moods.by_path.get(path).copied().unwrap_or(moods.at_first) {
            Mood::Healthy => Reaction::Answer {
                status: 200,
                after: Duration::ZERO,
            },
            Mood::Moody => {
                let id = events.first().map(message_id).unwrap_or_default();
                let came = moods.came.entry(format!("{path} {id}")).or_default();
                *came += 1;
                moody(self.seed, path, id, *came)
            }
            Mood::Failing => Reaction::Answer {
                status: 500,
                after: Duration::ZERO,
            },
            Mood::Limiting => Reaction::Limit,
            Mood::Hanging => Reaction::Hang,
            Mood::Resetting => Reaction::Reset,
            Mood::Babbling => Reaction::Babble,
        }
    }

    fn write_down(&self, path: &str, events: &[Value], answered: u16) -> std::io::Result<()> {
        let mut lines = Vec::new();
        for event in events {
            let made = event.pointer("/properties/madeAt").and_then(Value::as_u64);
            let arrival = Arrival {
                at: now_millis(),
                waited: now_millis().saturating_sub(made.unwrap_or_default()),
                path: path.to_owned(),
                id: message_id(event).to_owned(),
                answered,
                digest: digest(&event.get("properties").map(Value::to_string).unwrap_or_default()),
            };
            serde_json::to_writer(&mut lines, &arrival)?;
            lines.push(b'\n');
        }
        self.journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(&lines)
    }
}

/// One in twenty requests fails for now, one in fifty for good; some are slow, some are reset.
fn moody(seed: u64, path: &str, id: &str, came: u32) -> Reaction {
    let draw = fastrand::Rng::with_seed(seed ^ digest(&format!("{path} {id} {came}"))).u32(0..1_000);
    let (status, after) = match draw {
        0..40 => (500, 0),
        40..50 => return Reaction::Reset,
        50..70 => (400, 0),
        70..100 => (200, 150),
        _ => (200, 0),
    };
    Reaction::Answer {
        status,
        after: Duration::from_millis(after),
    }
}
