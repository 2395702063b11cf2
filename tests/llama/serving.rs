//! The servers that the other tests use.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::llama::serve;

fn asked(url: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn the_server_answers_and_ends_with_its_guard() {
    let Some(served) = serve("babble", &[]) else { return };
    assert!(asked(&served.url, "/v1/models").contains("\"babble\""));
    let address = format!("127.0.0.1:{}", served.port());
    drop(served);
    assert!(TcpStream::connect(address).is_err());
}
