//! Reading answers, up to a limit.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use url::Url;
use waystation_kit::Result;

use super::failure;

/// Reads a whole body. The limit is in bytes as they are after decompression, so that a few bytes on the wire
/// cannot become gigabytes in memory.
pub(super) async fn read(mut response: Response, limit: usize, url: &Url) -> Result<Bytes> {
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(failure::too_large(limit, url));
    }
    let mut body = Collected::default();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure::broken(&error, url))?
    {
        if body.len() + chunk.len() > limit {
            return Err(failure::too_large(limit, url));
        }
        body.push(chunk);
    }
    Ok(body.into_bytes())
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
