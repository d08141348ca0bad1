//! Protected connections.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, crypto::ring};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::super::tls;
use super::server::{answer, read_request};
use super::*;
use crate::testing::{get, post};

#[derive(Debug, Clone, Copy)]
enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    /// The name under which TLS negotiates it.
    fn name(self) -> &'static [u8] {
        match self {
            Self::Http1 => b"http/1.1",
            Self::Http2 => b"h2",
        }
    }
}

/// A server with a certificate of its own making for `localhost`, which speaks HTTP/2 or HTTP/1.1.
async fn start(protocol: Protocol) -> (SocketAddr, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = vec![protocol.name().to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(acceptor.clone(), stream, protocol));
        }
    });
    (address, certificate)
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, protocol: Protocol) {
    // A client that does not trust the certificate goes away.
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    match protocol {
        Protocol::Http1 => {
            while read_request(&mut stream).await.is_some() {
                stream.write_all(&answer("200 OK", "protected")).await.unwrap();
            }
        }
        Protocol::Http2 => {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                match request.uri().path() {
                    "/reset" => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                    "/leave" => return,
                    _ => {
                        let mut body = respond.send_response(http::Response::new(()), false).unwrap();
                        body.send_data("protected".into(), true).unwrap();
                    }
                }
            }
        }
    }
}

fn trusting(certificate: CertificateDer<'static>) -> NetworkTransport {
    let config = NetworkConfig {
        proxies: Proxies::None,
        ..NetworkConfig::default()
    };
    NetworkTransport::with_tls(&config, &tls::client_config_trusting(certificate)).unwrap()
}

#[tokio::test]
async fn a_trusted_partner_answers_in_either_protocol() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let (address, certificate) = start(protocol).await;
        let url = format!("https://localhost:{}/", address.port());
        let answer = trusting(certificate).exchange(&post(&url, "body")).await.unwrap();
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, &b"protected"[..]),
            "{protocol:?}"
        );
    }
}

#[tokio::test]
async fn an_exchange_that_breaks_on_a_shared_connection_was_reset() {
    for path in ["/reset", "/leave"] {
        let (address, certificate) = start(Protocol::Http2).await;
        let url = format!("https://localhost:{}{path}", address.port());
        let (failure, message) = failure(trusting(certificate).exchange(&post(&url, "body")).await);
        assert_eq!(failure, NetworkFailure::ConnectionReset, "{path}: {message}");
    }
}

#[tokio::test]
async fn a_certificate_is_for_its_name_only() {
    let (address, certificate) = start(Protocol::Http1).await;
    let another_name = format!("https://127.0.0.1:{}/", address.port());
    let (failure, message) = failure(trusting(certificate).exchange(&get(&another_name)).await);
    assert_eq!(failure, NetworkFailure::Certificate, "{message}");
}

#[tokio::test]
async fn a_partner_whom_nobody_vouches_for_is_refused() {
    let (address, _) = start(Protocol::Http1).await;
    let (failure, message) = failure(send(&get(&format!("https://localhost:{}/", address.port()))).await);
    assert_eq!(failure, NetworkFailure::Certificate, "{message}");
}

#[tokio::test]
async fn a_partner_that_does_not_speak_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
    });
    let (failure, message) = failure(send(&get(&format!("https://{address}/"))).await);
    assert_eq!(failure, NetworkFailure::Tls, "{message}");
}
