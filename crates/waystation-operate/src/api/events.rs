//! Server-sent events.

use super::client::{Client, Request};
use crate::failure::Failure;

/// The longest event that is read: a delivery with a long message is a few kilobytes.
const LONGEST_EVENT: usize = 4 * 1024 * 1024;

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerEvent {
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// A stream of events.
pub struct ServerEvents<'client> {
    client: &'client Client,
    answer: reqwest::Response,
    parser: Parser,
}

impl Client {
    /// Begins to follow a stream of events.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn follow(&self, request: Request) -> Result<ServerEvents<'_>, Failure> {
        Ok(ServerEvents {
            client: self,
            answer: self.open(request, "text/event-stream").await?,
            parser: Parser::default(),
        })
    }
}

impl ServerEvents<'_> {
    /// The next event; none when the service has ended the stream.
    ///
    /// # Errors
    /// The connection broke, or what comes are no events.
    pub async fn next(&mut self) -> Result<Option<ServerEvent>, Failure> {
        loop {
            if let Some(event) = self.parser.next() {
                return Ok(Some(event));
            }
            if self.parser.unread.len() > LONGEST_EVENT {
                return Err(self.client.foreign("an event does not end"));
            }
            let chunk = self.answer.chunk().await;
            match chunk.map_err(|error| self.client.failed(&error))? {
                Some(chunk) => self.parser.unread.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// Takes events out of bytes, <https://html.spec.whatwg.org/multipage/server-sent-events.html>. The service ends lines
/// with line feeds, and proxies leave them as they are.
#[derive(Debug, Default)]
struct Parser {
    unread: Vec<u8>,
    event: ServerEvent,
}

impl Parser {
    fn next(&mut self) -> Option<ServerEvent> {
        loop {
            let end = self.unread.iter().position(|byte| *byte == b'\n')?;
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !event.data.is_empty() {
                    return Some(event);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.event.name),
                "data" => {
                    if !self.event.data.is_empty() {
                        self.event.data.push('\n');
                    }
                    self.event.data.push_str(value);
                }
                // Comments keep the connection alive; ids and times of reconnection are of no use here.
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_from_any_pieces() {
        let text = ": hello\n\nevent: delivery\nid: 7\ndata: {\"id\":7}\n\ndata: a\ndata:b\n\nevent: cut";
        for size in [1, 2, 7, text.len()] {
            let mut parser = Parser::default();
            let mut read = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                parser.unread.extend_from_slice(piece);
                read.extend(std::iter::from_fn(|| parser.next()));
            }
            let event = |name: &str, data: &str| ServerEvent {
                name: name.into(),
                data: data.into(),
            };
            assert_eq!(
                read,
                [event("delivery", "{\"id\":7}"), event("", "a\nb")],
                "{size}"
            );
        }
    }
}
