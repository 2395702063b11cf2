//! Headless Chromium, controlled over a pipe in its own protocol (Chrome's `DevTools` Protocol, version 1.3).
//!
//! The shell gives the browser its pipe: it reads commands from descriptor 3 and writes replies to 4, messages end in a zero
//! byte. Without Chromium the tests fail if `CI` is set, and otherwise report that they were skipped.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// A browser that is silent for this long will not reply: the test fails instead of waiting forever.
const SILENCE: Duration = Duration::from_secs(120);

/// Limits it to the page. Without the sandbox, because tests run as root in containers, where it does not work.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

/// A page in a separate browser; dropping it ends the browser.
pub struct Page {
    process: Child,
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    next: u64,
    /// The browser's profile.
    _profile: tempfile::TempDir,
}

fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("chromium")).find(|program| program.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "there is no `chromium` on the PATH: apt-get install chromium");
        println!("left out: there is no `chromium` on the PATH");
    }
    found
}

impl Page {
    /// An empty page; `None` if there is no browser, which was reported.
    pub fn open() -> Option<Self> {
        let chromium = chromium()?;
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2"])
            .arg(chromium)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let replies = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for message in replies.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let commands = process.stdin.take();
        let mut page = Self { process, commands, messages, events: VecDeque::new(), session: None, next: 0, _profile: profile };
        let target = page.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = page.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        page.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Runtime", "DOM", "Accessibility"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(page)
    }

    /// Sends a command and awaits its result.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let mut command = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&command).unwrap();
        bytes.push(0);
        self.commands.as_mut().unwrap().write_all(&bytes).unwrap();
        loop {
            let mut message = self.messages.recv_timeout(SILENCE).unwrap();
            if message["id"] == self.next {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.events.push_back(message);
        }
    }

    /// Loads a page and awaits that everything in it is loaded or refused. Returns the network requests, except the page itself
    /// and what the page's own policy stopped.
    pub fn load(&mut self, html: &str) -> Vec<String> {
        let file = tempfile::Builder::new().suffix(".html").tempfile().unwrap();
        std::fs::write(file.path(), html).unwrap();
        let url = format!("file://{}", file.path().display());
        self.events.clear();
        self.call("Page.navigate", &json!({ "url": url }));
        let mut seen: Vec<Value> = Vec::new();
        loop {
            let event = self.events.pop_front().unwrap_or_else(|| self.messages.recv_timeout(SILENCE).unwrap());
            let loaded = event["method"] == "Page.loadEventFired";
            seen.push(event);
            if loaded {
                break;
            }
        }
        // Scripts of the page that wait for it to load get their turn, if the page has scripts.
        let turn = "new Promise(done => setTimeout(() => setTimeout(done)))";
        self.call("Runtime.evaluate", &json!({ "expression": turn, "awaitPromise": true }));
        seen.extend(self.events.drain(..));
        requests(&seen, &url)
    }

    /// The value of an expression in the context of the page's own scripts.
    pub fn value(&mut self, expression: &str) -> Value {
        self.evaluate(&json!({ "expression": expression, "returnByValue": true }), expression)
    }

    /// The value of an expression in an isolated world, which nothing on the page can have touched.
    pub fn look(&mut self, expression: &str) -> Value {
        let frame = self.call("Page.getFrameTree", &json!({}))["frameTree"]["frame"]["id"].clone();
        let world = self.call("Page.createIsolatedWorld", &json!({ "frameId": frame }))["executionContextId"].clone();
        self.evaluate(&json!({ "expression": expression, "returnByValue": true, "contextId": world }), expression)
    }

    fn evaluate(&mut self, params: &Value, expression: &str) -> Value {
        let mut result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Shows the page in this colour scheme.
    pub fn scheme(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }
}

/// The requested addresses.
fn requests(events: &[Value], page: &str) -> Vec<String> {
    let stopped = |id: &Value| {
        events.iter().any(|event| {
            event["method"] == "Network.loadingFailed"
                && event["params"]["requestId"] == *id
                && event["params"]["blockedReason"] == "csp"
        })
    };
    let asked = events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
    let foreign = asked.filter(|event| !stopped(&event["params"]["requestId"]));
    let urls = foreign.filter_map(|event| event["params"]["request"]["url"].as_str());
    urls.filter(|url| *url != page && !url.starts_with("data:")).map(str::to_owned).collect()
}

impl Drop for Page {
    fn drop(&mut self) {
        // A browser whose pipe closes ends itself and its helpers, and only then may its profile be removed.
        self.commands = None;
        let _ = self.process.wait();
    }
}
