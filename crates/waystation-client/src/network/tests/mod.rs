//! The network transport against real sockets.

mod addresses;
mod answers;
mod breakage;
mod encryption;
mod server;

use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::{Error, NetworkFailure, Result};

use super::{NetworkConfig, NetworkTransport, Proxies};
use crate::wire::Wire;

/// A transport that no setting of the machine can disturb.
fn transport(config: NetworkConfig) -> NetworkTransport {
    NetworkTransport::new(&NetworkConfig {
        proxies: Proxies::None,
        ..config
    })
    .unwrap()
}

async fn send(request: &OutgoingRequest) -> Result<Answer> {
    transport(NetworkConfig::default()).exchange(request).await
}

/// The failure of an exchange that broke, with its message.
fn failure(result: Result<Answer>) -> (NetworkFailure, String) {
    match result {
        Err(Error::Network { failure, message }) => (failure, message),
        other => panic!("not a broken exchange: {other:?}"),
    }
}
