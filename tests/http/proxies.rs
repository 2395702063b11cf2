//! Proxies that the environment names. A process reads its environment once, so these run this program again.

use std::process::Stdio;

use serde_json::json;
use specfuse::engine::member::http::Endpoint;
use tokio::process::Command;

use crate::loopback::{Loopback, Reply};
use crate::{client, once};

/// The address to which the process run again sends its request.
const TARGET: &str = "SPECFUSE_TEST_TARGET";

async fn get_in_a_process(target: &str, environment: &[(&str, &str)]) -> bool {
    in_a_process("proxies::one_request", target, environment).await
}

async fn in_a_process(test: &str, target: &str, environment: &[(&str, &str)]) -> bool {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", test, "--ignored"]).stdout(Stdio::null()).stderr(Stdio::null());
    let proxies = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    for name in proxies.into_iter().chain(["no_proxy", "NO_PROXY", "REQUEST_METHOD"]) {
        process.env_remove(name);
    }
    process.env(TARGET, target).envs(environment.iter().copied()).status().await.unwrap().success()
}

/// What the process run again does.
#[tokio::test]
#[ignore = "run by the other tests here, with an environment of their own"]
async fn one_request() {
    let target = std::env::var(TARGET).unwrap();
    client(&target, once()).get("/v1/models").await.unwrap();
}

#[tokio::test]
async fn a_proxy_is_used_but_never_to_this_machine() {
    let proxy = Loopback::always(Reply::json(200, &json!({}))).await;
    let server = Loopback::always(Reply::json(200, &json!({}))).await;
    let environment = [("HTTP_PROXY", proxy.url("")), ("http_proxy", proxy.url(""))];
    let mut environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(get_in_a_process("http://models.invalid:8000", &environment).await);
    assert!(get_in_a_process(&server.url(""), &environment).await);
    let paths: Vec<String> = proxy.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["http://models.invalid:8000/v1/models"]);
    assert_eq!(server.requests().len(), 1);
    environment.push(("NO_PROXY", "models.invalid"));
    assert!(!get_in_a_process("http://models.invalid:8000", &environment).await, "there is no such host");
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn what_counts_as_this_machine() {
    let proxied = |address: &str| format!("{:?}", Endpoint::new("x", address).unwrap()).contains("proxied: true");
    for address in ["http://localhost:1", "http://a.localhost", "http://127.1.2.3", "http://[::1]:8080", "http://LOCALHOST./"] {
        assert!(!proxied(address), "{address}");
    }
    for address in ["http://localhost.example", "http://10.0.0.1", "http://[fe80::1]", "https://api.example/v1"] {
        assert!(proxied(address), "{address}");
    }
}

/// What the process run again does if its proxy is not there.
#[tokio::test]
#[ignore = "run by the other tests here, with an environment of their own"]
async fn one_request_by_a_dead_proxy() {
    let target = std::env::var(TARGET).unwrap();
    let error = client(&target, once()).get("/v1/models").await.unwrap_err().to_string();
    let proxy = std::env::var("ALL_PROXY").unwrap().replace("me:fake-password@", "");
    assert!(error.contains(&format!("the proxy {proxy} of ALL_PROXY does not answer")), "{error}");
    assert!(error.contains("was refused") && error.contains("NO_PROXY") && !error.contains("fake-password"), "{error}");
}

#[tokio::test]
async fn a_dead_proxy_is_not_told_as_a_dead_server() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let proxy = format!("http://me:fake-password@{}", listener.local_addr().unwrap());
    drop(listener);
    for target in ["http://models.invalid:8000", "https://models.invalid/v1"] {
        let environment = [("ALL_PROXY", proxy.as_str())];
        assert!(in_a_process("proxies::one_request_by_a_dead_proxy", target, &environment).await, "{target}");
    }
}
