//! Reading answers, up to a limit.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use url::Url;
use waystation_kit::Error;

use super::failure;
use super::pool::{FREE, Places, Pool};

/// A refusal is read up to this size, in bytes: the words of a partner, or of whatever stands before it, need no more, and
/// while a partner fails there are many of them at the same time.
pub(super) const LARGEST_REFUSAL: usize = 1 << 20;

/// How much is kept of a body that cannot be read to its end.
const MOST_KEPT: usize = 8 << 10;

/// A body that cannot be read to its end.
pub(super) struct Unreadable {
    /// What has come of it.
    pub(super) read: Bytes,
    /// Why.
    pub(super) error: Error,
}

/// Reads a whole body. The limit is in bytes as they are after decompression, so that a few bytes on the wire
/// cannot become gigabytes in memory; what is large takes its place in the pool.
///
/// # Errors
/// What has come of a body that cannot be read to its end, and why it cannot.
pub(super) async fn read(
    mut response: Response,
    limit: usize,
    url: &Url,
    pool: &Pool,
) -> Result<Bytes, Unreadable> {
    let announced = response.content_length();
    // What there is of a refusal's words is worth reading.
    if response.status().is_success() && announced.is_some_and(|length| length > limit as u64) {
        return Err(Unreadable {
            read: Bytes::new(),
            error: failure::too_large(limit, url),
        });
    }
    let mut body = Collected::default();
    let mut places: Option<Places> = None;
    loop {
        let error = match response.chunk().await {
            Ok(None) => {
                let body = body.into_bytes();
                return Ok(match places {
                    Some(places) => places.hold(body),
                    None => body,
                });
            }
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => failure::too_large(limit, url),
            Ok(Some(chunk)) => {
                if places.is_none() && body.len() + chunk.len() > FREE {
                    places = Some(pool.places(limit).await);
                }
                body.push(chunk);
                continue;
            }
            Err(error) => failure::broken(&error, url),
        };
        let read = Bytes::copy_from_slice(body.beginning(MOST_KEPT));
        return Err(Unreadable { read, error });
    }
}

/// Most answers come in one piece, which is taken as it is.
#[derive(Default)]
enum Collected {
    #[default]
    Nothing,
    One(Bytes),
    Several(BytesMut),
}

impl Collected {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(chunk) => chunk.len(),
            Self::Several(body) => body.len(),
        }
    }

    /// As much of it as has come, up to this size.
    fn beginning(&self, most: usize) -> &[u8] {
        let body: &[u8] = match self {
            Self::Nothing => &[],
            Self::One(chunk) => chunk,
            Self::Several(body) => body,
        };
        &body[..body.len().min(most)]
    }

    fn push(&mut self, chunk: Bytes) {
        *self = match std::mem::take(self) {
            Self::Nothing => Self::One(chunk),
            Self::One(first) => {
                let mut body = BytesMut::from(first);
                body.extend_from_slice(&chunk);
                Self::Several(body)
            }
            Self::Several(mut body) => {
                body.extend_from_slice(&chunk);
                Self::Several(body)
            }
        };
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(chunk) => chunk,
            Self::Several(body) => body.freeze(),
        }
    }
}
