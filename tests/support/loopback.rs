//! A server on the loopback interface that a test scripts byte by byte.
//!
//! Owns HTTP/1.1 as far as tests need it: it reads requests, keeps them, and plays a reply of steps for each: exact bytes, waits,
//! silence, a cut anywhere. A connection is kept for further requests unless its reply closes it. It counts open connections, so
//! that a test can see a client hang up. The tests define what replies mean.

#![allow(dead_code, reason = "shared by tests that each use a part")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

/// How long a test waits for what has to come: only what never comes takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// The path with its query; from a client that takes this server for a proxy, the whole address.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The number of its connection, from 0.
    pub connection: usize,
}

impl Request {
    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

#[derive(Clone)]
enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    At(Duration),
    Then(Arc<dyn Fn() + Send + Sync>),
    Gate,
    Silence,
    Repeat(Vec<u8>),
    Close,
}

/// What the server does for one request, step by step.
#[derive(Clone, Default)]
pub struct Reply(Vec<Step>);

impl Reply {
    /// Nothing yet, not even a head.
    pub fn raw() -> Self {
        Self::default()
    }

    /// A status line and headers.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Self {
        let lines = headers.iter().fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
        Self::raw().send(format!("HTTP/1.1 {status} Scripted\r\n{lines}\r\n"))
    }

    /// A whole reply with additional headers.
    pub fn with_headers(status: u16, content_type: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let length = body.len().to_string();
        let mut all = vec![("content-type", content_type), ("content-length", length.as_str())];
        all.extend_from_slice(headers);
        Self::head(status, &all).send(body)
    }

    /// A whole reply.
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        Self::with_headers(status, content_type, &[], body)
    }

    /// A whole reply of JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// The head of a chunked reply.
    pub fn chunked(content_type: &str) -> Self {
        Self::head(200, &[("content-type", content_type), ("transfer-encoding", "chunked")])
    }

    /// The head of a stream of server-sent events.
    pub fn events() -> Self {
        Self::chunked("text/event-stream")
    }

    /// These bytes as they are.
    pub fn send(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.0.push(Step::Send(bytes.as_ref().to_vec()));
        self
    }

    /// These bytes as one chunk.
    pub fn chunk(self, bytes: impl AsRef<[u8]>) -> Self {
        self.send(chunk(bytes.as_ref()))
    }

    /// One server-sent event as one chunk.
    pub fn event(self, data: &Value) -> Self {
        self.chunk(format!("data: {data}\n\n"))
    }

    /// The end of the chunks.
    pub fn end(self) -> Self {
        self.send("0\r\n\r\n")
    }

    /// Nothing for this long.
    pub fn pause(self, time: Duration) -> Self {
        self.step(Step::Pause(time))
    }

    /// Nothing until this long after the request came, so that consecutive delays do not add up their inaccuracies.
    pub fn at(self, time: Duration) -> Self {
        self.step(Step::At(time))
    }

    /// Calls this once everything before was sent; never, if the client has closed by then.
    pub fn then(self, call: impl Fn() + Send + Sync + 'static) -> Self {
        self.step(Step::Then(Arc::new(call)))
    }

    /// Nothing until the test calls [`Loopback::open_gate`] once more.
    pub fn gate(self) -> Self {
        self.step(Step::Gate)
    }

    /// Nothing more; the connection stays open until the client closes it.
    pub fn silence(self) -> Self {
        self.step(Step::Silence)
    }

    /// These bytes again and again, as chunks, until the client closes.
    pub fn repeat(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = chunk(bytes.as_ref());
        self.step(Step::Repeat(bytes))
    }

    /// The connection ends here.
    pub fn close(self) -> Self {
        self.step(Step::Close)
    }

    fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

type Answer = Box<dyn Fn(usize, &Request) -> Reply + Send + Sync>;

struct Stage {
    answer: Answer,
    requests: Mutex<VecDeque<Request>>,
    requested: AtomicUsize,
    kept: usize,
    open: watch::Sender<usize>,
    accepted: AtomicUsize,
    gate: Semaphore,
}

/// The server; it ends when this is dropped.
pub struct Loopback {
    address: SocketAddr,
    stage: Arc<Stage>,
    task: JoinHandle<()>,
}

impl Loopback {
    /// Starts to listen on a free port. The script gets each request with its number, from 0.
    pub async fn start(script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(0, usize::MAX, script).await
    }

    /// As [`Self::start`], on a port that an earlier server had, keeping only this many requests, so that a long run does not
    /// grow.
    pub async fn start_on(port: u16, kept: usize, script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let stage = Arc::new(Stage {
            answer: Box::new(script),
            requests: Mutex::default(),
            requested: AtomicUsize::new(0),
            kept,
            open: watch::Sender::new(0),
            accepted: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        });
        let task = tokio::spawn(listen(listener, stage.clone()));
        Self { address, stage, task }
    }

