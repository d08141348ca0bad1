//! Requests that are held to public addresses, whatever their destination asks for.

use waystation_client::CallTransport;
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest, Transport};

/// Where the settings come with the request, every address in them is the caller's choice: it must not lead into
/// the operator's own network, unless the operator allows the address.
#[derive(Debug)]
pub(crate) struct HeldToPublic(pub(crate) CallTransport);

impl Transport for HeldToPublic {
    fn send(&self, mut request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        request.addresses = Addresses::PublicOnly;
        self.0.send(request)
    }
}
