//! Requests that are held to public addresses.

use waystation_kit::request::Addresses;

use super::super::{AddressPolicy, PublicAddresses};
use super::server::{Act, Server, answer};
use super::*;
use crate::redirect;
use crate::testing::get;

fn held_to(addresses: AddressPolicy) -> NetworkTransport {
    transport(NetworkConfig {
        addresses,
        ..NetworkConfig::default()
    })
}

fn public_only(url: &str) -> OutgoingRequest {
    OutgoingRequest {
        addresses: Addresses::PublicOnly,
        ..get(url)
    }
}

#[tokio::test]
async fn the_operator_decides_who_is_held() {
    let server = Server::start([Act::Reply(answer("200 OK", ""))]).await;
    let this_machine = || PublicAddresses::and(["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()]);
    let public = PublicAddresses::default;
    let table = [
        (AddressPolicy::AllowAll, true, true),
        (AddressPolicy::PublicWhereAsked(public()), true, false),
        (AddressPolicy::PublicOnly(public()), false, false),
        (AddressPolicy::PublicWhereAsked(this_machine()), true, true),
        (AddressPolicy::PublicOnly(this_machine()), true, true),
    ];
    for (policy, any_allowed, asked_allowed) in table {
        let described = format!("{policy:?}");
        let transport = held_to(policy);
        // The address itself, and a name that has to be looked up.
        for host in ["127.0.0.1", "localhost"] {
            let url = format!("http://{host}:{}/", server.address.port());
            for (request, allowed) in [(get(&url), any_allowed), (public_only(&url), asked_allowed)] {
                let result = transport.exchange(&request).await;
                if allowed {
                    assert!(result.is_ok(), "{described}, {host}: {result:?}");
                } else {
                    let (failure, message) = failure(result);
                    assert_eq!(failure, NetworkFailure::AddressRefused, "{described}, {host}");
                    let is_told = message.contains("is not a public address: loopback");
                    assert_eq!(is_told, host == "127.0.0.1", "{message}");
                    assert!(message.contains("not a public address"), "{message}");
                    assert_eq!(
                        message.matches("127.0.0.1").count() > 0,
                        host == "127.0.0.1",
                        "{message}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn redirects_are_held_too() {
    let elsewhere = answer(
        "302 Found\r\nlocation: http://169.254.169.254/latest/meta-data/",
        "",
    );
    let server = Server::start([Act::Reply(elsewhere)]).await;
    let transport = held_to(AddressPolicy::PublicWhereAsked(PublicAddresses::and([
        "127.0.0.1".parse().unwrap(),
    ])));
    let (failure, message) = failure(redirect::follow(&transport, &public_only(&server.url("/"))).await);
    assert_eq!(failure, NetworkFailure::AddressRefused, "{message}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn connections_made_without_a_check_serve_nobody_who_is_held() {
    let server = Server::start([Act::Reply(answer("200 OK", ""))]).await;
    let transport = held_to(AddressPolicy::PublicWhereAsked(PublicAddresses::default()));
    let url = format!("http://localhost:{}/", server.address.port());
    transport.exchange(&get(&url)).await.unwrap();
    let (failure, message) = failure(transport.exchange(&public_only(&url)).await);
    assert_eq!(failure, NetworkFailure::AddressRefused, "{message}");
}
