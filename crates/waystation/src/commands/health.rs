//! `waystation health`

use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::cli::Health;
use crate::failure::Failure;
use crate::output;

/// More than any answer about health has.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Asks a running service whether it is well; status 0 if it is.
pub(crate) fn run(arguments: &Health) -> Result<ExitCode, Failure> {
    let path = if arguments.live { "/healthz" } else { "/readyz" };
    let url = format!("{}{path}", arguments.url.trim_end_matches('/'));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let (is_well, text) = runtime.block_on(ask(&url, arguments.timeout))?;
    output::print(&format!("{}\n", text.trim_end()))?;
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether the answer is a good one, and its text.
async fn ask(url: &str, patience: Duration) -> Result<(bool, String), Failure> {
    let failed = |why: String| Failure::Health {
        url: url.to_owned(),
        why,
    };
    let uri = url.parse().map_err(|error| failed(format!("{error}")))?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let exchange = async {
        let answer = client.get(uri).await.map_err(|error| failed(causes(&error)))?;
        let is_well = answer.status().is_success();
        let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| failed(error.to_string()))?.to_bytes();
        Ok((is_well, String::from_utf8_lossy(&body).into_owned()))
    };
    match tokio::time::timeout(patience, exchange).await {
        Ok(answered) => answered,
        Err(_) => Err(failed(format!("no answer within {patience:?}"))),
    }
}

/// An error with what lies beneath it: hyper's own words rarely say which.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A socket that gives one answer, and the URL it gives it to.
    fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/readyz", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        url
    }

    #[tokio::test]
    async fn a_service_that_is_ready_is_well() {
        let url = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nready");
        assert_eq!(ask(&url, PATIENCE).await.unwrap(), (true, "ready".to_owned()));
    }

    #[tokio::test]
    async fn a_service_that_is_not_ready_is_not_well_and_says_why() {
        let url = answering("HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nfull");
        assert_eq!(ask(&url, PATIENCE).await.unwrap(), (false, "full".to_owned()));
    }

    #[tokio::test]
    async fn nobody_at_the_address_is_told_as_such() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = ask(&format!("http://{free}/readyz"), PATIENCE).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
