//! The body of a request, within limits.

use std::io::Read;

use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use bytes::{Bytes, BytesMut};
use flate2::bufread::GzDecoder;
use futures_util::StreamExt;
use waystation_http::{ApiError, Code};

/// How many times the limit is taken off the wire in order to answer in good order.
const PATIENCE: usize = 8;

/// How much larger than when packed a body is likely to be.
const USUAL_RATIO: usize = 6;

/// How a gzip member begins.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How the body is packed.
enum Encoding {
    Identity,
    Gzip,
}

/// The body as it was before it was packed, at most `limit` bytes.
///
/// # Errors
/// It is too large, packed in an unknown way, or breaks off.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let encoding = encoding(headers);
    let body = received(body.into_data_stream(), limit).await?;
    match encoding? {
        Encoding::Identity => Ok(body),
        Encoding::Gzip => unpacked(&body, limit),
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, ApiError> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else {
        return Ok(Encoding::Identity);
    };
    match encoding.as_bytes().to_ascii_lowercase().trim_ascii() {
        b"" | b"identity" => Ok(Encoding::Identity),
        b"gzip" | b"x-gzip" => Ok(Encoding::Gzip),
        _ => Err(ApiError::new(
            Code::UnsupportedMediaType,
            "The body has a Content-Encoding that is not taken: send it as it is, or with gzip.",
        )),
    }
}

async fn received(mut body: BodyDataStream, limit: usize) -> Result<Bytes, ApiError> {
    let mut received = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| ApiError::invalid_request("The body breaks off."))?;
        if received.len() + chunk.len() > limit {
            drop(received);
            drain(body, limit).await;
            return Err(too_large("request", limit));
        }
        received.extend_from_slice(&chunk);
    }
    Ok(received.freeze())
}

/// Takes the rest of a body off the wire. An answer in the middle of it would cost the connection, and the
/// sender would see a failure of the network, and try again, where it should see the answer.
async fn drain(mut body: BodyDataStream, limit: usize) {
    let mut patience = limit.saturating_mul(PATIENCE);
    while let Some(Ok(chunk)) = body.next().await {
        match patience.checked_sub(chunk.len()) {
            Some(rest) => patience = rest,
            None => return,
        }
    }
}

/// The content of one gzip member after the other. What follows the last one is ignored, as by Node's zlib: some
/// senders end the body with a line end, or fill it up with zeros.
fn unpacked(packed: &[u8], limit: usize) -> Result<Bytes, ApiError> {
    let mut body = Vec::with_capacity(packed.len().saturating_mul(USUAL_RATIO).min(limit));
    let mut rest = packed;
    loop {
        // One more than is allowed tells a body that is too large from one that just fits.
        let room = (limit + 1).saturating_sub(body.len());
        let mut member = GzDecoder::new(rest);
        (&mut member)
            .take(room as u64)
            .read_to_end(&mut body)
            .map_err(|error| {
                ApiError::invalid_request(format!(
                    "The body is not gzip, as its Content-Encoding says: {error}."
                ))
            })?;
        if body.len() > limit {
            return Err(too_large("request", limit));
        }
        rest = member.into_inner();
        if !rest.starts_with(GZIP) {
            return Ok(body.into());
        }
    }
}

/// What the tracking API documents for requests and single events that are too large.
pub(crate) fn too_large(what: &str, limit: usize) -> ApiError {
    let message = format!("Exceeded payload limit: the {what} is larger than {limit} bytes.");
    ApiError::new(Code::PayloadLimitExceeded, message).with("limit", limit)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const LIMIT: usize = 1000;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    async fn read_as(encoding: &'static str, body: Vec<u8>) -> Result<Bytes, Code> {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(encoding))]);
        read(&headers, body.into(), LIMIT)
            .await
            .map_err(|error| error.code())
    }

    #[tokio::test]
    async fn the_limit_is_that_of_the_unpacked_body() {
        for encoding in ["", "identity", "gzip", "GZIP", "x-gzip"] {
            let pack = |length: usize| match encoding {
                "" | "identity" => vec![b' '; length],
                _ => gzip(&vec![b' '; length]),
            };
            assert_eq!(
                read_as(encoding, pack(LIMIT)).await.unwrap().len(),
                LIMIT,
                "{encoding}"
            );
            let refused = read_as(encoding, pack(LIMIT + 1)).await;
            assert_eq!(refused, Err(Code::PayloadLimitExceeded), "{encoding}");
        }
    }

    #[tokio::test]
    async fn a_gzip_bomb_is_not_unpacked_beyond_the_limit() {
        let bomb = gzip(&vec![0; 100 * LIMIT]);
        assert!(bomb.len() < LIMIT);
        assert_eq!(read_as("gzip", bomb).await, Err(Code::PayloadLimitExceeded));
    }

    #[tokio::test]
    async fn members_follow_each_other_and_what_is_behind_them_is_ignored() {
        let body = || [gzip(b"{\"a\":"), gzip(b"1}")].concat();
        for behind in ["", "\n", "\0\0\0\0", "\r\n", "trailer"] {
            let packed = [body(), behind.as_bytes().to_vec()].concat();
            assert_eq!(read_as("gzip", packed).await.unwrap(), "{\"a\":1}", "{behind:?}");
        }
        let both = [gzip(&vec![b' '; LIMIT]), gzip(b" ")].concat();
        assert_eq!(read_as("gzip", both).await, Err(Code::PayloadLimitExceeded));
    }

    #[tokio::test]
    async fn what_is_no_gzip_is_told() {
        assert_eq!(read_as("gzip", b"{}".to_vec()).await, Err(Code::InvalidRequest));
        let mut cut = gzip(b"{\"userId\":\"u\"}");
        cut.truncate(cut.len() - 6);
        assert_eq!(read_as("gzip", cut).await, Err(Code::InvalidRequest));
        assert_eq!(read_as("br", Vec::new()).await, Err(Code::UnsupportedMediaType));
    }
}
