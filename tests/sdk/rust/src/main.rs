//! Sends events with the library `segment` for Rust as it is published.
//!
//! ```text
//! waystation-sdk-rust LIBRARY HOST WRITE_KEY EVENTS EVENTS_A_SECOND
//! ```
//!
//! Each line of output is a JSON object: `{"sent": n}` on the way; at the end `{"errors": [...]}`. Event number i belongs to
//! the user "LIBRARY-i" and has the type i % 6 of the list below. The library neither tries again nor makes message ids:
//! both are left to whoever uses it, and so done here.

use std::error::Error;
use std::time::Duration;

use segment::message::{BatchMessage, Message};
use segment::{Batcher, Client, HttpClient};
use serde_json::{Value, json};

const TICKS_A_SECOND: usize = 20;
const PAUSE: Duration = Duration::from_millis(200);
const MOST_TRIES: usize = 1000;

fn event(library: &str, i: usize) -> Value {
    let mut event = match i % 6 {
        0 => {
            json!({"type": "track", "event": "Order Completed", "properties": {"index": i, "total": i as f64 / 4.0}})
        }
        1 => json!({"type": "identify", "traits": {"index": i, "name": "Zoë 🦊"}}),
        2 => json!({"type": "page", "name": "Home", "properties": {"index": i}}),
        3 => json!({"type": "screen", "name": "Cart", "properties": {"index": i}}),
        4 => json!({"type": "group", "groupId": "group-1", "traits": {"index": i}}),
        _ => json!({"type": "alias", "previousId": format!("before-{library}-{i}")}),
    };
    // The library fills it in.
    event["timestamp"] = Value::Null;
    event["userId"] = format!("{library}-{i}").into();
    event["messageId"] = format!("{library}-message-{i}").into();
    event
}

/// Sends what is in the batch, as often as it takes.
async fn send(client: &HttpClient, key: &str, batch: Batcher) -> Result<(), Box<dyn Error>> {
    let message: Message = batch.into_message();
    for _ in 0..MOST_TRIES {
        match client.send(key.to_owned(), message.clone()).await {
            Ok(()) => return Ok(()),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    Err("a batch was never taken".into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, host, key, events, per_second] = &arguments[..] else {
        return Err("LIBRARY HOST WRITE_KEY EVENTS EVENTS_A_SECOND".into());
    };
    let (events, per_second): (usize, f64) = (events.parse()?, per_second.parse()?);
    let each_tick = ((per_second / TICKS_A_SECOND as f64).round() as usize).max(1);
    let client = HttpClient::new(Default::default(), host.clone());
    let mut batch = Batcher::new(None);
    for i in 0..events {
        let message: BatchMessage = serde_json::from_value(event(library, i))?;
        if let Some(rejected) = batch.push(message)? {
            send(&client, key, std::mem::replace(&mut batch, Batcher::new(None))).await?;
            batch.push(rejected)?;
        }
        if (i + 1) % each_tick == 0 {
            send(&client, key, std::mem::replace(&mut batch, Batcher::new(None))).await?;
            println!("{}", json!({"sent": i + 1}));
            tokio::time::sleep(Duration::from_secs(1) / TICKS_A_SECOND as u32).await;
        }
    }
    if !batch.is_empty() {
        send(&client, key, batch).await?;
    }
    println!("{}", json!({"sent": events}));
    println!("{}", json!({"errors": []}));
    Ok(())
}
