//! Short ways to write requests in tests.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method};
use waystation_kit::request::{Addresses, OutgoingRequest};

pub(crate) fn get(url: &str) -> OutgoingRequest {
    request(Method::GET, url)
}

pub(crate) fn post(url: &str, body: &'static str) -> OutgoingRequest {
    OutgoingRequest {
        body: Some(Bytes::from_static(body.as_bytes())),
        ..request(Method::POST, url)
    }
}

pub(crate) fn request(method: Method, url: &str) -> OutgoingRequest {
    OutgoingRequest {
        method,
        url: url.parse().unwrap(),
        headers: HeaderMap::new(),
        body: None,
        time_limit: None,
        addresses: Addresses::Any,
    }
}

pub(crate) fn with_header(mut request: OutgoingRequest, name: &str, value: &str) -> OutgoingRequest {
    let name: HeaderName = name.parse().unwrap();
    request.headers.insert(name, value.parse().unwrap());
    request
}
