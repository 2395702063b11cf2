//! Just enough HTTP to inspect a peer and to control a mock.

use std::io::{Error, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// A reply: its status, and its body as text.
pub type Reply = (u16, String);

/// The server's reply to a GET.
pub fn get(host: &str, port: u16, path: &str) -> Result<Reply, Error> {
    send(host, port, "GET", path, "")
}

/// The server's reply to a POST of JSON.
pub fn post(host: &str, port: u16, path: &str, body: &Value) -> Result<Reply, Error> {
    send(host, port, "POST", path, &body.to_string())
}

fn send(host: &str, port: u16, method: &str, path: &str, body: &str) -> Result<Reply, Error> {
    let mut stream = TcpStream::connect((host, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n");
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let broken = || Error::other("no HTTP reply");
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    Ok((status, body.to_owned()))
}
