//! All the partners at one address: they answer by a seed, and write down what each answer meant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Response, Uri};
use tokio::net::TcpListener;

use super::answers::{Meaning, answer};
use crate::stage::Error;

/// What the answers meant for each event, in the order in which they were given.
pub(super) type Arrivals = HashMap<String, Vec<Meaning>>;

/// The partners.
pub(super) struct Partner {
    port: u16,
    notes: Arc<Mutex<Notes>>,
}

#[derive(Default)]
struct Notes {
    random: fastrand::Rng,
    requests: usize,
    arrivals: Arrivals,
}

impl Partner {
    /// Begins to answer.
    pub(super) async fn start(seed: u64) -> Result<Self, Error> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(Error::io("listening"))?;
        let port = listener.local_addr().map_err(Error::io("listening"))?.port();
        let notes = Arc::new(Mutex::new(Notes {
            random: fastrand::Rng::with_seed(seed),
            ..Notes::default()
        }));
        let router = Router::new().fallback(take).with_state(Arc::clone(&notes));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { port, notes })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How many requests there were.
    pub(super) fn requests(&self) -> usize {
        lock(&self.notes).requests
    }

    /// What was answered so far.
    pub(super) fn arrivals(&self) -> Arrivals {
        lock(&self.notes).arrivals.clone()
    }
}

fn lock(notes: &Mutex<Notes>) -> std::sync::MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(State(notes): State<Arc<Mutex<Notes>>>, uri: Uri, body: Bytes) -> Response<String> {
    let events = marks(&body);
    let mut notes = lock(&notes);
    let answer = answer(uri.path(), notes.random.usize(..1 << 20));
    notes.requests += 1;
    for (place, event) in events.iter().enumerate() {
        let meaning = if place == 0 { answer.first } else { answer.others };
        notes.arrivals.entry(event.clone()).or_default().push(meaning);
    }
    let imported = events.len() - usize::from(answer.first != answer.others);
    let mut response = Response::new(answer.body.replace("{n}", &imported.to_string()));
    *response.status_mut() = answer.status.try_into().unwrap_or_default();
    for (name, value) in answer.headers {
        response
            .headers_mut()
            .insert(*name, axum::http::HeaderValue::from_static(value));
    }
    response
}

/// The marks of the events in a body, each once, in the order in which they stand there.
fn marks(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let mut found: Vec<String> = Vec::new();
    for (place, _) in text.match_indices(super::service::MARK) {
        let mark: String = text[place..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        if !found.contains(&mark) {
            found.push(mark);
        }
    }
    found
}