    /// Plays these replies in order, the last one for all further requests.
    pub async fn replies(replies: Vec<Reply>) -> Self {
        Self::start(move |number, _| replies.get(number).or(replies.last()).cloned().unwrap_or_default()).await
    }

    /// Plays this reply for every request.
    pub async fn always(reply: Reply) -> Self {
        Self::replies(vec![reply]).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, as many as are kept.
    pub fn requests(&self) -> Vec<Request> {
        self.stage.requests.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Number of requests so far.
    pub fn requested(&self) -> usize {
        self.stage.requested.load(Ordering::SeqCst)
    }

    /// Connections ever accepted.
    pub fn accepted(&self) -> usize {
        self.stage.accepted.load(Ordering::SeqCst)
    }

    /// Connections currently open.
    pub fn open(&self) -> usize {
        *self.stage.open.borrow()
    }

    /// Waits until this many connections are open.
    pub async fn until_open(&self, connections: usize) {
        let mut open = self.stage.open.subscribe();
        let waited = tokio::time::timeout(PATIENCE, open.wait_for(|open| *open == connections)).await;
        assert!(waited.is_ok(), "{} connections are open, not {connections}", self.open());
    }

    /// Ends the server, and waits until its port is free.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Lets one reply that waits at a gate continue, now or when it gets there.
    pub fn open_gate(&self) {
        self.stage.gate.add_permits(1);
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, stage: Arc<Stage>) {
    // Dropped with this task, and all connections with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = stage.accepted.fetch_add(1, Ordering::SeqCst);
        // A small piece must not wait until the one before it was acknowledged.
        let _ = stream.set_nodelay(true);
        let counted = Counted::new(stage.clone());
        connections.spawn(async move {
            let mut connection = Connection { stream, unread: Vec::new(), number };
            while let Some(request) = connection.request().await {
                if connection.play(&counted.0, request).await.is_none() {
                    break;
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

/// A connection that counts as open.
struct Counted(Arc<Stage>);

impl Counted {
    fn new(stage: Arc<Stage>) -> Self {
        stage.open.send_modify(|open| *open += 1);
        Self(stage)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    number: usize,
}

impl Connection {
    /// The next request; `None` if the client has closed, or does not speak HTTP.
    async fn request(&mut self) -> Option<Request> {
        let head = loop {
            if let Some(end) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break self.unread.drain(..end + 4).collect::<Vec<u8>>();
            }
            // A TLS handshake starts with this byte.
            if self.unread.first() == Some(&0x16) {
                let _ = self.stream.write_all(b"HTTP/1.1 400 This is no TLS\r\n\r\n").await;
                return None;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        let mut request = Request { method, path, headers, body: Vec::new(), connection: self.number };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.unread.len() < length {
            self.read().await?;
        }
        request.body = self.unread.drain(..length).collect();
        Some(request)
    }

    /// Plays the reply to a request; `None` if the connection is over.
    async fn play(&mut self, stage: &Stage, request: Request) -> Option<()> {
        let came = Instant::now();
        let number = stage.requested.fetch_add(1, Ordering::SeqCst);
        {
            let mut requests = stage.requests.lock().unwrap_or_else(PoisonError::into_inner);
            requests.push_back(request.clone());
            let surplus = requests.len().saturating_sub(stage.kept);
            requests.drain(..surplus);
        }
        for step in (stage.answer)(number, &request).0 {
            match step {
                Step::Send(bytes) => self.stream.write_all(&bytes).await.ok()?,
                Step::Pause(time) => self.meanwhile(tokio::time::sleep(time)).await?,
                Step::At(time) => self.meanwhile(tokio::time::sleep_until(came + time)).await?,
                Step::Then(call) => call(),
                Step::Gate => self.meanwhile(async { stage.gate.acquire().await.expect("an open gate").forget() }).await?,
                Step::Silence => self.meanwhile(std::future::pending()).await?,
                Step::Repeat(bytes) => while self.stream.write_all(&bytes).await.is_ok() {},
                Step::Close => return None,
            }
        }
        Some(())
    }

    /// Waits for something, or for the client to close.
    async fn meanwhile(&mut self, something: impl Future<Output = ()>) -> Option<()> {
        tokio::pin!(something);
        loop {
            tokio::select! {
                () = &mut something => return Some(()),
                read = self.read() => read?,
            }
        }
    }

    async fn read(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.unread).await.ok()?;
        (read > 0).then_some(())
    }
}
