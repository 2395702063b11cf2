//! Probes what a port speaks if a call's failure suggests that it is not what the address claims.
//!
//! Owns two probes of one connection each, so that the error message is correct. Nothing secret is sent, not even the address's
//! path; endpoints behind a proxy are not probed, since that would bypass it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::tls;

/// How long a probe may take.
const LIMIT: Duration = Duration::from_secs(1);

/// How many bytes of an answer are read.
const ANSWER: usize = 8 << 10;

/// The first bytes of the records with which a TLS server answers: an alert, a handshake (RFC 8446, section 5.1).
const RECORDS: [u8; 2] = [0x15, 0x16];

/// What servers that expect TLS say in plain text: Go, nginx, Apache, Tomcat.
const WANTS_TLS: [&str; 4] = [
    "http request to an https server",
    "plain http request was sent to https port",
    "speaking plain http to an ssl-enabled server port",
    "this combination of host and port requires tls",
];

/// Whether an answer means that the server expects TLS.
pub(super) fn wants_tls(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    WANTS_TLS.iter().any(|words| text.contains(words))
}

/// Whether this address speaks plain HTTP.
pub(super) async fn speaks_http(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    // Every server that expects TLS answers with this status.
    let decided = |answer: &[u8]| answer.len() > 12 && answer.get(8..12).is_none_or(|status| status != b" 400");
    let answer = exchange(url, request.as_bytes(), decided).await;
    answer.starts_with(b"HTTP/1.") && !wants_tls(&answer)
}

/// Whether this address speaks TLS.
pub(super) async fn speaks_tls(url: &Url) -> bool {
    let Some(hello) = hello(url) else { return false };
    let answer = exchange(url, &hello, |answer| !answer.is_empty()).await;
    answer.first().is_some_and(|first| RECORDS.contains(first))
}

/// The answer to this request, until it is decided, has ended, or time is up.
async fn exchange(url: &Url, request: &[u8], decided: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut answer = Vec::new();
    let read = async {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or_default();
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        stream.write_all(request).await.ok()?;
        while !decided(&answer) && answer.len() < ANSWER {
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                break;
            }
        }
        Some(())
    };
    // What came before the limit remains in `answer`.
    let _ = timeout(LIMIT, read).await;
    answer
}

/// The start of a TLS connection to this address.
fn hello(url: &Url) -> Option<Vec<u8>> {
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    let mut connection = ClientConnection::new(Arc::new(tls::unused().ok()?), ServerName::try_from(host).ok()?).ok()?;
    let mut hello = Vec::new();
    connection.write_tls(&mut hello).ok()?;
    Some(hello)
}
